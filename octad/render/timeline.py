"""A timeline as the HTML page draws it: places in percent of the width, heights in pixels; nothing is markup.

Only texts have a fixed size; everything else stretches with the page, so one drawing fits every width.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len, set_cell_size

from octad.records.report import Block, Curve
from octad.render.axis import Axis, axis_of, finite
from octad.render.curves import height, last_of, range_of, runs_of, scale_of, thinned
from octad.render.excerpt import counted, flat
from octad.render.marks import Row, kinds_of, origin_of, rows_of, weightiest

# Of the drawing, in pixels; a curve's own units are as high as they are in pixels, and WIDTH wide.
WIDTH = 1_000
PLOT = 38
TITLE = 17
CURVE = PLOT + TITLE + 9
LABEL = 17
STRIP = 20
SIZES = {"width": WIDTH, "plot": PLOT, "title": TITLE, "label": LABEL, "foot": 20}

MAX_CURVES = 40
MAX_LABELS = 12
N_PLACES = 400
N_TICKS = 6
# Labels are laid out in letters, for a drawing that is so many wide; a label has its number in its margin.
LETTERS = 120
MARGIN = 6
LEAST = 16
MAX_LETTERS = 46


@dataclass(frozen=True, slots=True)
class Tick:
    """A round time; `anchor` keeps its label inside of the drawing."""

    x: float
    label: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """A curve: two paths of `WIDTH` by `PLOT` units, below a line with its name and figures."""

    name: str
    figures: str
    title: str
    y: int
    line: str
    area: str


@dataclass(frozen=True, slots=True)
class Label:
    """The short text of a mark, in a row over the symbols where no other text stands."""

    row: int
    text: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Pin:
    """A mark on the axis; most have a label, unless there are too many."""

    row: Row
    x: float
    label: Label | None


@dataclass(frozen=True, slots=True)
class Timeline:
    """Everything to draw, and the marks once more as rows of a table."""

    axis: str
    summary: str
    origin: str
    kinds: dict[str, int]
    rows: list[Row]
    ticks: list[Tick]
    curves: list[Drawn]
    pins: list[Pin]
    strip: int
    top: int
    bottom: int
    n_more: int


def timeline_of(block: Block) -> Timeline | None:
    """Lay a timeline out; None where nothing has a time."""
    axis = axis_of(block)
    if axis is None:
        return None
    rows = rows_of(block, axis) if block.marks else []
    pins = _pins(rows)
    strip = LABEL * (1 + max((pin.label.row for pin in pins if pin.label), default=-1))
    top = strip + (STRIP if pins else 0)
    curves = [_drawn(curve, axis, top + CURVE * n) for n, curve in enumerate(block.curves[:MAX_CURVES])]
    return Timeline(
        axis=str(axis),
        summary=f"{counted(len(block.marks), 'mark')} over {counted(len(block.curves), 'curve')}, {axis}",
        origin=origin_of(block),
        kinds=kinds_of(block.marks),
        rows=rows,
        ticks=[_tick(share, label) for share, label in axis.ticks(N_TICKS)],
        curves=curves,
        pins=pins,
        strip=strip,
        top=top,
        bottom=top + CURVE * len(curves) + 4,
        n_more=len(block.curves) - len(curves),
    )


def _tick(share: float, label: str) -> Tick:
    """A tick whose label hangs over neither end of the axis."""
    anchor = "start" if share < 0.05 else "end" if share > 0.95 else "middle"
    return Tick(round(100 * share, 2), label, anchor)


def _drawn(curve: Curve, axis: Axis, y: int) -> Drawn:
    """One curve as paths: each run a line of its own, over an area down to the ground."""
    scale = scale_of(list(finite(curve.values)) or [0.0])
    lines, areas = [], []
    for run in runs_of(curve):
        points = [
            (round(WIDTH * axis.share(time), 1), round(1 + (PLOT - 2) * (1 - height(value, scale)), 1))
            for time, value in thinned(run, axis, N_PLACES)
        ]
        path = "L".join(f"{x:g} {at:g}" for x, at in points)
        lines.append(f"M{path}" if len(points) > 1 else f"M{path}h.1")
        areas.append(f"M{points[0][0]:g} {PLOT}L{path}V{PLOT}z")
    name, figures, last = flat(curve.name), flat(range_of(curve)), last_of(curve)
    title = f"{name}: {figures}{f', last {last}' if last else ''}"
    return Drawn(name, figures, title, y, "".join(lines), "".join(areas))


def _pins(rows: Sequence[Row]) -> list[Pin]:
    """The marks with their labels, each under every label that reaches over it."""
    labelled = {row.number for row in weightiest(rows, MAX_LABELS)}
    pins: list[Pin] = []
    taken: list[tuple[float, float, int]] = []
    for row in rows:
        if row.share is None:
            continue
        label = None
        if row.number in labelled:
            text, anchor, start, end = _flag(row, row.share)
            level = 1 + max((at for left, right, at in taken if left < end and start < right), default=-1)
            taken.append((start, end, level))
            label = Label(level, text, anchor)
        pins.append(Pin(row, round(100 * row.share, 2), label))
    return pins


def _flag(row: Row, share: float) -> tuple[str, str, float, float]:
    """The text of a label, the side it hangs from, and where it begins and ends, in letters.

    It hangs to the right, cut to what the drawing has there; to the left where that is too little.
    """
    text = f"{row.subject}: {row.text}" if row.subject else row.text
    x = share * LETTERS
    right = LETTERS - x - MARGIN
    if right >= min(LEAST, cell_len(text)):
        text = _short(text, min(MAX_LETTERS, int(right)))
        return text, "start", x, x + max(LEAST, cell_len(text)) + MARGIN
    text = _short(text, min(MAX_LETTERS, int(x)))
    return text, "end", x - max(LEAST, cell_len(text)) - MARGIN, x


def _short(text: str, most: int) -> str:
    """The beginning of a text that is too long for a label."""
    return text if cell_len(text) <= most else f"{set_cell_size(text, most - 1).rstrip()}…"
