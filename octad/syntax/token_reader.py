"""From a parse tree to items: one per token, a few per string and comment, none across a line."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from octad.records.code import Language
from octad.syntax.names import classify
from octad.syntax.tokens import Kind, Role, Use
from octad.syntax.tree import Tree

STRING_ITEMS = 8
COMMENT_ITEMS = 4
CHUNK_WORDS = 4
LONGEST_WORD = 96

IDENTIFIERS = frozenset(
    {
        "identifier", "property_identifier", "field_identifier", "type_identifier", "package_identifier",
        "shorthand_property_identifier", "shorthand_property_identifier_pattern", "namespace_identifier",
        "shorthand_field_identifier", "private_property_identifier", "statement_identifier",
    }
)  # fmt: skip
TEXT_PARENTS = frozenset({"string", "template_string"})
SUBSTITUTIONS = frozenset({"interpolation", "template_substitution"})
DROPPED = frozenset({"line_continuation", "\n", ""})
COMMENTS = frozenset({"comment", "line_comment", "block_comment"})
STRINGS = frozenset(
    {
        "string_literal", "interpreted_string_literal", "raw_string_literal", "rune_literal", "char_literal",
        "character_literal", "regex", "jsx_text", "system_lib_string", "string_content", "string_fragment",
    }
)  # fmt: skip
NUMBERS = frozenset(
    {
        "integer", "float", "number", "number_literal", "integer_literal", "float_literal", "int_literal",
        "imaginary_literal", "decimal_integer_literal", "hex_integer_literal", "octal_integer_literal",
        "binary_integer_literal", "decimal_floating_point_literal", "hex_floating_point_literal",
    }
)  # fmt: skip
CONSTANTS = frozenset(
    {
        "true",
        "false",
        "none",
        "null",
        "nil",
        "null_literal",
        "boolean_literal",
        "undefined",
        "ellipsis",
        "iota",
    }
)
ASSIGNMENTS = "= := += -= *= /= //= %= **= @= &= |= ^= <<= >>= >>>= &&= ||= ??="
MARKS: dict[str, Kind] = {
    **dict.fromkeys("()[]{}", Kind.BRACKET),
    **dict.fromkeys([",", ":", ";", ".", "->", "=>", "::"], Kind.DELIMITER),
    **dict.fromkeys(
        ["<", "<=", ">", ">=", "==", "!=", "<>", "===", "!==", "is", "in", "is not", "not in"],
        Kind.COMPARISON,
    ),
    **dict.fromkeys(["and", "or", "not", "&&", "||", "!"], Kind.BOOLEAN),
    **dict.fromkeys(ASSIGNMENTS.split(), Kind.ASSIGNMENT),
}
WORD = re.compile(r"\S+")
TOKEN = re.compile(r"[^\W\d]\w*|\d[\w.]*|[<>=!]=|[^\w\s]")


@dataclass(slots=True)
class Draft:
    """Items as lists, before they become arrays; item 0 is the summary; `node` is the leaf of an item."""

    word: list[str] = field(default_factory=lambda: [""])
    start: list[int] = field(default_factory=lambda: [0])
    end: list[int] = field(default_factory=lambda: [0])
    kind: list[int] = field(default_factory=lambda: [0])
    role: list[int] = field(default_factory=lambda: [0])
    use: list[int] = field(default_factory=lambda: [0])
    node: list[int] = field(default_factory=lambda: [-1])
    depth: list[int] = field(default_factory=lambda: [0])
    truncated: bool = False

    def add(self, word: str, span: tuple[int, int], kind: int, node: int, depth: int) -> None:
        """Append an item that is no name."""
        self.word.append(word)
        self.start.append(span[0])
        self.end.append(span[1])
        self.kind.append(kind)
        self.role.append(0)
        self.use.append(0)
        self.node.append(node)
        self.depth.append(depth)


def chunks(text: str, start: int, end: int, most: int) -> list[tuple[int, int]]:
    """Up to `most` spans of up to four words each, none across a line, of `text[start:end]`."""
    found: list[tuple[int, int]] = []
    first = last = count = 0
    for match in WORD.finditer(text, start, end):
        if count and (count == CHUNK_WORDS or "\n" in text[last : match.start()]):
            found.append((first, last))
            count = 0
            if len(found) == most:
                return found
        if not count:
            first = match.start()
        last = match.end()
        count += 1
    if count:
        found.append((first, last))
    return found


def lexical(draft: Draft, text: str, span: tuple[int, int], node: int, limit: int) -> None:
    """Items of text that no parse tree explains."""
    for match in TOKEN.finditer(text, *span):
        if len(draft.word) >= limit:
            draft.truncated = True
            return
        word = match.group()
        if word[0].isalpha() or word[0] == "_":
            kind = Kind.NAME
        elif word[0].isdigit():
            kind = Kind.NUMBER
        else:
            kind = MARKS.get(word, Kind.OTHER)
        draft.add(word[:LONGEST_WORD], match.span(), kind, node, 0)
        if kind is Kind.NAME:
            draft.role[-1] = Role.ATTRIBUTE if draft.word[-2] == "." else Role.VARIABLE


def read_tokens(tree: Tree, text: str, language: Language, limit: int) -> Draft:
    """The items of `text`, at most `limit` with the summary."""
    return _Reader(tree, text, language, limit).read()


class _Reader:
    """One pass over the leaves of a tree."""

    def __init__(self, tree: Tree, text: str, language: Language, limit: int) -> None:
        self.tree, self.text, self.language, self.limit = tree, text, language, limit
        self.draft = Draft()
        self.string = (-1, 0, 0, 0)  # string node, start and end of the run seen, items it already has
        self.type_end = -1

    def read(self) -> Draft:
        """Every leaf in order, and whatever lies between leaves."""
        tree, draft, limit = self.tree, self.draft, self.limit
        starts, ends, kinds, parents, end_node = tree.start, tree.end, tree.kind, tree.parent, tree.end_node
        word, done = draft.word, 0
        for node in range(len(kinds)):
            if end_node[node] != node + 1:
                if kinds[node] == "type":
                    self.type_end = max(self.type_end, end_node[node])
                continue
            start, end = starts[node], ends[node]
            if end <= start or start < 0:
                continue
            if len(word) >= limit:
                draft.truncated = True
                break
            if start > done and self.text[done:start].strip("\\ \t\r\n\f"):
                self.flush()
                lexical(draft, self.text, (done, start), node, limit)
            done = end
            above = parents[node]
            if above >= 0 and kinds[above] in TEXT_PARENTS and kinds[node] not in SUBSTITUTIONS:
                self.string_part(above, start, end)
            else:
                if self.string[0] >= 0:
                    self.flush()
                self.leaf(node, start, end)
        self.flush()
        if tree.complete and not draft.truncated and self.text[done:].strip():
            lexical(draft, self.text, (done, len(self.text)), 0, limit)
        draft.truncated |= not tree.complete
        return draft

    def string_part(self, node: int, start: int, end: int) -> None:
        """Collect the parts of a string up to its end or its next substitution."""
        old, first, last, used = self.string
        if old == node and (last > first):
            self.string = (node, first, end, used)
            return
        if old != node:
            self.flush()
            used = 0
        self.string = (node, start, end, used)

    def flush(self) -> None:
        """Turn the run of string text seen so far into items."""
        node, first, last, used = self.string
        if node < 0 or last <= first:
            return
        before = len(self.draft.word)
        self.put_chunks(Kind.STRING, node, (first, last), STRING_ITEMS - used)
        self.string = (node, 0, 0, used + len(self.draft.word) - before)

    def put_chunks(self, kind: Kind, node: int, span: tuple[int, int], most: int) -> None:
        """Items of running text."""
        if most <= 0:
            return
        text, draft, depth = self.text, self.draft, min(self.tree.depth[node], 15)
        for start, end in chunks(text, span[0], span[1], most):
            if len(draft.word) >= self.limit:
                draft.truncated = True
                return
            draft.add(text[start : min(end, start + LONGEST_WORD)], (start, end), kind, node, depth)

    def leaf(self, node: int, start: int, end: int) -> None:
        """One leaf that is not part of a string."""
        tree, draft = self.tree, self.draft
        name = tree.kind[node]
        word = self.text[start:end]
        depth = min(tree.depth[node], 15)
        if name in IDENTIFIERS:
            before = draft.word[-1]
            draft.add(word, (start, end), 0, node, depth)
            kind, role, use = classify(tree, node, self.language, before, word)
            if node < self.type_end and role is Role.VARIABLE:
                kind, role, use = Kind.TYPE, Role.NONE, Use.NONE
            draft.kind[-1], draft.role[-1], draft.use[-1] = kind, role, use
            return
        known = MARKS.get(name)
        if known is not None:
            if "\n" in word:
                lexical(draft, self.text, (start, end), node, self.limit)
                return
            draft.add(name if name in ("is not", "not in") else word, (start, end), known, node, depth)
        elif name in DROPPED:
            return
        elif name in COMMENTS:
            self.put_chunks(Kind.COMMENT, node, (start, end), COMMENT_ITEMS)
        elif name in NUMBERS and not word[0].isalpha():
            draft.add(word[:LONGEST_WORD], (start, end), Kind.NUMBER, node, depth)
        elif name in CONSTANTS:
            draft.add(word, (start, end), Kind.CONSTANT, node, depth)
        elif name in STRINGS or "\n" in word:
            self.put_chunks(Kind.STRING, node, (start, end), STRING_ITEMS)
        elif name == "ERROR":
            lexical(draft, self.text, (start, end), node, self.limit)
        else:
            kind = Kind.KEYWORD if word[0].isalpha() or word[0] == "#" else Kind.OPERATOR
            draft.add(word[:LONGEST_WORD], (start, end), kind, node, depth)
