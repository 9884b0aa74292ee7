"""Real repairs of projects that training never saw: where they went, of which class, and what brought one.

    OCTAD_DATA=<labelled sets> python benchmarks/repairs.py [--weights FOLDER] [--part test] [--cap 100]

`test` are the projects of the set's valid split by which nothing was chosen, `valid` those by which weights
and calibration were. At most so many repairs of a project count, as in the hold-out of the set. Floors: the
longest line that is no definition, a random line, the commonest class, lines changed; beside the place stands
what the head that learned from injected bugs suspects.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from octad.catalog import load
from octad.encoders.code import tokens_of
from octad.heads.place import LinePlace
from octad.metrics.ranking import auc
from octad.runtime import Asked, Runner
from octad.syntax.units import units
from octad_train.data.code.cases import labelled
from octad_train.data.code.real_fixes import FIXES, code_of, lines_in, mended
from octad_train.data.code.repairs import CHANGES, Real, change, kind_of, part_of
from octad_train.data.public_sets import Row, rows
from octad_train.evaluate.tables import table

TOPS = (1, 3, 5)
HEADER = re.compile(r"\s*(async\s+def|def|class|@)\b")
EFFORT = 0.2
"""The share of all changed lines that a reviewer has time for."""


def capped(name: str, part: str, cap: int, seed: int = 0) -> list[Row]:
    """Rows of a part, of each project at most so many, drawn."""
    by_project: dict[str, list[Row]] = defaultdict(list)
    for row in rows(name):
        if part_of(row) == part:
            by_project[row["repo"]].append(row)
    rng = random.Random(seed)
    return [row for own in by_project.values() for row in rng.sample(own, min(cap, len(own)))]


def longest(row: Row) -> list[int]:
    """Lines with code that define nothing, the longest first."""
    own = [
        (-len(line), row["line"] + i)
        for i, line in enumerate(row["before"].split("\n"))
        if line.strip() and not line.lstrip().startswith("#") and not HEADER.match(line)
    ]
    return [number for _, number in sorted(own)]


def chance(total: int, right: int, k: int) -> float:
    """How likely one of the right lines is among k drawn without looking."""
    missed = 1.0
    for i in range(min(k, total)):
        missed *= max(total - right - i, 0) / (total - i)
    return 1 - missed


class Placed(NamedTuple):
    """A line with the share of all that is likely to be repaired, and what the head says of it."""

    line: int
    score: float
    place: LinePlace


def places(asked: Sequence[Asked[Any, Any]]) -> tuple[Placed, ...]:
    """The lines of several units, likeliest first; each unit has its share of all lines with code."""
    lines = sum(len(one.answer.place or ()) for one in asked)
    found = [
        Placed(place.line, place.probability * len(one.answer.place) / lines, place)
        for one in asked
        for place in one.answer.place or ()
    ]
    return tuple(sorted(found, key=lambda one: -one.score))


class Ranked:
    """Lines as ranked for one repair, beside what is right."""

    def __init__(self, row: Row, asked: Sequence[Asked[Any, Any]]) -> None:
        self.row, self.right = row, lines_in(mended(row, row["lines_before"]))
        found = places(asked)
        self.lines = [one.line for one in found]
        self.stated = found[0].score if found else 0.0
        self.kinds = next((one.place.kinds for one in found if one.line in self.right), ())
        suspects = sorted((s for one in asked for s in _suspects(one)), key=lambda pair: -pair[1])
        self.injected = list(dict.fromkeys(line for line, _ in suspects))

    def hit(self, k: int) -> bool:
        """Whether a right line is among the first k."""
        return not self.right.isdisjoint(self.lines[:k])

    def by_injected(self, k: int) -> bool:
        """The same of the lines that the head taught with injected bugs suspects."""
        return not self.right.isdisjoint(self.injected[:k])

    def floor(self, k: int) -> bool:
        """The same of the longest lines."""
        return not self.right.isdisjoint(longest(self.row)[:k])

    def random(self, k: int) -> float:
        """The same of random lines."""
        return chance(len(self.lines), len(self.right.intersection(self.lines)), k)


def _suspects(asked: Asked[Any, Any]) -> list[tuple[int, float]]:
    """The lines of the suspects of the bug head, and how likely each is."""
    spans = tokens_of(asked.unit).spans
    return [(int(spans[one.item, 0]), one.probability) for one in asked.answer.bug.suspects]


def ranked(runner: Runner[Any, Any], fixes: Sequence[Row]) -> list[Ranked]:
    """What the agent points at in each function."""
    agent = runner.agent
    parts = [[agent.case(code=unit) for unit in units(code_of(row, row["before"]))] for row in fixes]
    asked = iter(runner.ask(list(chain.from_iterable(parts))))
    return [Ranked(row, [next(asked) for _ in cases]) for row, cases in zip(fixes, parts, strict=True)]


def place_table(found: Sequence[Ranked]) -> str:
    """Hits in 1, 3 and 5 by class and by project."""
    groups: list[tuple[str, list[Ranked]]] = [("all", list(found))]
    for title, of in (("class ", lambda one: kind_of(one.row["edit"])), ("", lambda one: one.row["repo"])):
        counts = Counter(map(of, found))
        groups += [
            (f"{title}{name}", [one for one in found if of(one) == name]) for name, _ in counts.most_common()
        ]
    lines = []
    for name, own in groups:
        ways = (Ranked.hit, Ranked.by_injected, Ranked.floor, Ranked.random)
        shares = [[float(np.mean([way(one, k) for one in own])) for k in TOPS] for way in ways]
        lines.append((name, len(own), *(" / ".join(f"{share:.3f}" for share in row) for row in shares)))
    head = ("repairs", "number", "place in 1 / 3 / 5", "injected bugs", "longest line", "random line")
    return table("Place of the repair, the function being known", head, lines)


def kind_table(found: Sequence[Ranked]) -> str:
    """Class of the repair at the right line."""
    kinds = [kind_of(one.row["edit"]) for one in found]
    common = [kind for kind, _ in Counter(kinds).most_common()]
    lines = [
        (
            k,
            f"{np.mean([kind in dict(one.kinds[:k]) for one, kind in zip(found, kinds, strict=True)]):.3f}",
            f"{np.mean([kind in common[:k] for kind in kinds]):.3f}",
        )
        for k in (1, 3)
    ]
    return table("Class of the repair, the line being known", ("in the first", "agent", "commonest"), lines)


def reliability_table(found: Sequence[Ranked]) -> str:
    """How often the first line is right, by what is stated of it, in fifths."""
    parts = np.array_split(sorted(found, key=lambda one: one.stated), 5)
    lines = [
        (
            f"{part[0].stated:.3f} to {part[-1].stated:.3f}",
            len(part),
            f"{np.mean([one.stated for one in part]):.3f}",
            f"{np.mean([one.hit(1) for one in part]):.3f}",
        )
        for part in parts
        if len(part)
    ]
    head = ("stated of the first line", "repairs", "mean", "right")
    return table("How far to trust what is stated of a place", head, lines)


def said(runner: Runner[Any, Any], cases: Sequence[Real | None], head: str) -> np.ndarray:
    """The probability that a head gives each case; NaN without one."""
    known = [labelled(runner.agent, one)[0] for one in cases if one is not None]
    answers = iter(runner.answers(known))
    return np.array([np.nan if one is None else getattr(next(answers), head) for one in cases])


def order_table(runner: Runner[Any, Any], changes: Sequence[Row]) -> str:
    """Changes that brought a bug among those that a reviewer reads first, by several orders."""
    cases = [change(row) for row in changes]
    kept = [i for i, one in enumerate(cases) if one is not None]
    bad = np.array([changes[i]["label"] != "good" for i in kept])
    chances = said(runner, [cases[i] for i in kept], "later_fix")
    size = np.array([max(sum(max(b - a + 1, 1) for a, b in changes[i]["lines_after"]), 1) for i in kept])
    orders = {
        "agent": chances,
        "agent, for each changed line": chances / size,
        "lines changed, most first": size.astype(float),
        "lines changed, fewest first": -size.astype(float),
        "in no order": np.random.default_rng(0).random(len(kept)),
    }
    lines = []
    for name, score in orders.items():
        order = np.argsort(-score, kind="stable")
        inside = np.cumsum(size[order]) <= EFFORT * size.sum()
        lines.append(
            (name, f"{auc(score, bad):.3f}", f"{bad[order][inside].sum() / bad.sum():.3f}", int(inside.sum()))
        )
    head = ("order", "AUC", f"of bugs in the first {EFFORT:.0%} of lines", "functions read")
    return table(
        f"Look here first: {len(kept)} changed functions, {int(bad.sum())} brought a bug", head, lines
    )


def main() -> None:
    """Ask, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--weights", type=Path)
    parser.add_argument("--part", choices=("valid", "test"), default="test")
    parser.add_argument("--cap", type=int, default=100)
    arguments = parser.parse_args()
    runner: Runner[Any, Any] = Runner.load(load("code-reviewer"), arguments.weights)
    fixes = capped(FIXES, arguments.part, arguments.cap)
    found = ranked(runner, fixes)
    changes = capped(CHANGES, arguments.part, 10 * arguments.cap)
    for text in (
        place_table(found),
        kind_table(found),
        reliability_table(found),
        order_table(runner, changes),
    ):
        sys.stdout.write(text + "\n")


if __name__ == "__main__":
    main()
