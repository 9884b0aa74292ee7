"""Floors of the bug head on programs with known bugs: ruff and bandit alone, and chance.

Run: OCTAD_DATA=<folder of the labelled sets> python benchmarks/floors_realbugs.py   (half a minute)
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from octad.data.realbugs import SURROUNDINGS, RealBug, debugbench, quixbugs
from octad.errors import InputError
from octad.evaluate.localise import Blame, alarms, chance, localisation, located
from octad.evaluate.references import BUGS, references
from octad.evaluate.tables import machine, table
from octad.records.code import Code


def analysers(codes: Sequence[Code]) -> list[list[Blame]]:
    """Findings of ruff and bandit in the order of `octad.analysers.merge`."""
    found = references(codes, BUGS, SURROUNDINGS)
    return [[Blame(item.line, 1 / (1 + at)) for at, item in enumerate(each)] for each in found]


def rows(name: str, bugs: list[RealBug]) -> list[list[object]]:
    """Two lines of the table: the analysers, and chance, which shows nothing at a threshold."""
    buggy, fixed = analysers([bug.buggy for bug in bugs]), analysers([bug.fixed for bug in bugs])
    found = localisation([located(bug, blames) for bug, blames in zip(bugs, buggy, strict=True)])
    shown = alarms(bugs, buggy, fixed, 0.0)
    return [[name, "ruff + bandit", *found, *shown], [name, "chance", *chance(bugs), *[""] * len(shown)]]


def main() -> int:
    """Print the table."""
    try:
        sets = {"quixbugs": quixbugs()}
        bugs = debugbench()
    except InputError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    parsing = [bug for bug in bugs if bug.parses]
    sets["debugbench, one bug, parses"] = [bug for bug in parsing if bug.is_single]
    sets["  of these one token"] = [bug for bug in parsing if bug.is_single and bug.edits == 1]
    sets["  of these more"] = [bug for bug in parsing if bug.is_single and bug.edits != 1]
    sets["debugbench, several, parses"] = [bug for bug in parsing if not bug.is_single]
    sets["debugbench, does not parse"] = [bug for bug in bugs if not bug.parses]
    header = ["set", "who", "programs", "function@1", "line@1", "line@3", "line@5", "shown"]
    header += ["precision", "with twins", "recall", "false"]
    lines = [row for name, chosen in sets.items() for row in rows(name, chosen)]
    sys.stdout.write(table("Bugs in whole programs: the right function and line", header, lines))
    sys.stdout.write(f"\nNo random numbers. {machine()}.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
