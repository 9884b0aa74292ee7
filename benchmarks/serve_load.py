"""What serving costs: goodput, latency and processor time of `octad serve` and of others with its model.

    python benchmarks/serve_load.py [--litserve PYTHON] [--ray PYTHON] [--agents NAME ...] [--rounds 3]
    python benchmarks/serve_load.py --requests 100000 --reloads 200

Beside `octad serve` stand FastAPI without batching, LitServe and Ray Serve with theirs, all on loopback, with
the same `Runner`, the shipped weights and the same cases: a process a core, one thread each. LitServe and Ray
Serve need a Python of their own, named by --litserve and --ray, that sees what this one has:

    python -m venv VENV && VENV/bin/pip install litserve
    echo SITE-PACKAGES-OF-THIS-PYTHON > VENV/lib/python3.*/site-packages/zz.pth

Each is started, asked and stopped in turn, round after round, so that other load hits all alike. N clients
send one request after the other; `10 x` is requests that arrive by chance at ten times the goodput that the
server had with the most clients. Good is what has status 2xx within --deadline. No case repeats, but for one
row that shows the cache of results. Processor time is that of all processes of a server, divided by good
answers; the generator is a process of its own on the same cores. Ratios are to `octad serve`. Figures are
medians over rounds, with the smallest and the largest.

With --requests memory is followed instead: so many small functions, while the version that answers is moved
to another one and back --reloads times.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from benchmarks.load import memory, targets
from benchmarks.load.cases import Bodies, example, functions
from benchmarks.load.generator import Plan
from benchmarks.load.rounds import Measured, first_number, measure, median
from benchmarks.load.targets import FASTAPI, LITSERVE, OCTAD, RAY, Running, Target
from octad import catalog
from octad_train.evaluate.tables import machine, table

HEAD = (
    "case", "clients", "server", "goodput/s", "P50 ms", "P95 ms", "P99 ms", "CPU ms/request", "range",
    "ratio", "not good", "generator, others: cores",
)  # fmt: skip
SHORT = {"octad": OCTAD, "fastapi": FASTAPI, "litserve": LITSERVE, "ray": RAY}


class Row(NamedTuple):
    """What is measured: a case, how it is sent, and which server answers."""

    kind: str
    load: str
    server: str


Results = dict[Row, list[Measured]]


def loads(arguments: argparse.Namespace, target: Target, bodies: Bodies) -> Iterator[tuple[str, Plan]]:
    """The plans for one case that need no capacity."""
    plain = Plan(
        0, target.path(bodies.agent), target.bodies(bodies), warm=arguments.warm,
        seconds=arguments.seconds, deadline=arguments.deadline, seed=arguments.seed,
    )  # fmt: skip
    for clients in arguments.clients:
        yield str(clients), replace(plain, clients=clients)
    if target.name == OCTAD and len(bodies.bodies) > 1:
        yield (
            f"{max(arguments.clients)}, one case",
            replace(plain, clients=max(arguments.clients), repeated=True),
        )


def ask(arguments: argparse.Namespace, running: Running, cases: Sequence[Bodies], into: Results) -> None:
    """Every case at every load."""
    for bodies in cases:
        capacity, last = 0.0, Plan(0, "", [])
        for load, plan in loads(arguments, running.target, bodies):
            last = replace(plan, port=running.port, headers=running.headers, first=first_number())
            found = measure(running, last)
            into[Row(kind_of(bodies), load, running.target.name)].append(found)
            if not plan.repeated and found.goodput:
                capacity = found.goodput
            note(running, bodies, load, found)
        if arguments.times and capacity:
            rate = min(arguments.times * capacity, arguments.most_rate)
            seconds = arguments.seconds + 2 * arguments.deadline
            many = replace(last, rate=rate, seconds=seconds, repeated=False, first=first_number(), clients=8)
            found = measure(running, many)
            found.more = {"capacity": capacity, "times": rate / capacity}
            into[Row(kind_of(bodies), f"{arguments.times:g} x", running.target.name)].append(found)
            note(running, bodies, f"{rate / capacity:.1f} x {capacity:.1f}", found)


def kind_of(bodies: Bodies) -> str:
    """A case in the table."""
    return f"{bodies.agent}: {bodies.kind}"


def note(running: Running, bodies: Bodies, load: str, found: Measured) -> None:
    """Say on standard error how far it is."""
    said = f"{running.target.name} · {kind_of(bodies)} · {load}: {found.goodput:.1f}/s, {found.cost:.1f} ms"
    sys.stderr.write(said + "\n")


def spread(values: Sequence[float], places: int = 1) -> str:
    """The smallest and the largest."""
    return f"{min(values):.{places}f} to {max(values):.{places}f}" if values else "-"


def cells(row: Row, results: Results) -> tuple[object, ...]:
    """A line of the table."""
    found = results[row]
    own = Row(row.kind, row.load, OCTAD)
    costs = [one.cost for one in found]
    ratio = median(costs) / median([one.cost for one in results[own]]) if own in results else float("nan")
    goodput = f"{median([one.goodput for one in found]):.1f}"
    if capacities := [one.more["capacity"] for one in found if "capacity" in one.more]:
        share = median([one.goodput / one.more["capacity"] for one in found])
        goodput += f" = {share:.0%} of {median(capacities):.1f}"
        times = median([one.more["times"] for one in found])
        row = row._replace(load=f"{times:.1f} x")
    bad: Counter[str] = Counter()
    for one in found:
        bad.update({status: n for status, n in one.seen.statuses.items() if not status.startswith("2")})
    total = sum(sum(one.seen.statuses.values()) for one in found)
    said = ", ".join(f"{status} {n / total:.0%}" for status, n in sorted(bad.items())) or "0"
    generator = median([one.seen.processor / one.seen.seconds for one in found])
    shares = f"{generator:.2f}, {median([one.others for one in found]):.2f}"
    latencies = [f"{median([one.latency(p) for one in found]):.0f}" for p in (50, 95, 99)]
    return (*row, goodput, *latencies, f"{median(costs):.1f}", spread(costs), f"{ratio:.2f}", said, shares)


def cases_of(arguments: argparse.Namespace) -> list[Bodies]:
    """Functions for whoever reads code, and every agent's example."""
    low, high = arguments.tokens
    names = arguments.agents or [entry.name for entry in catalog.entries()]
    found = [functions(arguments.functions, (low, high), arguments.seed)] if arguments.functions else []
    examples = [example(name) for name in names] if arguments.examples else []
    return [one for one in found if one.agent in names] + examples


