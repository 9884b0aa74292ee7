"""Tables for people: what benchmarks print and the results page holds."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from pathlib import Path


def table(title: str, header: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Lay out a Markdown table with aligned columns; floats get three places, NaN a dash."""
    cells = [[str(name) for name in header], *([_cell(value) for value in row] for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(header))]
    lines = [f"| {' | '.join(c.ljust(w) for c, w in zip(row, widths, strict=True))} |" for row in cells]
    rule = f"|{'|'.join('-' * (width + 2) for width in widths)}|"
    return "\n".join([f"## {title}", "", lines[0], rule, *lines[1:], ""])


def machine() -> str:
    """Say in one line what the figures were taken on: processor, cores, Python."""
    name = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.is_file():
        models = [line for line in cpuinfo.read_text("utf-8").split("\n") if line.startswith("model name")]
        name = models[0].partition(":")[2].strip() if models else name
    return f"{name}, {os.cpu_count()} cores, Python {platform.python_version()}"


def _cell(value: object) -> str:
    if isinstance(value, float):
        return "-" if value != value else f"{value:.3f}"
    return str(value)
