"""Weights beside each other: injected bugs shown at the probability where released code is equally quiet.

    python benchmarks/tradeoff.py octad/weights/code-reviewer runs/hard/third-weights runs/plain/third-weights

One probability for all rules, chosen on released packages (--released, in no part of training) so that the
bug head makes .3, 1 and 3 findings per 1,000 lines; then the share of injected bugs of the test packages that
are shown at the right line by the right rule: in functions, and in statements outside them.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from octad.calibration.fit import Labelled, sample
from octad.calibration.thresholds import Sample, Scores
from octad.catalog import load
from octad.review.pipeline import cases_of
from octad.runtime import Runner
from octad_train.data.code.bug_stream import BuggyFunctions
from octad_train.data.code.cases import labelled
from octad_train.data.code.rows import read_rows
from octad_train.evaluate.noise import released
from octad_train.evaluate.tables import machine, table

RATES = (0.3, 1.0, 3.0)
KINDS = {"functions": "", "statements": "-statements"}


def clean(runner: Runner[Any, Any], folder: Path) -> Sample:
    """All that is said of the released packages, in which nothing is known to be wrong."""
    agent = runner.agent
    cases = [case for codes in released(folder).values() for case in cases_of(agent, codes)]
    return asked(runner, [(case, agent.label(bug="correct")) for case in cases])


def injected(runner: Runner[Any, Any], path: Path, count: int) -> Sample:
    """All that is said of test units with one injected bug each."""
    stream = BuggyFunctions(list(read_rows(path)), clean=0.0, rewritten=0.0)
    units = [unit for unit in stream.first(3, count) if unit.bug is not None]
    return asked(runner, [labelled(runner.agent, unit) for unit in units])


def asked(runner: Runner[Any, Any], cases: Labelled) -> Sample:
    """Every finding of the bug head, right or wrong by the labels."""
    return sample(runner, runner.ask([case for case, _ in cases]), cases, "bug")


def joined(scores: Scores) -> np.ndarray:
    """Probabilities of all rules together."""
    return np.concatenate([np.zeros(0), *map(np.array, scores.values())])


def rows(name: str, runner: Runner[Any, Any], arguments: argparse.Namespace) -> Iterator[list[object]]:
    """One line of the table per rate."""
    correct = clean(runner, arguments.released)
    alarms = np.sort(joined(correct.alarms))[::-1]
    found = {
        kind: joined(injected(runner, arguments.data / f"test{suffix}.jsonl.xz", arguments.cases).right)
        for kind, suffix in KINDS.items()
    }
    for rate in RATES:
        least = float(alarms[int(rate * correct.exposure / 1000)])
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
    sys.stdout.write(table("Injected bugs shown at equal noise", header, lines))
    sys.stdout.write(f"\nSeed 0. {machine()}.\n")


if __name__ == "__main__":
    main()
