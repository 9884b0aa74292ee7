"""Marks of a timeline as rows of text: when, how far from the incident, what, and how much it weighs."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from octad.records.report import Block, Mark
from octad.render.axis import Axis, offset
from octad.render.excerpt import flat, percent

# Shapes tell kinds apart where there is no colour.
SYMBOLS: dict[str, str] = {"change": "◆", "event": "●", "log": "▲", "metric": "■", "incident": "✕"}


@dataclass(frozen=True, slots=True)
class Row:
    """One mark; `share` is where it lies on the axis, None where its time is unknown."""

    number: int
    mark: Mark
    share: float | None
    clock: str
    offset: str
    subject: str
    text: str
    weight: str

    @property
    def title(self) -> str:
        """Everything about the mark in one line."""
        what = f"{self.subject}: {self.text}" if self.subject else self.text
        evidence = f"evidence {self.weight}" if self.weight else ""
        parts = (f"{self.clock} UTC", self.offset, self.mark.kind, what, evidence)
        return " · ".join(part for part in parts if part)


def rows_of(block: Block, axis: Axis) -> list[Row]:
    """The marks in the order of time, numbered from 1; those without a time come last."""
    marks = sorted(block.marks, key=lambda one: one.time if math.isfinite(one.time) else math.inf)
    return [_row(number, mark, axis, _origin(marks)) for number, mark in enumerate(marks, start=1)]


def origin_of(block: Block) -> str:
    """What the offsets are counted from."""
    return "incident" if any(mark.kind == "incident" for mark in block.marks) else "first mark"


def kinds_of(marks: Iterable[Mark]) -> dict[str, int]:
    """How many marks there are of each kind that there is."""
    kinds = [mark.kind for mark in marks]
    return {kind: kinds.count(kind) for kind in SYMBOLS if kind in kinds}


def weightiest(rows: Sequence[Row], most: int) -> list[Row]:
    """At most so many rows in the order of time: incidents first, then by their weight."""
    ranked = sorted(rows, key=lambda row: (row.mark.kind != "incident", -row.mark.weight, row.number))
    return sorted(ranked[:most], key=lambda row: row.number)


def _origin(marks: Sequence[Mark]) -> float:
    """The time of the first incident, or of the first mark."""
    return next((mark.time for mark in marks if mark.kind == "incident"), marks[0].time)


def _row(number: int, mark: Mark, axis: Axis, origin: float) -> Row:
    """One mark as text."""
    is_known = math.isfinite(mark.time)
    return Row(
        number=number,
        mark=mark,
        share=axis.share(mark.time) if is_known else None,
        clock=axis.clock(mark.time) if is_known else "no time",
        offset=offset(mark.time - origin) if is_known and math.isfinite(origin) else "",
        subject=flat(mark.subject),
        text=flat(mark.text),
        weight=_weight(mark.weight),
    )


def _weight(weight: float) -> str:
    """A share of the evidence; nothing where there is none."""
    if 0 < weight <= 0.005:
        return "<1 %"
    return percent(weight) if weight > 0 else ""