def chosen(arguments: argparse.Namespace, agents: Sequence[str]) -> list[Target]:
    """The servers to compare."""
    pythons = {LITSERVE: arguments.litserve, RAY: arguments.ray}
    names = [SHORT[name] for name in arguments.servers]
    names = [name for name in names if name not in pythons or pythons[name]]
    return [targets.default(name, pythons.get(name), tuple(dict.fromkeys(agents))) for name in names]


def compared(arguments: argparse.Namespace) -> int:
    """Every server in turn, round after round; the table. 1 where one of them could not be started."""
    cases = cases_of(arguments)
    servers = chosen(arguments, [one.agent for one in cases])
    results: Results = defaultdict(list)
    failed: dict[str, str] = {}
    for _ in range(arguments.rounds):
        for target in servers:
            if target.name in failed:
                continue
            try:
                with targets.started(target, cases[0]) as running:
                    ask(arguments, running, cases, results)
            except RuntimeError as error:
                failed[target.name] = str(error)
    order = sorted(results, key=lambda row: [kind_of(one) for one in cases].index(row.kind))
    loads_of = list(dict.fromkeys(row.load for row in order))
    order.sort(key=lambda row: ([kind_of(one) for one in cases].index(row.kind), loads_of.index(row.load)))
    title = f"Serving on loopback, {arguments.rounds} rounds, deadline {arguments.deadline:g} s"
    lines = [cells(row, results) for row in order]
    sys.stdout.write(table(title, HEAD, lines) + f"\n{provenance(arguments.seed)}\n")
    for name, reason in failed.items():
        sys.stdout.write(f"not measured: {name}: {reason}\n")
    return int(bool(failed))


def provenance(seed: int) -> str:
    """The machine, the commit and the seed in one line."""
    git = ["git", "-C", str(Path(__file__).parent), "describe", "--always", "--dirty"]
    commit = subprocess.run(git, capture_output=True, text=True).stdout.strip() or "no commit"
    return f"{machine()} · {commit} · seed {seed} · load {os.getloadavg()[0]:.1f} at the end"


def followed(arguments: argparse.Namespace) -> int:
    """Memory over many requests and reloads."""
    cases = functions(arguments.functions, memory.TOKENS, arguments.seed)
    (target,) = chosen(argparse.Namespace(**{**vars(arguments), "servers": ["octad"]}), [cases.agent])
    with targets.started(target, cases) as running:
        found = memory.follow(running, cases, arguments)
    sys.stdout.write(memory.described(found) + f"\n{provenance(arguments.seed)}\n")
    return int(found.bad > 0)


def main(words: Sequence[str] | None = None) -> int:
    """Measure, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--servers", nargs="+", choices=SHORT, default=list(SHORT))
    parser.add_argument("--litserve", type=Path, help="a Python that has LitServe")
    parser.add_argument("--ray", type=Path, help="a Python that has Ray Serve")
    parser.add_argument("--agents", nargs="+", help="all of the catalogue by default")
    parser.add_argument("--clients", nargs="+", type=int, default=[1, 8, 32, 64])
    parser.add_argument("--times", type=float, default=10, help="so many times the capacity, 0 for never")
    parser.add_argument("--most-rate", type=float, default=1_500, help="requests a second at most")
    parser.add_argument("--seconds", type=float, default=6, help="of one measurement")
    parser.add_argument("--warm", type=float, default=1, help="seconds before one")
    parser.add_argument("--deadline", type=float, default=5, help="seconds in which an answer is good")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--functions", type=int, default=400, help="real functions, 0 for the examples alone")
    parser.add_argument("--examples", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--tokens", nargs=2, type=int, default=[140, 160], metavar=("LEAST", "MOST"))
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--requests", type=int, default=0, help="follow memory over so many requests")
    parser.add_argument("--reloads", type=int, default=0, help="with --requests")
    arguments = parser.parse_args(words)
    return followed(arguments) if arguments.requests else compared(arguments)


if __name__ == "__main__":
    sys.exit(main())
