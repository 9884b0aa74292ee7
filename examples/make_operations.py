"""Writes the example files of `octad assess` and `octad debug`: made by formulas, a fault injected in them.

python examples/make_operations.py
"""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from octad.records.logs import VARIES, Logs
from octad.records.series import SeriesSet
from octad.signals.metric_polarity import family
from octad_train.inject.regressions import Injected, Regressions
from octad_train.simulate.synthetic_windows import synthetic_windows

FOLDER = Path(__file__).parent / "operations"
MOST_LINES = 6_000
"""Lines of the log: an example is read by people too."""
FELT = "latency"
"""What is wrong: the commonest thing that users feel."""
FEWEST = 3
"""Services: a fault must have somewhere to spread."""


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


def chosen() -> Injected:
    """The first step of a size that people would see, in one service."""
    source = Regressions(synthetic_windows(4), seed=0)
    for index in range(4_000):
        injected = source.triple(0, index)[0]
        fault = injected.fault
        if (
            fault
            and fault.shape == "step"
            and fault.ratio >= 3
            and len(fault.services) == 1
            and injected.graph
            and len(injected.graph.nodes) >= FEWEST
            and fault.templates
            and family(fault.touched[0].rpartition(".")[2]) == FELT
            and injected.logs.lines < MOST_LINES
        ):
            return injected
    raise LookupError("no such fault in four thousand")


def write_log(logs: Logs, path: Path) -> None:
    """A line for every one that was counted, in the order of time, as services write them."""
    rng = np.random.default_rng(0)
    assert logs.start is not None
    lines = []
    for one in logs.templates:
        for bucket, count in one.counts:
            for offset in rng.uniform(0, logs.interval, count):
                lines.append((logs.start + bucket * logs.interval + float(offset), one))
    with path.open("w", encoding="utf-8") as file:
        for time, one in sorted(lines, key=lambda line: line[0]):
            stamp = datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
            text = one.template
            for values in one.parameters:
                text = text.replace(VARIES, values[int(rng.integers(len(values)))], 1)
            file.write(f"{stamp} {one.level.upper()} {one.service} {text}\n")


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    injected = chosen()
    write(injected.before, FOLDER / "before.csv")
    write(injected.after, FOLDER / "after.csv")
    write(injected.deployment.window.records(), FOLDER / "metrics.csv")
    write_log(injected.logs, FOLDER / "services.log")
    graph = injected.graph
    assert graph is not None
    nodes = [{"id": node.id} for node in graph.nodes]
    edges = [{"source": edge.source, "target": edge.target} for edge in graph.edges]
    (FOLDER / "services.json").write_text(json.dumps({"nodes": nodes, "edges": edges}, indent=1) + "\n")
    print(injected.fault)


if __name__ == "__main__":
    main()
