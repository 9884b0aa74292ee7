"""Floors of the bug head on programs with known bugs: ruff and bandit alone, and chance.

Run: OCTAD_DATA=<folder of the labelled sets> python benchmarks/floors_realbugs.py   (half a minute)
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from octad.errors import InputError
from octad.records.code import Code
from octad_train.data.code.real_bugs import PREAMBLE, RealBug, debugbench, quixbugs
from octad_train.evaluate.localise import ScoredLine, alarms, chance, localisation, located
from octad_train.evaluate.references import BUGS, references
from octad_train.evaluate.tables import machine, table


def analysers(codes: Sequence[Code]) -> list[list[ScoredLine]]:
    """Findings of ruff and bandit in the order of `octad.analysers.merge`."""
    found = references(codes, BUGS, PREAMBLE)
    return [[ScoredLine(item.line, 1 / (1 + at)) for at, item in enumerate(each)] for each in found]


def rows(name: str, bugs: list[RealBug]) -> list[list[object]]:
    """Two lines of the table: the analysers, and chance, which shows nothing at a threshold."""
    buggy, fixed = analysers([bug.buggy for bug in bugs]), analysers([bug.fixed for bug in bugs])
    found = localisation([located(bug, lines) for bug, lines in zip(bugs, buggy, strict=True)])
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
    header += ["precision", "with repaired", "recall", "false"]
    lines = [row for name, chosen in sets.items() for row in rows(name, chosen)]
    sys.stdout.write(table("Bugs in whole programs: the right function and line", header, lines))
    sys.stdout.write(f"\nNo random numbers. {machine()}.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
