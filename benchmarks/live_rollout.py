"""`octad rollout watch` on a live Prometheus: which made-up deployments go back, and which go on.

    python benchmarks/live_rollout.py [--binary prometheus] [--each 2] [--quiet 6] [--speed 60] [--after 20]

The worlds, the exporter and the Prometheus of `live_gate.py`; then `octad rollout watch --once` as a program
would ask it, at the end of the time, of every world by rates. Each line is one kind of harm: how many were
called to be rolled back, promoted, or held. All that was started is stopped in the end.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import shutil
import sys
import tempfile
import time
from collections import Counter

import numpy as np
from live_gate import QUERIES, SCRAPED, clock_of, exporter, prometheus
from live_world import KINDS, Worlds

from octad.cli.main import run
from octad_train.evaluate.tables import machine, table


def verdict(address: str, world: int, at: float, minutes: float) -> str:
    """What the command line says of one world; the time of its steps is over."""
    asked = [part for one in QUERIES["rates"] for part in ("--query", one.format(world=world))]
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        code = run(["rollout", "watch", "--prometheus", address, *asked, "--at", f"{at}", "--minutes",
                    f"{minutes}", "--steps", "100", "--step-minutes", "0.1", "--subject", f"{world}",
                    "--once"])  # fmt: skip
    found = json.loads(said.getvalue())
    if {"promote": 0, "roll back": 1, "hold": 3}[found["verdict"]] != code:
        raise RuntimeError(f"{found['verdict']} ended with {code}")
    return str(found["verdict"])


def main() -> None:
    """Let the time pass, ask, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--binary", default=shutil.which("prometheus"), help="the program of Prometheus")
    parser.add_argument("--each", type=int, default=2, help="worlds of every kind of harm")
    parser.add_argument("--quiet", type=int, default=6, help="worlds in which nothing goes wrong")
    parser.add_argument("--minutes", type=float, default=60, help="before the deployment")
    parser.add_argument("--after", type=int, default=20, help="minutes since it")
    parser.add_argument("--speed", type=float, default=60, help="how much faster the clock runs")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    if not given.binary:
        sys.exit("no Prometheus: name one with --binary")
    kinds = tuple(kind for kind in KINDS for _ in range(given.quiet if kind == "none" else given.each))
    clock = clock_of((given.minutes + given.after) * 60, given.speed)
    worlds = Worlds(kinds, clock.end - given.after * 60, clock.first, np.random.default_rng(given.seed))
    said: dict[str, Counter[str]] = {kind: Counter() for kind in KINDS}
    with tempfile.TemporaryDirectory() as folder, exporter(worlds, clock) as port:
        os.environ["OCTAD_STORE"] = folder
        with prometheus(given.binary, port, SCRAPED / given.speed) as address:
            time.sleep(max(clock.end - time.time(), 0) + 2)
            for world, kind in enumerate(kinds):
                said[kind][verdict(address, world, worlds.at, given.minutes)] += 1
    rows = [
        (kind, *(str(counts[word]) for word in ("roll back", "promote", "hold")))
        for kind, counts in said.items()
    ]
    sys.stdout.write(table("Live deployments", ("harm", "rolled back", "promoted", "held"), rows))
    sys.stdout.write(f"\nSeed {given.seed}, {given.speed:g} times as fast. {machine()}.\n")


if __name__ == "__main__":
    main()
