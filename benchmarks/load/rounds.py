"""One measurement: a plan carried out against a running server, and what the server spent on it."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

from benchmarks.load import tree
from benchmarks.load.generator import Plan, Seen
from benchmarks.load.targets import ROOT, Running

LOOK, IDLE, LONGEST_WAIT = 0.5, 0.3, 120.0
"""Seconds between two looks, cores below which a server is idle, seconds that it may take until it is."""
_numbers = 0


@dataclass
class Measured:
    """What was seen, processor seconds of the server meanwhile, and of everything else but the generator."""

    plan: Plan
    seen: Seen
    processor: float
    others: float
    resident: int = 0
    more: dict[str, float] = field(default_factory=dict)

    @property
    def good(self) -> int:
        """Good answers in time."""
        return sum(count for status, count in self.seen.statuses.items() if status.startswith("2"))

    @property
    def goodput(self) -> float:
        """Good answers a second; where requests arrive by chance, in the steady part."""
        if self.plan.rate and self.seen.steady_seconds:
            return self.seen.steady / self.seen.steady_seconds
        return self.good / self.seen.seconds

    @property
    def cost(self) -> float:
        """Processor milliseconds of the server for a good answer."""
        return 1e3 * self.processor / max(1, self.good)

    def latency(self, percent: int) -> float:
        """A percentile of good answers in milliseconds, NaN where there is none."""
        return percentile(self.seen.latencies, percent) * 1e3


def percentile(values: Sequence[float], percent: int) -> float:
    """The smallest value that so many percent do not exceed; NaN of nothing."""
    ranked = sorted(values)
    return ranked[max(0, -(-len(ranked) * percent // 100) - 1)] if ranked else float("nan")


def begin(plan: Plan) -> subprocess.Popen[str]:
    """A generator that has warmed the server up and waits."""
    generator = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.load.generator"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert generator.stdin is not None and generator.stdout is not None
    generator.stdin.write(json.dumps(asdict(plan)) + "\n")
    generator.stdin.flush()
    if generator.stdout.readline() != "warm\n":
        raise RuntimeError("the generator of load ended")
    return generator


def go(generator: subprocess.Popen[str]) -> None:
    """Let it send."""
    assert generator.stdin is not None
    generator.stdin.write("go\n")
    generator.stdin.flush()


def end(generator: subprocess.Popen[str]) -> Seen:
    """What it saw."""
    assert generator.stdout is not None
    line = generator.stdout.readline()
    generator.wait(60)
    if not line:
        raise RuntimeError("the generator of load ended")
    return Seen(**json.loads(line))


def settle(running: Running) -> None:
    """Wait until a server has done with what nobody waits for any more."""
    until, before = time.monotonic() + LONGEST_WAIT, running.seconds()
    while time.monotonic() < until:
        time.sleep(LOOK)
        now = running.seconds()
        if now - before < IDLE * LOOK:
            return
        before = now


def measure(running: Running, plan: Plan) -> Measured:
    """Carry a plan out."""
    settle(running)
    generator = begin(plan)
    before, busy = running.seconds(), tree.busy()
    go(generator)
    seen = end(generator)
    spent = running.seconds() - before
    others = tree.busy() - busy - spent - seen.processor
    return Measured(plan, seen, spent, others / seen.seconds, running.resident())


def median(values: Sequence[float]) -> float:
    """The median of what is a number."""
    held = [value for value in values if value == value]
    return statistics.median(held) if held else float("nan")


def first_number() -> int:
    """A number from which no request was numbered before."""
    global _numbers
    _numbers += 1_000_000
    return _numbers
