"""Weights beside each other: planted bugs shown at the probability where released code is equally quiet.

    python benchmarks/tradeoff.py octad/weights/code-reviewer runs/hard/third-weights runs/plain/third-weights

One probability for all rules, chosen on released packages (--released, in no part of training) so that the
bug head makes .3, 1 and 3 findings per 1,000 lines; then the share of planted bugs of the test packages that
are shown at the right line by the right rule: in functions, and in statements outside them.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from octad.catalog import load
from octad.data.advice import ADVICE
from octad.data.rows import read_rows
from octad.data.stream import PlantedFunctions
from octad.evaluate.noise import released
from octad.evaluate.tables import machine, table
from octad.inspection import pieces
from octad.runtime import Runner
from octad.train.thresholds import Sample, everything

RATES = (0.3, 1.0, 3.0)
RULES = [f"bug/{kind}" for kind in ADVICE]
KINDS = {"functions": "", "statements": "-statements"}


def clean(runner: Runner[Any, Any], folder: Path) -> Sample:
    """All that is said of the released packages, in which nothing is known to be wrong."""
    codes = [code for each in released(folder).values() for code in each]
    cases = [(runner.agent.case(code=unit), runner.agent.label()) for unit in pieces(codes)]
    return everything(runner, cases, RULES)


def planted(runner: Runner[Any, Any], path: Path, count: int) -> Sample:
    """All that is said of test units with one planted bug each."""
    stream = PlantedFunctions(list(read_rows(path)), clean=0.0, rewritten=0.0)
    label = runner.agent.label
    cases = [
        (runner.agent.case(code=unit.code), label(bug=unit.bug))
        for unit in stream.first(3, count)
        if unit.bug is not None
    ]
    return everything(runner, cases, RULES)


def joined(sample: Sample, right: bool) -> np.ndarray:
    """Probabilities of all rules together."""
    return np.concatenate([np.array(each) for each in (sample.right if right else sample.wrong).values()])


def rows(name: str, runner: Runner[Any, Any], arguments: argparse.Namespace) -> Iterator[list[object]]:
    """One line of the table per rate."""
    quiet = clean(runner, arguments.released)
    alarms = np.sort(joined(quiet, False))[::-1]
    found = {
        kind: joined(planted(runner, arguments.data / f"test{suffix}.jsonl.xz", arguments.cases), True)
        for kind, suffix in KINDS.items()
    }
    for rate in RATES:
        least = float(alarms[int(rate * quiet.lines / 1000)])
        yield [name, rate, least, *(float((each > least).mean()) for each in found.values())]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("weights", nargs="*", type=Path, default=[Path("octad/weights/code-reviewer")])
    parser.add_argument("--agent", default="code-reviewer")
    parser.add_argument("--data", type=Path, default=Path(".data/corpus"))
    parser.add_argument("--released", type=Path, default=Path(".data/released"))
    parser.add_argument("--cases", type=int, default=1_500)
    arguments = parser.parse_args()
    agent = load(arguments.agent)
    lines = [
        row
        for folder in arguments.weights
        for row in rows(str(folder), Runner.load(agent, folder), arguments)
    ]
    header = ["weights", "findings per 1,000 released lines", "from probability", *KINDS]
    sys.stdout.write(table("Planted bugs shown at equal noise", header, lines))
    sys.stdout.write(f"\nSeed 0. {machine()}.\n")


if __name__ == "__main__":
    main()
