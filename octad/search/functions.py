"""A file to its functions: every one that has a name, methods and inner functions too."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from octad.records.code import Code
from octad.syntax.parsed import LONGEST_TEXT, tree_of_file
from octad.syntax.token_reader import COMMENTS, IDENTIFIERS, STRINGS, Draft, read_tokens
from octad.syntax.tokens import Kind
from octad.syntax.tree import Tree
from octad.syntax.units import FUNCTIONS, MOST_ITEMS, WRAPPERS

MOST = 2_000
"""Items of one function that are looked at; the rest of a longer one is not."""
MOST_TOTAL = 400_000
"""Items of all functions of a file: one inside another counts for both."""
MOST_LINES, MOST_CHARACTERS = 60, 400
"""Lines of one comment or string, and characters of a line."""

_NAMED_BY = {"variable_declarator": "name", "pair": "key", "assignment_expression": "left"}
_AROUND = WRAPPERS.union(_NAMED_BY, ("lexical_declaration", "variable_declaration", "expression_statement"))
_BREAK = re.compile("\n")

Entry = tuple[int, int, str]
"""Where an item begins, its kind, its text."""


@dataclass(frozen=True, slots=True)
class Item:
    """A token: what it says, what it is, and the line it stands in."""

    word: str
    kind: Kind
    line: int


@dataclass(frozen=True, slots=True)
class Function:
    """A named function: its lines, its characters of the file, its items with the comments right above it."""

    name: str
    first: int
    last: int
    start: int
    end: int
    items: tuple[Item, ...]


def functions(code: Code) -> tuple[list[Function], str]:
    """The named functions in the order they begin, and why there may be more, empty where there are not.

    Never fails on broken text: what the grammar could not read is in no function. Raises MissingExtra where
    the grammar of the language is not installed.
    """
    text = code.text[:LONGEST_TEXT]
    tree = tree_of_file(code.text, code.language)
    if tree is None:
        return [], "took too long to parse"
    found: list[Function] = []
    total = 0
    for function in _functions(code, tree, text):
        found.append(function)
        total += len(function.items)
        if total > MOST_TOTAL:
            return found, f"only its first {len(found):,} functions were looked at"
    cut = len(text) < len(code.text) or not tree.complete
    return found, f"its end could not be read, before it are {len(found):,} functions" if cut else ""


def function_called(code: Code, name: str) -> Function | None:
    """The function of a name, else the first; None where there is none."""
    every, _ = functions(code)
    return next((one for one in every if one.name == name), every[0] if every else None)


def _functions(code: Code, tree: Tree, text: str) -> Iterator[Function]:
    breaks = [match.start() for match in _BREAK.finditer(text)]

    def line(offset: int) -> int:
        return code.first_line + bisect_left(breaks, offset)

    entries = sorted([*_read_tokens(read_tokens(tree, text, code.language, MOST_ITEMS)), *_prose(tree, text)])
    starts = [start for start, _, _ in entries]
    for node, name in _named(tree, text):
        first, stop = _span(tree, entries, starts, node)
        items = tuple(Item(word, Kind(kind), line(start)) for start, kind, word in entries[first:stop])
        start, end = max(tree.start[node], 0), max(tree.end[node], 1)
        yield Function(name, line(start), line(end - 1), start, end, items)


def _read_tokens(draft: Draft) -> Iterator[Entry]:
    """Everything but text, whose pieces are shortened there."""
    for start, kind, word in zip(draft.start[1:], draft.kind[1:], draft.word[1:], strict=True):
        if kind not in (Kind.COMMENT, Kind.STRING):
            yield start, kind, word


def _prose(tree: Tree, text: str) -> Iterator[Entry]:
    """Comments and strings, line by line, the first of each."""
    for node, kind in enumerate(tree.kind):
        if kind in COMMENTS or kind in STRINGS:
            start = tree.start[node]
            if start < 0:
                continue
            for line in text[start : tree.end[node]].split("\n", MOST_LINES)[:MOST_LINES]:
                if line.strip():
                    yield start, Kind.COMMENT if kind in COMMENTS else Kind.STRING, line[:MOST_CHARACTERS]
                start += len(line) + 1


def _named(tree: Tree, text: str) -> Iterator[tuple[int, str]]:
    """Function nodes and their names."""
    for node, kind in enumerate(tree.kind):
        if kind in FUNCTIONS:
            at = _name(tree, node)
            if at >= 0:
                yield node, text[max(tree.start[at], 0) : tree.end[at]]


def _name(tree: Tree, node: int) -> int:
    """The node of a function's name: its own, inside its declarators, or what it is assigned to; or -1."""
    at = tree.child(node, "name")
    if at >= 0:
        return at
    at = tree.child(node, "declarator")
    if at < 0:
        above = tree.parent[node]
        at = tree.child(above, _NAMED_BY.get(tree.kind[above], "")) if above >= 0 else -1
    while at >= 0 and tree.kind[at] not in IDENTIFIERS:
        inner = [tree.child(at, field) for field in ("declarator", "name", "property")]
        deeper = max(inner)
        if deeper < 0 and tree.kind[at] in ("reference_declarator", "parenthesized_declarator"):
            deeper = max(tree.children(at), default=-1)
        if deeper < 0:
            return at if tree.kind[at] in ("operator_name", "destructor_name", "string") else -1
        at = deeper
    return at


def _span(tree: Tree, entries: Sequence[Entry], starts: Sequence[int], node: int) -> tuple[int, int]:
    """The entries of a function with the comments above it, end excluded."""
    outer = node
    while (above := tree.parent[outer]) > 0 and tree.kind[above] in _AROUND:
        outer = above
    first = bisect_left(starts, tree.start[outer])
    stop = bisect_left(starts, tree.end[node], first)
    while first and entries[first - 1][1] == Kind.COMMENT:
        first -= 1
    return first, min(stop, first + MOST)
