"""How fast the verbs on operations answer, and in how much memory: an hour of 50 series and 5,000 log lines.

    python benchmarks/operations.py [speed] [services] [cold] [large] [--megabytes N]

speed: reading, preparing, running and finishing one case, warm, one thread; services: the whole answer of
both verbs, and the judges of single metrics alone, by the number of services, in processor time; cold: the
commands as they are typed, with their peak memory; large: a log of many megabytes, which must need no more
than a small one.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from octad import catalog
from octad.advice.metric_verdicts import metric_verdicts
from octad.read.graphs.files import read_graph
from octad.read.logs.files import read_logs
from octad.read.metrics.watched import metrics_of
from octad.records.graph import Edge, Graph, Node
from octad.records.instant import Instant
from octad.records.series import Comparison, Series, SeriesSet, parted
from octad.runtime import Runner
from octad_train.evaluate.tables import machine, table

SERVICES, METRICS, MINUTES, LINES = 10, ("latency", "errors", "requests", "cpu", "memory"), 60, 5_000
START = 1_700_000_000
REPEATS, FEW = 40, 15
SIZES, POINTS, ASKED = (10, 100, 300, 1_000), 120, ("assess", "debug")


def write(folder: Path, lines: int = LINES) -> None:
    """Metrics of an hour on either side of a deployment, a log over both, and a chain of services."""
    rng = np.random.default_rng(0)
    names = [f"service{i}.{metric}" for i in range(SERVICES) for metric in METRICS]
    for side, first in (("before", START), ("after", START + 60 * MINUTES)):
        rows = [f"time,{','.join(names)}"]
        level = rng.lognormal(3, 1, len(names))
        for minute in range(MINUTES):
            values = level * rng.lognormal(0, 0.05, len(names))
            rows.append(f"{first + 60 * minute}," + ",".join(f"{v:.4g}" for v in values))
        (folder / f"{side}.csv").write_text("\n".join(rows) + "\n")
    edges = ", ".join(f'{{"source": "service{i}", "target": "service{i + 1}"}}' for i in range(SERVICES - 1))
    nodes = ", ".join(f'{{"id": "service{i}"}}' for i in range(SERVICES))
    (folder / "graph.json").write_text(f'{{"nodes": [{nodes}], "edges": [{edges}]}}')
    log(folder / "services.log", lines)


def log(path: Path, lines: int) -> None:
    """So many lines of forty shapes."""
    rng = np.random.default_rng(1)
    shapes = [f"handled request of kind k{i} in <t> ms for user <u>" for i in range(40)]
    step = 2 * 60 * MINUTES / lines
    with path.open("w") as file:
        for at, shape, ms in zip(
            range(lines), rng.integers(40, size=lines), rng.integers(1, 999, lines), strict=True
        ):
            stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(START + at * step))
            text = shapes[shape].replace("<t>", str(ms)).replace("<u>", str(at))
            file.write(f"{stamp} INFO service{shape % SERVICES} {text}\n")


def timed(
    what: Callable[[], Any], clock: Callable[[], float] = time.perf_counter, repeats: int = REPEATS
) -> tuple[float, float]:
    """P50 and P95 in milliseconds, after one warm call."""
    what()
    spent = []
    for _ in range(repeats):
        started = clock()
        what()
        spent.append(1000 * (clock() - started))
    return float(np.quantile(spent, 0.5)), float(np.quantile(spent, 0.95))


def speed(folder: Path) -> None:
    """Every stage of both verbs, without evidence."""
    before, after = folder / "before.csv", folder / "after.csv"
    rows: list[tuple[Any, ...]] = [
        ("both", "read metrics", *timed(lambda: metrics_of([before]))),
        ("both", f"read and mine {LINES:,} log lines", *timed(lambda: read_logs([folder / "services.log"]))),
    ]
    graph, said = read_graph(folder / "graph.json"), read_logs([folder / "services.log"])
    sides = [metrics_of([path]) for path in (before, after)]
    assert sides[0] and sides[1]
    at = Instant(time=float(START + 60 * MINUTES))
    given: dict[str, dict[str, Any]] = {
        "assess": {"metrics": Comparison(before=sides[0], after=sides[1]), "at": at},
        "debug": {"metrics": sides[1]},
    }
    for verb, fields in given.items():
        agent = catalog.load(catalog.by_verb(verb).name)
        runner: Runner[Any, Any] = Runner.load(agent, threads=1)
        case = agent.case(**fields, logs=said, graph=graph)
        unit = runner.prepare(fresh(case))
        rows += [
            (verb, "prepare", *timed(partial(prepare, runner, case))),
            (verb, f"run {unit.cost} items", *timed(partial(runner.run, [unit]))),
            (verb, "answer: prepare, run, finish", *timed(partial(answer, runner, case))),
        ]
    print(table("Speed, warm, one thread", ("verb", "what", "P50 ms", "P95 ms"), rows))


def services() -> None:
    """The answers of both verbs by the number of services, four metrics each, two hours of minutes."""
    runners = {verb: Runner.load(catalog.load(catalog.by_verb(verb).name), threads=1) for verb in ASKED}
    rows = []
    for count in SIZES:
        series, graph = system(count)
        at = Instant(time=START + 0.6 * 60 * POINTS)
        compared = parted(series, at.time)
        given = {"debug": {"metrics": series}, "assess": {"metrics": compared, "at": at}}
        asked: dict[str, Callable[[], Any]] = {
            verb: partial(answer, runners[verb], runners[verb].agent.case(**fields, graph=graph))
            for verb, fields in given.items()
        }
        asked["judges alone"] = partial(metric_verdicts, compared, graph)
        rows += [(what, count, *timed(ask, time.process_time, FEW)) for what, ask in asked.items()]
    print(table("By services, processor time, one thread", ("what", "services", "P50 ms", "P95 ms"), rows))


def system(count: int) -> tuple[SeriesSet, Graph]:
    """So many services, one of them three times as slow from a moment on, each calling another."""
    rng = np.random.default_rng(2)
    times = tuple(float(START + 60 * at) for at in range(POINTS))
    found = []
    for service in range(count):
        for metric in METRICS[:4]:
            values = rng.lognormal(3, 1) * rng.lognormal(0, 0.05, POINTS)
            if (service, metric) == (count // 2, "latency"):
                values[int(0.7 * POINTS) :] *= 3
            found.append(
                Series(name=f"service{service}.{metric}", times=times, values=tuple(values.tolist()))
            )
    calls = [(at, (7 * at + 1) % count) for at in range(count)]
    edges = tuple(Edge(source=f"service{a}", target=f"service{b}") for a, b in calls if a != b)
    nodes = tuple(Node(id=f"service{at}") for at in range(count))
    return SeriesSet(series=tuple(found)), Graph(nodes=nodes, edges=edges)


def prepare(runner: Runner[Any, Any], case: Any) -> object:
    """The case as arrays."""
    return runner.prepare(fresh(case))


def answer(runner: Runner[Any, Any], case: Any) -> object:
    """What is said of the case."""
    return runner.answers([fresh(case)])


def fresh(case: Any) -> Any:
    """The case with metrics of its own: what was prepared for others is not used again."""
    return case.model_copy(update={"metrics": case.metrics.model_copy()})


def cold(folder: Path) -> None:
    """The commands as they are typed."""
    shared = ["--logs", "services.log", "--graph", "graph.json", "--format", "json"]
    asked = {
        "assess": ["assess", "--before", "before.csv", "--after", "after.csv", "--fail-on", "never"],
        "debug": ["debug", "--metrics", "after.csv"],
    }
    rows = []
    for verb, arguments in asked.items():
        for extra in ([], ["--no-evidence"]):
            rows.append(
                (verb, "without evidence" if extra else "with", *typed(folder, [*arguments, *shared, *extra]))
            )
    print(table("Cold, as typed", ("verb", "evidence", "seconds", "peak MB"), rows))


def typed(folder: Path, arguments: list[str]) -> tuple[float, float]:
    """Seconds and peak megabytes of one command."""
    command = [sys.executable, "-c", "from octad.cli.main import main; main()", *arguments]
    started = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    errors = process.stderr.read() if process.stderr else b""
    _, status, usage = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status) != 0:
        raise SystemExit(errors.decode())
    return time.perf_counter() - started, usage.ru_maxrss / 1024


def large(folder: Path, megabytes: int) -> None:
    """Time and memory over logs ten times and more as long."""
    rows = []
    per = (folder / "services.log").stat().st_size / LINES
    for size in (megabytes // 10, megabytes):
        lines = int(size * 1e6 / per)
        log(folder / "large.log", lines)
        seconds, peak = typed(folder, ["debug", "--logs", "large.log", "--format", "json", "--no-evidence"])
        rows.append((size, lines, seconds, lines / seconds, peak))
    (folder / "large.log").unlink()
    print(table("Long logs", ("megabytes", "lines", "seconds", "lines a second", "peak MB"), rows))


def main() -> None:
    plain = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=plain)
    parser.add_argument("what", nargs="*", default=["speed", "cold"])
    parser.add_argument("--megabytes", type=int, default=1_000)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        write(Path(place))
        if "speed" in arguments.what:
            speed(Path(place))
        if "services" in arguments.what:
            services()
        if "cold" in arguments.what:
            cold(Path(place))
        if "large" in arguments.what:
            large(Path(place), arguments.megabytes)
    print(f"\nSeed 0. {machine()}.")


if __name__ == "__main__":
    main()
