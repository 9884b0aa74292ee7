"""A change to a function beside its docstring as items: its measures, and its runs of changed lines.

A run carries the names on its lines as links, so that it may attend to sentences that name the same.

Legend: N items.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum
from functools import cache
from typing import NamedTuple

import numpy as np

from octad.encoders.base import Encoder, Items
from octad.encoders.prose import named
from octad.records.code import Code
from octad.records.report import Anchor
from octad.records.text import Text
from octad.signals.documented_change import DocumentedChange, Run, documented_change, measures

RUNS = 4
"""Runs of changed lines at most: the longest."""
CHARACTERS = 100
"""Of a run, as the backbone reads it: its beginning."""
OWN = 4
"""Numbers of a run."""


class Kind(IntEnum):
    """The sorts of items."""

    CHANGE = 0
    ADDED = 1
    REMOVED = 2


@cache
def width() -> int:
    """How many measures a change has."""
    return len(measures(documented_change("", "", "")))


class _Row(NamedTuple):
    kind: Kind
    run: Run
    links: tuple[str, ...]
    line: int


class DocumentedChangeEncoder(Encoder):
    """Reads a docstring and its function before and after; edges lead from each run to the next and back."""

    kinds = len(Kind)
    relations = 2

    @property
    def size(self) -> int:  # type: ignore[override]
        """The measures of the change, then the numbers of a run."""
        return width() + OWN

    def items(self, text: Text, before: Code, after: Code) -> Items | None:
        """The change first, then its runs in their order."""
        change = documented_change(text.text, before.text, after.text)
        rows = list(_rows(change, after))
        numbers = np.zeros((1 + len(rows), self.size), np.float32)
        numbers[0, :-OWN] = list(measures(change).values())
        for place, row in enumerate(rows, 1):
            numbers[place, -OWN:] = _numbers(row, change)
        forward = [(place, place + 1, 0) for place in range(1, len(rows))]
        edges = [*forward, *((later, earlier, 1) for earlier, later, _ in forward)]
        texts = (change.after.head or change.before.head, *(_text(row.run) for row in rows))
        first = Anchor(path=after.path, line=after.first_line, end_line=after.first_line, end_column=1)
        return Items(
            texts=texts,
            numbers=numbers,
            kinds=(Kind.CHANGE, *(row.kind for row in rows)),
            names=tuple(" ".join(one.split())[:120] for one in texts),
            anchors=(first, *(_anchor(row, after) for row in rows)),
            links=((), *(row.links for row in rows)),
            edges=np.array(edges, np.int32).reshape(-1, 3),
        )


def _rows(change: DocumentedChange, after: Code) -> Iterator[_Row]:
    longest = sorted(change.runs, key=lambda run: -sum(map(len, run.lines)))[:RUNS]
    kept = set(longest)
    for run in change.runs:
        if run in kept:
            kind = Kind.ADDED if run.is_added else Kind.REMOVED
            yield _Row(kind, run, named("\n".join(run.lines)), after.first_line + run.line)


def _text(run: Run) -> str:
    return " ".join(" ".join(run.lines).split())[:CHARACTERS]


def _numbers(row: _Row, change: DocumentedChange) -> list[float]:
    """Size and place of a run, and how much of it the docstring names."""
    said = sum(link in change.doc.exact for link in row.links)
    return [
        float(np.log1p(len(row.run.lines))),
        row.run.line / max(len(change.after.lines), 1),
        float(np.log1p(said)),
        said / max(len(row.links), 1),
    ]


def _anchor(row: _Row, after: Code) -> Anchor:
    line = min(row.line, after.last_line)
    return Anchor(path=after.path, line=line, end_line=line, end_column=1)
