"""How well lines that are ranked meet the lines that a repair changed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from octad.metrics.ranking import rank_of_first, top_k
from octad.records.code import Code
from octad.records.lines import lines_of
from octad.syntax.units import units
from octad_train.data.code.real_bugs import RealBug


class ScoredLine(NamedTuple):
    """A line of a file, and how sure someone is that the bug is there."""

    line: int
    score: float


class Found(NamedTuple):
    """Ranks from 1 of the right function and of the right line; inf where they were not named."""

    function: float
    line: float


class Localisation(NamedTuple):
    """Shares of programs whose bug is in the first function, and in the first 1, 3 and 5 lines."""

    programs: int
    function_1: float
    line_1: float
    line_3: float
    line_5: float


class Alarms(NamedTuple):
    """What is shown at a threshold, over buggy programs and the same programs repaired.

    `precision` is the share of the findings in buggy programs that are on a changed line,
    `precision_repaired` the share of all findings, those in repaired ones being wrong; NaN when there is
    none. `recall` is the share of bugs with a right finding, `false` that of repaired programs with any.
    """

    shown: int
    precision: float
    precision_repaired: float
    recall: float
    false: float


def located(bug: RealBug, lines: Sequence[ScoredLine]) -> Found:
    """Ranks of the right function and line of one buggy program; ties share the mean of their ranks.

    A function has the score of its best line. Functions are the units of the program.
    """
    best: dict[int, float] = {}
    for number, score in lines:
        best[number] = max(score, best.get(number, score))
    line = rank_of_first(list(best.values()), [number in bug.lines for number in best])
    ranked = [
        (max(scores), any(first <= number <= last for number in bug.lines))
        for first, last in _spans(bug.buggy)
        if (scores := [score for number, score in best.items() if first <= number <= last])
    ]
    functions = rank_of_first([score for score, _ in ranked], [right for _, right in ranked])
    return Found(functions, line)


def localisation(found: Sequence[Found]) -> Localisation:
    """Sum up the ranks of many programs."""
    lines = [item.line for item in found]
    function = top_k([item.function for item in found], 1)
    return Localisation(len(found), function, top_k(lines, 1), top_k(lines, 3), top_k(lines, 5))


def alarms(
    bugs: Sequence[RealBug],
    buggy: Sequence[Sequence[ScoredLine]],
    fixed: Sequence[Sequence[ScoredLine]],
    threshold: float,
) -> Alarms:
    """Count what reaches the threshold among the scored lines of both halves of each pair."""
    shown = [{one.line for one in lines if one.score >= threshold} for lines in buggy]
    repaired = [{one.line for one in lines if one.score >= threshold} for lines in fixed]
    right = [len(lines.intersection(bug.lines)) for lines, bug in zip(shown, bugs, strict=True)]
    said, said_repaired = sum(map(len, shown)), sum(map(len, repaired))
    return Alarms(
        shown=said + said_repaired,
        precision=sum(right) / said if said else float("nan"),
        precision_repaired=sum(right) / (said + said_repaired) if said + said_repaired else float("nan"),
        recall=sum(count > 0 for count in right) / len(bugs) if bugs else float("nan"),
        false=sum(bool(lines) for lines in repaired) / len(bugs) if bugs else float("nan"),
    )


def chance(bugs: Sequence[RealBug]) -> Localisation:
    """Return the shares that lines and functions named in a random order would reach."""
    lines = [(len(code_lines(bug.buggy)), len(bug.lines)) for bug in bugs]
    functions = []
    for bug in bugs:
        spans = _spans(bug.buggy)
        right = sum(any(first <= number <= last for number in bug.lines) for first, last in spans)
        functions.append(right / len(spans) if spans else 0.0)
    at = [sum(_hit(total, right, k) for total, right in lines) / max(len(lines), 1) for k in (1, 3, 5)]
    return Localisation(len(bugs), sum(functions) / max(len(functions), 1), *at)


def code_lines(code: Code) -> list[int]:
    """Numbers of the lines with something on them that is no comment."""
    text = code.text.split("\n")
    return [
        number
        for number, line in enumerate(text, start=code.first_line)
        if line.strip() and not line.lstrip().startswith("#")
    ]


def _spans(code: Code) -> list[tuple[int, int]]:
    """First and last line of each unit of a file."""
    return [(unit.first_line, unit.first_line + len(lines_of(unit.text)) - 1) for unit in units(code)]


def _hit(total: int, right: int, k: int) -> float:
    """Chance that one of `right` among `total` is among k drawn without looking."""
    return 1 - math.comb(total - right, k) / math.comb(total, k) if total >= k else float(right > 0)
