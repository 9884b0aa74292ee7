"""A parse tree as parallel lists in reading order: fast to build, no recursion, nothing from C kept alive."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import tree_sitter

from octad.budget import current
from octad.records.code import Language
from octad.syntax.languages import ERROR_ID, field_names, kind_names, parser

SECONDS = 1.0
"""Time budget of one parse, of the processor's and not the clock's: what is read depends on no other load.

A text that needs longer is read lexically.
"""

# Nodes whose inside is text, not structure.
OPAQUE = frozenset(
    {
        "string_content", "escape_sequence", "comment", "line_comment", "block_comment", "string_fragment",
        "string_literal", "interpreted_string_literal", "raw_string_literal", "rune_literal",
        "char_literal", "character_literal", "regex", "jsx_text", "system_lib_string", "is not", "not in",
        "type_conversion",
    }
)  # fmt: skip
BLOCKS = frozenset(
    {
        "block", "statement_block", "compound_statement", "declaration_list", "class_body",
        "field_declaration_list", "interface_body", "enum_body", "enum_variant_list", "switch_body",
        "switch_block", "match_block", "constructor_body", "object_type",
    }
)  # fmt: skip

STATEMENT_LISTS = frozenset(
    {
        "module", "block", "program", "translation_unit", "source_file", "statement_block",
        "compound_statement", "class_body",
    }
)  # fmt: skip
"""What holds statements one after the other."""


@dataclass(slots=True)
class Tree:
    """Nodes in preorder. `end_node[i]` is the first node after the subtree of `i`; offsets are in characters.

    `start` and `end` may be negative for nodes of a prefix that was put before the text to make it parse.
    `complete` is false where nodes were left out, `sound` where something is no program of its language.
    """

    kind: list[str]
    start: list[int]
    end: list[int]
    parent: list[int]
    field: list[str]
    depth: list[int]
    end_node: list[int]
    complete: bool
    sound: bool

    def children(self, node: int) -> Iterator[int]:
        """The children of `node` in order."""
        child, stop = node + 1, self.end_node[node]
        while child < stop:
            yield child
            child = self.end_node[child]

    def child(self, node: int, field: str) -> int:
        """The first child of `node` in `field`, -1 where there is none."""
        child, stop = node + 1, self.end_node[node]
        while child < stop:
            if self.field[child] == field:
                return child
            child = self.end_node[child]
        return -1

    def ancestor(self, node: int, kinds: frozenset[str]) -> int:
        """The nearest ancestor of `node` of one of `kinds`, -1 where there is none."""
        node = self.parent[node]
        while node >= 0 and self.kind[node] not in kinds:
            node = self.parent[node]
        return node


def indent_prefix(text: str) -> str:
    """Lines of `if 1:` under which indented `text` parses; empty for text that starts at the margin.

    One line for each smaller indent on the way, so that a window that leaves blocks parses too.
    """
    least: str | None = None
    indents: list[str] = []
    for line in text.split("\n"):
        bare = line.lstrip(" \t")
        if not bare or bare[0] in "#\r":
            continue
        indent = line[: len(line) - len(bare)]
        if least is None or len(indent) < len(least):
            least = indent
            indents.append(indent)
            if not indent or len(indents) > 20:
                break
    if not indents or not indents[0]:
        return ""
    outer = reversed(indents[1:])
    lines = ["if 1:\n"] if indents[-1] else []
    lines += [f"{indent}if 1:\n" for indent in outer]
    return "".join(lines)


def parse(text: str, language: Language, max_nodes: int) -> Tree | None:
    """Parse `text`, stopping after `max_nodes`; None when the time budget is spent.

    Raises as `languages.grammar` does.
    """
    prefix = indent_prefix(text) if language == "python" and text[:1] in " \t\n\r#" else ""
    data = (prefix + text).encode("utf-8", "replace").replace(b"\0", b" ")
    parsed = _run(parser(language), data)
    if parsed is None:
        return None
    tree = _flatten(parsed, language, max_nodes)
    if prefix:
        skip = prefix.count("\n")
        tree.depth = [max(0, depth - skip) for depth in tree.depth]
    _to_characters(tree, data, len(prefix))
    return tree


def _run(engine: tree_sitter.Parser, data: bytes) -> tree_sitter.Tree | None:
    """Parse small input directly, larger input under a deadline (which only the reader form supports)."""
    if len(data) < 2048:
        return engine.parse(data)
    deadline = time.thread_time() + current().seconds_left(SECONDS)
    try:
        return engine.parse(
            lambda offset, _point: data[offset : offset + 65536],
            encoding="utf8",
            progress_callback=lambda _offset, _error: time.thread_time() > deadline,
        )
    except ValueError:
        return None
    finally:
        engine.reset()


def _flatten(parsed: tree_sitter.Tree, language: Language, max_nodes: int) -> Tree:
    """One cursor pass over the tree, without recursion."""
    names, fields = kind_names(language), field_names(language)
    kind: list[str] = []
    start: list[int] = []
    end: list[int] = []
    parent: list[int] = []
    field: list[str] = []
    depth: list[int] = []
    end_node: list[int] = []
    cursor = parsed.walk()
    above, level, count, complete = -1, 0, 0, True
    sound = not parsed.root_node.has_error
    while True:
        node = cursor.node
        assert node is not None
        number = node.kind_id
        name = names[number] if number != ERROR_ID else "ERROR"
        kind.append(name)
        first, last = node.byte_range
        start.append(first)
        end.append(last)
        parent.append(above)
        field.append(fields[cursor.field_id or 0])
        depth.append(level)
        end_node.append(count + 1)
        count += 1
        if count >= max_nodes:
            complete = False
            break
        if name not in OPAQUE and cursor.goto_first_child():
            above = count - 1
            level += name in BLOCKS
            continue
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return Tree(kind, start, end, parent, field, depth, end_node, complete, sound)
            end_node[above] = count
            level -= kind[above] in BLOCKS
            above = parent[above]
    while above >= 0:
        end_node[above] = count
        above = parent[above]
    return Tree(kind, start, end, parent, field, depth, end_node, complete, sound)


def _to_characters(tree: Tree, data: bytes, prefix: int) -> None:
    """Turn byte offsets of `data` into character offsets of the text without its prefix."""
    if not data.isascii():
        raw = np.frombuffer(data, dtype=np.uint8)
        before = np.zeros(len(data) + 1, dtype=np.int64)
        np.cumsum((raw & 0xC0) != 0x80, out=before[1:])
        tree.start = before[tree.start].tolist()
        tree.end = before[tree.end].tolist()
    if prefix:
        tree.start = [offset - prefix for offset in tree.start]
        tree.end = [offset - prefix for offset in tree.end]
