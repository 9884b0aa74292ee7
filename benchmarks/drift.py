"""How often drift is called where there is none, and how often where there is: on code of installed packages.

Run: OCTAD_DATA=<labelled sets> python benchmarks/drift.py [--projects 70] [--each 120] [--windows 200]
Half of the projects choose the levels, the other half measure, and neither knows the other. Within a half,
each window is drawn anew: a reference of 400 cases of half of its projects, then 120 cases of the same
projects, of six that the reference has none of, or of a single one of those. Levels are such that one
in twenty windows of a single unseen project, the hardest traffic that is no drift, passes any of them. Eight
minutes on one core, nearly all of it asking the model.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from benchmarks.drift_cases import Facts, collected
from octad.serve.drift import ALARM, REFERENCE, UNUSUAL, WINDOW
from octad.serve.reference import Reference

Cases = Mapping[str, Sequence[Facts]]
MEASURES = ("cases", "answers", "unusual")
NO_DRIFT = ("the same projects", "six unseen projects", "one unseen project")
Rows = dict[str, list[tuple[float, ...]]]


def drawn(cases: Sequence[Facts], count: int, random: np.random.Generator) -> list[Facts]:
    return [cases[i] for i in random.permutation(len(cases))[:count]]


def measured(reference: Reference, window: Sequence[Facts]) -> tuple[float, ...]:
    """What a watch goes by: mean KS of cases, of answers, and the share of unusual cases."""
    unlike = reference.unlike(window)
    return unlike.cases, unlike.answers, float((reference.likeness(window) <= UNUSUAL).mean())


def windows(projects: Cases, outside: Cases, count: int, random: np.random.Generator) -> Rows:
    """The measures of many windows of each kind, from the projects of one half."""
    found: Rows = defaultdict(list)
    for _ in range(count):
        names = list(random.permutation(list(projects)))
        known, unseen = names[: len(names) // 2], names[len(names) // 2 :]
        pool = drawn([one for name in known for one in projects[name]], REFERENCE + WINDOW, random)
        reference = Reference(pool[:REFERENCE])
        six = drawn([one for name in unseen[:6] for one in projects[name]], WINDOW, random)
        single = drawn(projects[unseen[6]], WINDOW, random)
        made = dict(zip(NO_DRIFT, (pool[REFERENCE:], six, single), strict=True))
        for kind, cases in outside.items():
            held = drawn(cases, WINDOW, random)
            made[f"all {kind}"] = held
            made[f"a third {kind}"] = [*held[: WINDOW // 3], *six[WINDOW // 3 :]]
        for kind, window in made.items():
            found[kind].append(measured(reference, window))
    return found


def levels(rows: Rows) -> dict[str, float]:
    """Levels, equally hard, of which one in twenty windows of a single unseen project passes any."""
    hardest = np.array(rows[NO_DRIFT[2]])
    for share in np.arange(0.95, 1.0, 0.002):
        found = np.quantile(hardest, share, axis=0)
        if (hardest > found).any(1).mean() <= 0.05:
            break
    return dict(zip(MEASURES, found.round(3).tolist(), strict=True))


def show(rows: Rows, level: Mapping[str, float]) -> None:
    """How many windows of each kind any level calls, and what each measure was at its median."""
    limits = np.array([level[name] for name in MEASURES])
    print(f"{'windows of':28} {'called':>8} " + " ".join(f"{'by ' + name:>11}" for name in MEASURES), end="")
    print("   medians")
    for kind, made in rows.items():
        table = np.array(made)
        over = table > limits
        shares = " ".join(f"{share:11.1%}" for share in over.mean(0))
        middle = " ".join(f"{value:.3f}" for value in np.median(table, axis=0))
        print(f"{kind:28} {over.any(1).mean():8.1%} {shares}   {middle}")


def halves(python: Cases) -> tuple[Cases, Cases]:
    """Projects that choose, and projects that measure."""
    names = list(python)
    return {one: python[one] for one in names[::2]}, {one: python[one] for one in names[1::2]}


def main() -> None:
    read = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    read.add_argument("--projects", type=int, default=70)
    read.add_argument("--each", type=int, default=120)
    read.add_argument("--windows", type=int, default=200)
    read.add_argument("--facts", type=Path, help="a file to keep facts in, so that the model is asked once")
    given = read.parse_args()
    if given.facts and given.facts.exists():
        made = json.loads(given.facts.read_text())
    else:
        made = collected(given.projects, given.each)
        if given.facts:
            given.facts.write_text(json.dumps(made))
    outside = {kind: next(iter(groups.values())) for kind, groups in made.items() if kind != "python"}
    choosing, measuring = halves(made["python"])
    random = np.random.default_rng(15)
    level = levels(windows(choosing, {}, given.windows, random))
    print(f"levels of {len(choosing)} projects: {level}; in use: {ALARM}")
    print(f"measured on {len(measuring)} others, {given.windows} windows of {WINDOW} cases each")
    show(windows(measuring, outside, given.windows, random), level)


if __name__ == "__main__":
    main()
