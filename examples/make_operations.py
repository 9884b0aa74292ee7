"""Writes the example files of `octad assess` and `octad debug`: made by formulas, a fault planted in them.

python examples/make_operations.py
"""

from __future__ import annotations

import csv
import json
from pathlib import Path

from octad.data.made import made
from octad.data.regressions import Planted, Regressions
from octad.records.series import SeriesSet

FOLDER = Path(__file__).parent / "operations"


def write(series: SeriesSet, path: Path) -> None:
    """A table: the time first, then a column per series."""
    times = sorted({time for one in series.series for time in one.times})
    columns = [dict(zip(one.times, one.values, strict=True)) for one in series.series]
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(["time", *(one.name for one in series.series)])
        for time in times:
            cells = [column.get(time) for column in columns]
            table.writerow([f"{time:.0f}", *("" if cell is None else f"{cell:.6g}" for cell in cells)])


def chosen() -> Planted:
    """The first step of a size that people would see, in one service."""
    source = Regressions(made(4), seed=0)
    for index in range(1_000):
        planted = source.triple(0, index)[0]
        fault = planted.fault
        if (
            fault
            and fault.shape == "step"
            and fault.ratio >= 3
            and len(fault.services) == 1
            and planted.graph
        ):
            return planted
    raise LookupError("no such fault in a thousand")


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    planted = chosen()
    write(planted.before, FOLDER / "before.csv")
    write(planted.after, FOLDER / "after.csv")
    write(planted.deployment.window.records(), FOLDER / "metrics.csv")
    graph = planted.graph
    assert graph is not None
    nodes = [{"id": node.id} for node in graph.nodes]
    edges = [{"source": edge.source, "target": edge.target} for edge in graph.edges]
    (FOLDER / "services.json").write_text(json.dumps({"nodes": nodes, "edges": edges}, indent=1) + "\n")
    print(planted.fault)


if __name__ == "__main__":
    main()
