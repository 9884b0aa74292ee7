"""What helps to understand a unit of code under a budget: what it uses, who uses it, what is beside it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from heapq import nsmallest
from itertools import accumulate
from typing import Literal

from octad.records.code import Code
from octad.records.lines import lines_of
from octad.records.repo import ContextPiece, Definition, Reference, Repo

Cost = Callable[[str], int]
Why = Literal["definition", "caller", "neighbour"]

SHARE = 4
"""No piece takes more than the budget divided by this: of a long function the beginning says the most."""
LEAST_LINES = 2
MOST_BESIDE = 64
_WORD = re.compile(r"\w+|[^\w\s]")


def words(text: str) -> int:
    """How many words and signs a text has."""
    return len(_WORD.findall(text))


def context(repo: Repo, unit: Code, budget: int, cost: Cost = words) -> tuple[ContextPiece, ...]:
    """The context of one unit; for many of one repository make `Contexts` once."""
    return Contexts(repo, cost).of(unit, budget)


class Contexts:
    """Looks up the context of units; `cost` says how many tokens a line has."""

    def __init__(self, repo: Repo, cost: Cost = words) -> None:
        self._definitions = {(m.path, d.name): d for m in repo.modules for d in m.definitions}
        self._modules = {module.path: module for module in repo.modules}
        self._made: dict[str, list[Reference]] = defaultdict(list)
        self._taken: dict[tuple[str, str], list[Reference]] = defaultdict(list)
        for one in repo.references:
            self._made[one.source].append(one)
            self._taken[one.target, one.name].append(one)
        # What the lines up to each one cost, per file.
        self._costs = {
            code.path: [0, *accumulate(cost(line) for line in lines_of(code.text))] for code in repo.codes
        }

    def of(self, unit: Code, budget: int) -> tuple[ContextPiece, ...]:
        """Pieces within the budget: definitions before callers before neighbours, no line twice."""
        first, last = unit.first_line, unit.first_line + len(lines_of(unit.text)) - 1
        taken: dict[str, set[int]] = defaultdict(set)
        taken[unit.path].update(range(first, last + 1))
        pieces: list[ContextPiece] = []
        left = budget
        for path, one, why in self._ranked(unit.path, first, last):
            piece = self._piece(path, one, why, min(left, max(budget // SHARE, 1)))
            if piece is None or taken[path].intersection(range(piece.first, piece.last + 1)):
                continue
            taken[path].update(range(piece.first, piece.last + 1))
            pieces.append(piece)
            left -= piece.cost
        return tuple(pieces)

    def _ranked(self, path: str, first: int, last: int) -> Iterator[tuple[str, Definition, Why]]:
        """What may be of use, the most useful first."""
        made = [one for one in self._made[path] if first <= one.line <= last]
        for one in sorted(made, key=lambda one: (one.kind != "call", one.line)):
            yield from self._named(one.target, one.name, "definition")
        inside = [d for d in self._defined(path) if first <= d.first and d.last <= last]
        for definition in inside:
            for one in self._taken[path, definition.name]:
                yield from self._named(one.source, one.within, "caller")
        beside = (d for d in self._defined(path) if d.last < first or d.first > last)
        for definition in nsmallest(MOST_BESIDE, beside, lambda d: max(first - d.last, d.first - last)):
            yield path, self._head(path, definition), "neighbour"

    def _named(self, path: str, name: str, why: Why) -> Iterator[tuple[str, Definition, Why]]:
        found = self._definitions.get((path, name))
        if found is not None:
            yield path, self._head(path, found), why

    def _defined(self, path: str) -> tuple[Definition, ...]:
        return self._modules[path].definitions if path in self._modules else ()

    def _head(self, path: str, definition: Definition) -> Definition:
        """Of a class what stands before its first method; anything else whole."""
        if definition.kind != "class":
            return definition
        inner = [
            d.first for d in self._defined(path)
            if d.kind == "function" and definition.first < d.first <= definition.last
        ]  # fmt: skip
        return definition.model_copy(update={"last": min(inner, default=definition.last + 1) - 1})

    def _piece(self, path: str, one: Definition, why: Why, most: int) -> ContextPiece | None:
        """As many lines of a definition, from its first, as cost at most so much; None for too few."""
        costs = self._costs.get(path, [])
        last = min(one.last, len(costs) - 1)
        while last >= one.first and costs[last] - costs[one.first - 1] > most:
            last -= 1
        if last < min(one.last, one.first + LEAST_LINES - 1):
            return None
        cost = costs[last] - costs[one.first - 1]
        return ContextPiece(path=path, first=one.first, last=last, name=one.name, why=why, cost=cost)
