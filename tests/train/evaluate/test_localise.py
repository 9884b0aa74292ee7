"""Lines ranked by how sure someone is of a bug there: ranks, shares at a threshold, chance."""

from __future__ import annotations

import math

import numpy as np
import pytest

from octad.records.code import Code
from octad_train.data.code.real_bugs import RealBug
from octad_train.evaluate.localise import Found, ScoredLine, alarms, chance, code_lines, localisation, located

TEXT = """def f(a):
    b = a
    return b


def g(a):
    # two of them
    c = a
    return c
"""


def _bug(*lines: int) -> RealBug:
    code = Code(path="x.py", text=TEXT)
    return RealBug("s", "g", "", code, code, lines, 1, True)


def test_ranks_of_the_right_function_and_line() -> None:
    bug = _bug(8)
    assert located(bug, [ScoredLine(8, 0.9), ScoredLine(2, 0.5)]) == Found(1, 1)
    assert located(bug, [ScoredLine(2, 0.9), ScoredLine(9, 0.5), ScoredLine(8, 0.4)]) == Found(2, 3)
    assert located(bug, [ScoredLine(2, 0.9), ScoredLine(8, 0.1), ScoredLine(8, 0.95)]) == Found(1, 1)
    assert located(bug, [ScoredLine(2, 0.9)]) == Found(math.inf, math.inf)
    assert located(bug, []) == Found(math.inf, math.inf)


def test_ranks_are_summed_up() -> None:
    found = [Found(1, 1), Found(1, 4), Found(math.inf, math.inf), Found(2, 3)]
    assert localisation(found) == (4, 0.5, 0.25, 0.5, 0.75)


def test_alarms_at_a_threshold() -> None:
    bugs = [_bug(8), _bug(2, 3), _bug(8)]
    buggy = [
        [ScoredLine(8, 0.9), ScoredLine(2, 0.8)],
        [ScoredLine(2, 0.9), ScoredLine(3, 0.9)],
        [ScoredLine(8, 0.2)],
    ]
    fixed = [[ScoredLine(2, 0.8)], [], [ScoredLine(1, 0.3)]]
    shown = alarms(bugs, buggy, fixed, 0.5)
    assert shown == (
        5,
        pytest.approx(3 / 4),
        pytest.approx(3 / 5),
        pytest.approx(2 / 3),
        pytest.approx(1 / 3),
    )
    silent = alarms(bugs, buggy, fixed, 0.95)
    assert silent.shown == 0 and math.isnan(silent.precision) and silent.recall == 0


def test_chance_is_what_random_orders_reach() -> None:
    bugs = [_bug(8), _bug(2, 3)]
    stated = chance(bugs)
    generator = np.random.default_rng(0)
    found = []
    for _ in range(150):
        for bug in bugs:
            lines = generator.permutation(code_lines(bug.buggy)).tolist()
            found.append(located(bug, [ScoredLine(line, -at) for at, line in enumerate(lines)]))
    drawn = localisation(found)
    for name in ("line_1", "line_3", "line_5"):
        assert getattr(stated, name) == pytest.approx(getattr(drawn, name), abs=0.1)
    assert stated.function_1 == 0.5


def test_comments_and_blank_lines_are_no_code() -> None:
    assert code_lines(Code(path="x.py", text=TEXT, first_line=11)) == [11, 12, 13, 16, 18, 19]
