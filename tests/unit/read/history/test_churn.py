from __future__ import annotations

import math

import pytest

from octad.read.history.churn import CHURN, churn_numbers


def test_code_of_the_program_is_told_from_tests_and_prose() -> None:
    files = [
        ("lib/a.py", ["import os", "# why", "if f(x) and g(y):", "    return 1", ""], ["return 2"]),
        ("tests/test_a.py", ["assert a", "assert b"], []),
        ("README.md", ["if only (it were)"], ["x"]),
    ]
    found = dict(zip(CHURN, churn_numbers(files), strict=True))
    counted = {name: round(math.expm1(found[name])) for name in CHURN[:9]}
    assert counted == {
        "added": 5, "deleted": 1, "other_added": 3, "other_deleted": 1, "files": 1, "statements": 2,
        "branches": 1, "calls": 2, "tests": 1,
    }  # fmt: skip
    assert found["branches_each"] == pytest.approx(1 / 3) and found["depth_each"] == pytest.approx(4 / 3)
    assert found["net"] == pytest.approx(math.log1p(1))


def test_taking_away_is_negative_and_nothing_is_zero() -> None:
    assert churn_numbers([("a.go", [], ["x := 1", "y := 2"])])[-1] == pytest.approx(-math.log1p(2))
    assert churn_numbers([]) == [0.0] * len(CHURN)
