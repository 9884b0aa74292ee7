"""Floors of the complexity head: a rule on the nesting of loops, and words and characters alone.

Run: OCTAD_DATA=<folder> python -m octad.data.complexity   (once, a quarter of an hour), then
     python benchmarks/floors_complexity.py                 (a minute)
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence

from octad.data.complexity import folds_of, measured
from octad.data.growth import CLASSES
from octad.errors import InputError
from octad.evaluate.floors import grouped_predictions, loop_depth
from octad.evaluate.tables import machine, table
from octad.metrics.bootstrap import bootstrap

# The class that the depth of nesting suggests; sorting makes a depth of 0 or 1 linearithmic.
BY_DEPTH = ("constant", "linear", "quadratic", "cubic-or-more")


def rule(code: str) -> str:
    """Guess from the deepest nesting of loops, and from a call that sorts."""
    depth = loop_depth(code)
    if depth < 2 and ("sorted(" in code or ".sort(" in code):
        return "linearithmic"
    return BY_DEPTH[min(depth, 3)]


def row(name: str, said: Sequence[str], truth: Sequence[str]) -> list[object]:
    """One line of the table: accuracy, its interval, macro F1, F1 by class."""
    right = [a == b for a, b in zip(said, truth, strict=True)]
    interval = bootstrap(lambda rows: sum(right[i] for i in rows) / len(rows), range(len(right)))
    scores = [f1(said, truth, name) for name in CLASSES if name in truth]
    spread = f"{interval.low:.3f} to {interval.high:.3f}"
    return [name, interval.value, spread, sum(scores) / len(scores), *scores]


def f1(said: Sequence[str], truth: Sequence[str], name: str) -> float:
    """F1 of one class."""
    both = sum(a == b == name for a, b in zip(said, truth, strict=True))
    return 2 * both / max(said.count(name) + truth.count(name), 1) if both else 0.0


def main() -> int:
    """Print the table."""
    try:
        items = measured()
    except InputError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    codes, truth = [item.code for item in items], [item.label for item in items]
    classes, stated = grouped_predictions(codes, truth, folds_of(items))
    counts = Counter(truth)
    words = [classes[at] for at in stated.argmax(axis=1)]
    lines = [
        row("majority", [counts.most_common(1)[0][0]] * len(truth), truth),
        row("depth of loops", [rule(code) for code in codes], truth),
        row("TF-IDF + LR", words, truth),
        ["functions", *[""] * 3, *(counts[name] for name in CLASSES if counts[name])],
    ]
    header = ["model", "accuracy", "95 %", "macro F1", *(name for name in CLASSES if counts[name])]
    sys.stdout.write(
        table(f"Complexity of {len(items)} functions, five folds of whole problems", header, lines)
    )
    sys.stdout.write(f"\nSeed 0. {machine()}.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
