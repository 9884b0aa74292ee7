"""A graph as a matrix: a row per node, a mark in the column of everything that it depends on.

In the order of the graph what others depend on comes first, so that every mark lies below the diagonal but
those that close a circle. Of many nodes those of one folder are one row.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from octad.records.report import Block

MAX_DRAWN = 160
MAX_SAID = 6
CELL = 15
HEAD = 26
_PARTS = re.compile(r"[^./:]+[./:]*")


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
    ids = [node.id for node in block.graph.nodes]
    groups = _groups(ids)
    order = _order(ids, groups)
    places = [" ".join(row) for row in block.rows]
    said: dict[tuple[int, int], list[str]] = defaultdict(list)
    for number, edge in enumerate(block.graph.edges):
        pair = order[groups[edge.source]], order[groups[edge.target]]
        if pair[0] != pair[1]:
            place = places[number] if number < len(places) else ""
            said[pair].append(f"{edge.source} → {edge.target}  {place}".rstrip())
    cells = [
        Cell(HEAD + CELL * b, HEAD + CELL * a, len(lines), b > a, _title(lines))
        for (a, b), lines in sorted(said.items())
    ]
    rows = list(_rows(groups, order, list(said)))
    labels = min(420, 46 + 7 * max(len(row.name) for row in rows))
    size = HEAD + CELL * len(order)
    return Matrix(rows, cells, size, HEAD, CELL, labels, is_grouped=len(order) < len(ids))


def _rows(
    groups: Mapping[str, str], order: Mapping[str, int], pairs: Sequence[tuple[int, int]]
) -> Iterator[Row]:
    sizes: dict[str, int] = defaultdict(int)
    for group in groups.values():
        sizes[group] += 1
    for name, number in order.items():
        uses = sum(a == number for a, _ in pairs)
        used = sum(b == number for _, b in pairs)
        yield Row(number, name, sizes[name], uses, used, HEAD + CELL * number)


def _groups(ids: Sequence[str]) -> dict[str, str]:
    """The row of each node: itself, or as much of its name as leaves few enough rows."""
    parts = {one: _PARTS.findall(one) for one in ids}
    if len(ids) <= MAX_DRAWN:
        return {one: one for one in ids}
    groups = {one: "".join(parts[one][:1]) or one for one in ids}
    for length in range(2, max(map(len, parts.values())) + 1):
        finer = {one: "".join(parts[one][:length]) for one in ids}
        if len(set(finer.values())) > MAX_DRAWN:
            break
        groups = finer
    if len(set(groups.values())) > MAX_DRAWN:
        kept = set(sorted(set(groups.values()))[: MAX_DRAWN - 1])
        return {one: group if group in kept else "all others" for one, group in groups.items()}
    return groups


def _order(ids: Sequence[str], groups: Mapping[str, str]) -> dict[str, int]:
    """Rows by the mean place of what they hold."""
    places: dict[str, list[int]] = defaultdict(list)
    for number, one in enumerate(ids):
        places[groups[one]].append(number)
    ranked = sorted(places, key=lambda group: (sum(places[group]) / len(places[group]), group))
    return {group: number for number, group in enumerate(ranked)}


def _title(lines: Sequence[str]) -> str:
    more = [f"… and {len(lines) - MAX_SAID} more"] if len(lines) > MAX_SAID else []
    return "\n".join([*lines[:MAX_SAID], *more])
