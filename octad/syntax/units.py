"""A file cut into what is reviewed at once: functions, and runs of other statements, each of bounded size."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate, pairwise

import numpy as np

from octad.records.code import Code
from octad.records.lines import LineSet
from octad.syntax.parsed import LONGEST_TEXT, note_parts, tree_of_file
from octad.syntax.token_reader import Draft, lexical, read_tokens
from octad.syntax.tokenizer import CHARACTERS_PER_ITEM, tokenize
from octad.syntax.tokens import MOST
from octad.syntax.tree import STATEMENT_LISTS, Tree

FUNCTIONS = frozenset(
    {
        "function_definition", "function_declaration", "method_declaration", "method_definition",
        "function_item",
        "constructor_declaration", "generator_function_declaration", "function_expression", "arrow_function",
    }
)  # fmt: skip
CLASSES = frozenset(
    {
        "class_definition", "class_declaration", "class_specifier", "struct_specifier", "impl_item",
        "trait_item",
        "interface_declaration", "enum_declaration",
    }
)  # fmt: skip
WRAPPERS = frozenset({"decorated_definition", "export_statement", "template_declaration"})
COMMENT_MARKS = ("#", "//", "/*", "*")
MOST_ITEMS = 200_000


@dataclass(slots=True)
class _Lines:
    """Lines of a text from 0: where they start, how many items lie before each, where statements begin."""

    start: list[int]
    blank: list[bool]
    items: list[int]
    depth: dict[int, int]

    def of(self, offset: int) -> int:
        """The line of a character."""
        return bisect_right(self.start, offset) - 1

    def count(self, first: int, stop: int) -> int:
        """Items on lines `first` to `stop`, which is excluded."""
        return self.items[stop] - self.items[first]


def units(code: Code, limit: int = MOST) -> list[Code]:
    """Functions and methods with their decorators, and contiguous runs of other statements, in order.

    Each is a slice of whole lines, with what changed of them, of at most `limit` items, the summary
    included, unless a single line has more; longer ones are cut where statements begin. No line is in two
    units. Never fails on broken text; of a giant one the end is in none (`unread` says so).
    Raises MissingExtra when the installed tree-sitter or grammar cannot be used.
    """
    text = code.text[:LONGEST_TEXT]
    changed = None if code.changed is None else LineSet(code.changed)
    tree = tree_of_file(code.text, code.language)
    if tree is None:
        draft = Draft()
        lexical(draft, text, (0, len(text)), -1, MOST_ITEMS)
    else:
        draft = read_tokens(tree, text, code.language, MOST_ITEMS)
    lines = _lines(text, tree, draft)
    end = len(lines.start)
    if draft.truncated or len(text) < len(code.text):
        end = min(end, max(1, lines.of(draft.end[-1])))
    windows = [
        window
        for first, stop in _regions(tree, text, lines)
        for window in _windows(lines, first, min(stop, end), limit)
    ]
    if tree is not None:
        note_parts(code.text, code.language, (_span(code, lines, *window) for window in windows))
    parts = (_slice(code, lines, *window) for window in windows)
    return [part if changed is None else _of_change(part, changed) for part in parts]


def unread(code: Code, limit: int = MOST) -> str:
    """What of a file is looked at in no unit, or only begun, in words; empty where nothing is."""
    if len(code.text) <= MOST_ITEMS and not _is_long(code, limit):
        return ""
    parts = units(code, limit)
    last, total = (_last_line(part) for part in (parts[-1], code)) if parts else (0, 0)
    begun = [unit.first_line for unit in parts if _is_long(unit, limit) and tokenize(unit, limit).truncated]
    said = [f"only its first {last:,} of {total:,} lines are looked at"] if last < total else []
    if begun:
        more = f" and in {len(begun) - 1:,} more places" if len(begun) > 1 else ""
        said.append(f"only the beginning is looked at of what is on line {begun[0]:,}{more}")
    return "; ".join(said)


def _is_long(code: Code, limit: int) -> bool:
    """Whether a line, or all of it, may hold more than `limit` items, of which each has a character."""
    if len(code.text) > limit * CHARACTERS_PER_ITEM:
        return True
    return len(code.text) > limit and max(map(len, code.text.split("\n"))) > limit


def _last_line(code: Code) -> int:
    return code.first_line + code.text.rstrip().count("\n")


def _lines(text: str, tree: Tree | None, draft: Draft) -> _Lines:
    """Where lines start, items before each, and depth of the statement that begins on each."""
    start = [0]
    at = text.find("\n")
    while at >= 0:
        start.append(at + 1)
        at = text.find("\n", at + 1)
    if start[-1] == len(text):
        start.pop()
    if not start:
        return _Lines([], [], [0], {})
    blank = [not text[a:b].strip() for a, b in pairwise([*start, len(text)])]
    line_of = np.searchsorted(start, draft.start[1:], side="right") - 1
    counts = np.bincount(line_of, minlength=len(start))
    items = [0, *np.cumsum(counts).tolist()]
    depth: dict[int, int] = {}
    if tree is not None:
        heads = [
            node
            for node in range(1, len(tree.kind))
            if tree.kind[tree.parent[node]] in STATEMENT_LISTS and tree.end[node] > tree.start[node]
        ]
        places = np.searchsorted(start, [tree.start[node] for node in heads], side="right") - 1
        for node, line in zip(heads, places.tolist(), strict=True):
            depth.setdefault(line, tree.depth[node])
    return _Lines(start, blank, items, depth)


def _regions(tree: Tree | None, text: str, lines: _Lines) -> Iterator[tuple[int, int]]:
    """Line ranges, end excluded: functions, and what lies between them, cut at classes that have methods."""
    end = len(lines.start)
    done = 0
    for first, stop, whole in _marks(tree, lines):
        if first > done:
            lead = _comments_above(text, lines, done, first) if whole else first
            if lead > done:
                yield done, lead
            done = lead
        if whole and stop > done:
            yield done, stop
            done = stop
    if done < end:
        yield done, end


def _marks(tree: Tree | None, lines: _Lines) -> Iterator[tuple[int, int, bool]]:
    """First line, line after the last, whether a function; else a class with methods begins or ends there."""
    if tree is None:
        return
    node, last, count = 0, -1, len(tree.kind)
    functions = [0, *accumulate(kind in FUNCTIONS for kind in tree.kind)]
    ends: list[tuple[int, int]] = []
    while node < count:
        while ends and node >= ends[-1][0]:
            line = ends.pop()[1]
            yield line, line, False
        kind = tree.kind[node]
        inner = node
        while tree.kind[inner] in WRAPPERS and tree.end_node[inner] > inner + 1:
            inner = list(tree.children(inner))[-1]
        kind = tree.kind[inner]
        if kind in FUNCTIONS or kind in CLASSES:
            first, final = lines.of(tree.start[node]), lines.of(max(tree.end[node] - 1, 0))
            if kind in FUNCTIONS and first > last and (final > first or "arrow" not in kind):
                yield first, final + 1, True
                last, node = final, tree.end_node[node]
                continue
            if kind in CLASSES and first > last and functions[tree.end_node[inner]] > functions[inner]:
                yield first, first, False
                ends.append((tree.end_node[inner], final + 1))
                node = inner
        node += 1


def _comments_above(text: str, lines: _Lines, done: int, first: int) -> int:
    """The line where the comments begin that introduce a function: those right above it.

    All of them when nothing but comments and blank lines lies between.
    """
    bare = [line.strip() for line in text[lines.start[done] : lines.start[first]].split("\n")[:-1]]
    if not any(line and not line.startswith(COMMENT_MARKS) for line in bare):
        return done + next((index for index, line in enumerate(bare) if line), first - done)
    while bare and bare[-1].startswith(COMMENT_MARKS):
        bare.pop()
    return done + len(bare)


def _windows(lines: _Lines, first: int, stop: int, limit: int) -> Iterator[tuple[int, int]]:
    """Cut a region into ranges of fewer than `limit` items, if possible where shallow statements begin."""
    while first < stop:
        if lines.blank[first]:
            first += 1
            continue
        cut = stop
        if lines.count(first, stop) >= limit:
            most = bisect_left(lines.items, lines.items[first] + limit) - 1
            cut = _best_cut(lines, first, min(max(most, first + 1), stop))
        last = cut
        while lines.blank[last - 1]:
            last -= 1
        yield first, last
        first = cut


def _best_cut(lines: _Lines, first: int, most: int) -> int:
    """The shallowest statement to begin in the later half of the window, else the latest, else any line."""
    half = lines.items[first] + lines.count(first, most) // 2
    heads = [line for line in range(first + 1, most + 1) if line in lines.depth]
    later = [line for line in heads if lines.items[line] >= half]
    if later:
        return min(later, key=lambda line: (lines.depth[line], -line))
    return heads[-1] if heads else most


def _slice(code: Code, lines: _Lines, first: int, stop: int) -> Code:
    """Lines `first` to `stop` as a unit."""
    start, end = _span(code, lines, first, stop)
    return code.model_copy(update={"text": code.text[start:end], "first_line": code.first_line + first})


def _of_change(unit: Code, changed: LineSet) -> Code:
    """A unit that knows of its own changed lines alone: a large change has many others."""
    return unit.model_copy(update={"changed": changed.within(unit.first_line, unit.last_line)})


def _span(code: Code, lines: _Lines, first: int, stop: int) -> tuple[int, int]:
    """The characters of lines `first` to `stop`."""
    return lines.start[first], lines.start[stop] if stop < len(lines.start) else len(code.text)
