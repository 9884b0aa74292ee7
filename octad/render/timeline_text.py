"""A timeline for the terminal: a sparkline per curve, marks under them on the same axis, and their list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rich.cells import cell_len, set_cell_size
from rich.table import Table
from rich.text import Text

from octad.records.report import Block, Curve
from octad.render.axis import DASH, Axis, axis_of, finite
from octad.render.curves import columns_of, height, last_of, range_of, scale_of
from octad.render.excerpt import counted, flat
from octad.render.marks import SYMBOLS, Row, kinds_of, origin_of, rows_of, weightiest

LEVELS = "▁▂▃▄▅▆▇█"
MAX_CURVES = 24
MAX_MARKS = 30
MAX_TEXT = 200
MAX_PLOT = 120
MIN_PLOT = 24
# Columns below which the list of marks leaves out what the axis shows too.
NARROW = 72
RANGE = f"min{DASH}max"

_STYLES = {"change": "blue", "event": "cyan", "log": "yellow", "metric": "magenta", "incident": "bold red"}


@dataclass(frozen=True, slots=True)
class _Layout:
    """The axis, and the columns of the names, of the plot and of both figures (0 where there is no room)."""

    axis: Axis
    names: int
    plot: int
    last: int
    range: int

    @property
    def indent(self) -> str:
        """What stands to the left of the plot where there is no name."""
        return " " * (self.names + 4)

    def column(self, share: float) -> int:
        """The column of the plot that a place on the axis falls into."""
        return min(self.plot - 1, int(share * self.plot))

    def figures(self, last: str, between: str) -> str:
        """What stands to the right of the plot."""
        return f"  {last:>{self.last}}  {between}" if self.range else ""


def timeline(block: Block, width: int) -> Iterator[Text | Table]:
    """The timeline line by line, and its list of marks as a table."""
    axis = axis_of(block)
    if axis is None:
        yield Text("  nothing has a time", "dim")
        return
    curves = block.curves[:MAX_CURVES]
    rows = rows_of(block, axis)
    layout = _layout(curves, axis, width)
    yield Text(f"  {axis}", "dim")
    yield from _ruler(layout)
    yield from (_curve(curve, layout) for curve in curves)
    if len(block.curves) > MAX_CURVES:
        yield Text(f"  … {counted(len(block.curves) - MAX_CURVES, 'more curve')}", "dim")
    for kind in kinds_of(block.marks):
        yield _places(kind, [row for row in rows if row.mark.kind == kind], layout)
    if rows:
        yield Text()
        yield _list(weightiest(rows, MAX_MARKS), origin_of(block), width < NARROW)
    if len(rows) > MAX_MARKS:
        yield Text(f"  … {counted(len(rows) - MAX_MARKS, 'more mark')} of less weight", "dim")


def _layout(curves: Sequence[Curve], axis: Axis, width: int) -> _Layout:
    """The room for each part; figures go before the plot becomes too small to be read."""
    names = [*(flat(curve.name) for curve in curves), *(f"{SYMBOLS[kind]} {kind}" for kind in SYMBOLS)]
    longest = min(max(map(cell_len, names)), max(10, width * 3 // 10))
    last = max((len(last_of(curve)) for curve in curves), default=0)
    between = max((cell_len(flat(range_of(curve))) for curve in curves), default=0)
    last, between = max(last, len("last")), max(between, len(RANGE))
    plot = width - longest - 4
    if curves and plot - last - between - 4 >= MIN_PLOT:
        return _Layout(axis, longest, min(MAX_PLOT, plot - last - between - 4), last, between)
    return _Layout(axis, longest, max(8, min(MAX_PLOT, plot)), 0, 0)


def _ruler(layout: _Layout) -> Iterator[Text]:
    """The labels of the ticks over the line with the ticks, and the heads of the figures."""
    labels, line = "", ["─"] * layout.plot
    for share, label in _ticks(layout):
        at = layout.column(share)
        line[at] = "┼"
        start = max(0, min(layout.plot - len(label), at - len(label) // 2))
        labels = labels.ljust(start) + label
    yield Text(f"{layout.indent}{labels}", "dim")
    yield Text(f"{layout.indent}{''.join(line)}{layout.figures('last', RANGE)}", "dim")


def _ticks(layout: _Layout) -> list[tuple[float, str]]:
    """As many ticks as leave room for their labels."""
    for most in range(layout.plot // 8, 2, -1):
        ticks = layout.axis.ticks(most)
        room = min((layout.plot * (b[0] - a[0]) for a, b in pairwise(ticks)), default=layout.plot)
        # At either end a label is moved inwards, by half of itself.
        if room >= 1.5 * max((len(label) for _, label in ticks), default=0) + 2:
            return ticks
    return layout.axis.ticks(2)[:1]


def _curve(curve: Curve, layout: _Layout) -> Text:
    """The curve in eight heights, gaps as spaces, between its name and its figures."""
    scale = scale_of(list(finite(curve.values)) or [0.0])
    top = len(LEVELS) - 1
    line = "".join(
        " " if value is None else LEVELS[round(top * height(value, scale))]
        for value in columns_of(curve, layout.axis, layout.plot)
    )
    figures = layout.figures(last_of(curve), flat(range_of(curve)))
    return Text.assemble("  ", _fit(flat(curve.name), layout.names), "  ", (line, "cyan"), figures)


def _fit(text: str, width: int) -> str:
    """The text in exactly so many columns, with an ellipsis where it is longer."""
    return set_cell_size(text, width) if cell_len(text) <= width else f"{set_cell_size(text, width - 1)}…"


def _places(kind: str, rows: Sequence[Row], layout: _Layout) -> Text:
    """The symbol where there is one mark of a kind, and their number where several share a column."""
    counts = [0] * layout.plot
    for row in rows:
        if row.share is not None:
            counts[layout.column(row.share)] += 1
    signs = ["", SYMBOLS[kind], *"23456789"]
    line = "".join((signs[n] if n < len(signs) else "#") or " " for n in counts).rstrip()
    name = _fit(f"{SYMBOLS[kind]} {kind}", layout.names)
    return Text.assemble("  ", (f"{name}  {line}", _STYLES[kind]))


def _list(rows: Sequence[Row], origin: str, is_narrow: bool) -> Table:
    """The marks, one under the other."""
    table = Table(box=None, padding=(0, 1), header_style="dim")
    table.add_column()
    table.add_column("UTC", no_wrap=True)
    if not is_narrow:
        table.add_column(f"from {origin}", no_wrap=True, justify="right")
        table.add_column("subject", max_width=24, overflow="fold")
    table.add_column("what", overflow="fold")
    table.add_column("evidence", no_wrap=True, justify="right")
    for row in rows:
        text = row.text if len(row.text) <= MAX_TEXT else f"{row.text[: MAX_TEXT - 1]}…"
        wide = (row.offset, row.subject, text)
        narrow = (f"{row.subject}: {text}" if row.subject else text,)
        cells = (row.clock, *(narrow if is_narrow else wide), row.weight)
        table.add_row(Text(SYMBOLS[row.mark.kind], _STYLES[row.mark.kind]), *map(Text, cells))
    return table
