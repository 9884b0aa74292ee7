"""A graph as a matrix: a row per node, a mark in the column of everything that it depends on.

What others depend on stands first, so that every mark lies below the diagonal but those that close a circle.
Of many nodes those of one folder are one row.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from octad.records.report import Block

MAX_DRAWN = 160
MAX_SAID = 6
CELL = 15
HEAD = 26
_PARTS = re.compile(r"[./:]*[^./:]+")


@dataclass(frozen=True, slots=True)
class Row:
    """A node, or several as one: its name, how many it holds, and how many rows it uses and is used by."""

    number: int
    name: str
    size: int
    uses: int
    used: int
    y: int


@dataclass(frozen=True, slots=True)
class Cell:
    """A mark: how many edges it stands for, what they are, and whether it goes against the order."""

    x: int
    y: int
    count: int
    is_back: bool
    title: str


@dataclass(frozen=True, slots=True)
class Matrix:
    """Everything drawn, in pixels; `is_grouped` says that a row may be a folder."""

    rows: list[Row]
    cells: list[Cell]
    size: int
    head: int
    cell: int
    labels: int
    is_grouped: bool

    @property
    def n_back(self) -> int:
        """Marks against the order."""
        return sum(cell.is_back for cell in self.cells)


def matrix_of(block: Block) -> Matrix | None:
    """The picture of a graph; None where it has no node."""
    if block.graph is None or not block.graph.nodes:
        return None
    groups = _groups([node.id for node in block.graph.nodes])
    said: dict[tuple[str, str], list[str]] = defaultdict(list)
    for number, edge in enumerate(block.graph.edges):
        pair = groups[edge.source], groups[edge.target]
        place = " ".join(block.rows[number]) if number < len(block.rows) else ""
        if pair[0] != pair[1]:
            said[pair].append(f"{edge.source} → {edge.target}  {place}".rstrip())
    order = _order(list(dict.fromkeys(groups.values())), said)
    cells = [
        Cell(HEAD + CELL * order[b], HEAD + CELL * order[a], len(lines), order[b] > order[a], _title(lines))
        for (a, b), lines in said.items()
    ]
    rows = list(_rows(groups, order, list(said)))
    labels = min(420, 46 + 7 * max(len(row.name) for row in rows))
    size = HEAD + CELL * len(order)
    is_grouped = len(order) < len(groups)
    return Matrix(rows, sorted(cells, key=lambda c: (c.y, c.x)), size, HEAD, CELL, labels, is_grouped)


def _rows(
    groups: Mapping[str, str], order: Mapping[str, int], pairs: Sequence[tuple[str, str]]
) -> Iterator[Row]:
    sizes: dict[str, int] = defaultdict(int)
    for group in groups.values():
        sizes[group] += 1
    for name, number in order.items():
        uses = sum(a == name for a, _ in pairs)
        used = sum(b == name for _, b in pairs)
        yield Row(number, name, sizes[name], uses, used, HEAD + CELL * number)


def _groups(ids: Sequence[str]) -> dict[str, str]:
    """The row of each node: itself, or as much of its name as leaves few enough rows."""
    parts = {one: _PARTS.findall(one) for one in ids}
    if len(ids) <= MAX_DRAWN:
        return {one: one for one in ids}
    groups = {one: "".join(parts[one][:1]) or one for one in ids}
    for length in range(2, max(map(len, parts.values())) + 1):
        finer = {one: "".join(parts[one][:length]) or one for one in ids}
        if len(set(finer.values())) > MAX_DRAWN:
            break
        groups = finer
    if len(set(groups.values())) > MAX_DRAWN:
        kept = set(sorted(set(groups.values()))[: MAX_DRAWN - 1])
        return {one: group if group in kept else "all others" for one, group in groups.items()}
    return groups


def _order(rows: Sequence[str], pairs: Collection[tuple[str, str]]) -> dict[str, int]:
    """Row after row the one that depends on fewest not placed yet: none, where there is no circle."""
    open_: dict[str, set[str]] = {row: set() for row in rows}
    for a, b in pairs:
        open_[a].add(b)
    order: dict[str, int] = {}
    while open_:
        row = min(open_, key=lambda one: len(open_[one]))
        order[row] = len(order)
        del open_[row]
        for others in open_.values():
            others.discard(row)
    return order


def _title(lines: Sequence[str]) -> str:
    more = [f"… and {len(lines) - MAX_SAID} more"] if len(lines) > MAX_SAID else []
    return "\n".join([*lines[:MAX_SAID], *more])
