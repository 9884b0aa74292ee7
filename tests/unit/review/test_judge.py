"""The judge adds up points of the rule and of the place, and says nothing of what it does not know."""

from __future__ import annotations

import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from octad.records.code import Code
from octad.records.report import Anchor, Finding, Repair
from octad.review.judge import NAME, Judge, chances, load_judge
from octad.review.measures import Place, family, measures, place_of, spans
from octad.store.artefact import shipped

TEXT = '''import os


class Reader:
    @property
    def rows(self, limit=3):
        """Rows."""
        def inner(x):
            return x
        return inner(limit)
'''
CODE = Code(path="pkg/tests/reader.py", text=TEXT)


def finding(rule: str = "ruff/RET505", line: int = 10, safe: bool | None = None) -> Finding:
    anchor = Anchor(path=CODE.path, line=line, column=5, end_line=line, end_column=9)
    repairs = ()
    if safe is not None:
        repairs = (Repair(anchor=anchor, replacement="", description="", safe=safe),)
    return Finding(
        rule=rule, level="note", message="Use `limit`", probability=None, anchor=anchor, repairs=repairs
    )


def place(line: int = 10) -> Place:
    found = place_of(finding(line=line), CODE)
    assert found is not None
    return found


def flat(**points: float) -> Judge:
    count = len(measures(place()))
    edges = np.full((count, 2), np.inf, np.float32)
    return Judge({"RET505": points.get("rule", 0.0)}, {"RET": 0.5}, edges, np.zeros((count, 3)), -1.0)


def test_a_place_is_the_innermost_function_from_its_first_decorator_on() -> None:
    assert (place(10).function, place(10).first_line, place(10).line) == ("Reader.rows", 5, 5)
    assert (place(9).function, place(9).text) == (
        "Reader.rows.inner",
        TEXT.split("\n")[7] + "\n            return x",
    )
    assert place_of(finding(line=1), CODE) is None
    assert place_of(finding(), Code(path="a.py", text="def f(:\n")) is None


def test_lines_are_those_of_the_file_where_a_code_is_a_part_of_it() -> None:
    part = Code(path=CODE.path, text="def f():\n    return 1\n", first_line=9)
    found = place_of(finding(line=10), part)
    assert found is not None and (found.first_line, found.line) == (9, 1)


@pytest.mark.parametrize(("safe", "fix"), [(None, ""), (False, "unsafe"), (True, "safe")])
def test_a_fix_is_safe_where_its_tool_vouches_for_it(safe: bool | None, fix: str) -> None:
    found = place_of(finding(safe=safe), CODE)
    assert found is not None and found.fix == fix


def test_measures_are_the_same_names_in_the_same_order() -> None:
    first, second = measures(place(10)), measures(place(9))
    assert list(first) == list(second)
    assert (first["decorators"], first["docstring"], first["in_tests"], first["is_method"]) == (1, 1, 1, 1)
    assert (second["is_inner"], second["on_return"], second["arguments"], second["lines"]) == (1, 1, 1, 2)
    assert measures(place(9)._replace(message="Too many (8 > 4)"))["over"] == 2


def test_points_are_added_up() -> None:
    judge = flat(rule=0.5)
    assert judge.chance(place()) == pytest.approx(0.5)
    names = list(measures(place()))
    judge.edges[names.index("lines"), 0] = 4.0
    judge.points[names.index("lines"), 1] = math.log(3)
    assert judge.chance(place(10)) == pytest.approx(0.75)
    assert judge.chance(place(9)) == pytest.approx(0.5)


def test_a_family_stands_for_a_rule_that_is_not_known() -> None:
    judge = flat(rule=9.0)
    assert judge.chance(place()._replace(rule="RET999")) == pytest.approx(1 / (1 + math.exp(0.5)))
    assert judge.chance(place()._replace(rule="XYZ1")) is None
    assert family("PLR0913") == "PLR"


def test_other_tools_other_languages_and_missing_files_have_no_chance() -> None:
    rules = ["ruff/RET505", "mypy/arg-type", "bug/name", "ruff/invalid-syntax"]
    said = chances([finding(rule) for rule in rules], {CODE.path: CODE})
    assert [one is None for one in said] == [False, True, True, True]
    assert chances([finding()], {}) == [None]
    assert chances([finding()], {CODE.path: CODE.model_copy(update={"language": "java"})}) == [None]


def test_bandit_counts_as_its_twin() -> None:
    ruff, bandit = chances([finding("ruff/S602"), finding("bandit/B602")], {CODE.path: CODE})
    assert ruff is not None and ruff == bandit


def test_the_shipped_points_are_small_and_fit_the_measures() -> None:
    judge = load_judge()
    assert len(judge.edges) == len(judge.points) == len(measures(place()))
    assert judge.points.shape[1] == judge.edges.shape[1] + 1
    assert sum(path.stat().st_size for path in shipped(NAME).iterdir()) < 300_000
    chance = judge.chance(place())
    assert chance is not None and 0 < chance < 0.5


def test_spans_of_functions() -> None:
    assert spans(TEXT) == {"Reader.rows": [(5, 10)], "Reader.rows.inner": [(8, 9)]}
    assert spans("def f(:\n") == {}


def test_neither_torch_nor_scikit_learn_is_needed(tmp_path: Path) -> None:
    program = (
        "import sys; from octad.review.judge import load_judge; load_judge(); "
        "sys.exit(', '.join(m for m in ('torch', 'sklearn', 'scipy') if m in sys.modules) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
