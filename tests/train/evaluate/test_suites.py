"""A public set of variable misuse: nothing but variables can be wrong."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from octad import catalog
from octad.encoders.code import tokens_of
from octad.heads.pointer import BugLabel, candidates
from octad.records.code import Code
from octad.runtime import Runner
from octad.syntax.tokens import Role
from octad_train.data.code.great import GreatRow
from octad_train.evaluate.suites import narrowed, varmisuse
from tests import tiny

TEXT = "def f(first, second):\n    if first < second:\n        return first.size\n    return second\n"
CODE = Code(path="a.py", text=TEXT)


@pytest.fixture(scope="module")
def runner(tmp_path_factory: pytest.TempPathFactory) -> Runner[Any, Any]:
    agent = catalog.load(catalog.entries()[0].name)
    return tiny.runner(agent, tmp_path_factory.mktemp("suites"))


def test_only_variables_are_candidates(runner: Runner[Any, Any]) -> None:
    unit = runner.prepare(runner.agent.case(code=CODE))
    tokens = tokens_of(unit)
    found = np.flatnonzero(candidates(narrowed(unit))).tolist()
    assert found == [0, *np.flatnonzero(tokens.role == Role.VARIABLE).tolist()]
    assert len(found) < candidates(unit).sum()


def test_figures_are_of_correct_and_buggy_rows(runner: Runner[Any, Any]) -> None:
    label = BugLabel(TEXT.rindex("second"), 0, "first", "variable-misuse")
    names, targets = ("first", "second"), frozenset({"first"})
    rows = [GreatRow(CODE, one, names, targets, (), 0, "") for one in (None, label)]
    found = varmisuse(runner, rows)
    assert {"detection", "localisation", "repair", "joint", "auc"} <= set(found)
    assert found["majority"] == 0.5 and all(np.isfinite(list(found.values())))
