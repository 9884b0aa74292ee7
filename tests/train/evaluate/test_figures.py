"""Figures are of the heads that labels speak of, over the cases that have something to go by."""

from __future__ import annotations

from typing import Any

import pytest

from octad.runtime import Runner
from octad_train.evaluate.figures import figures
from tests import tiny
from tests.contract.agents.commit_kind import Case, Label, agent, sample


@pytest.fixture(scope="module")
def runner(tmp_path_factory: pytest.TempPathFactory) -> Runner[Any, Any]:
    return tiny.runner(agent, tmp_path_factory.mktemp("figures"))


def test_a_figure_has_the_name_of_its_head(runner: Runner[Any, Any]) -> None:
    found = figures(runner, sample(agent, 9))
    assert set(found) == {"kind/accuracy", "kind/majority", "kind/calibration_error"}
    answers = runner.answers([case for case, _ in sample(agent, 9)])
    said = [max(answer.kind, key=answer.kind.__getitem__) for answer in answers]
    right = [one == label.kind for one, (_, label) in zip(said, sample(agent, 9), strict=True)]
    assert found["kind/accuracy"] == pytest.approx(sum(right) / 9)


def test_what_nobody_labelled_and_what_nobody_can_answer_does_not_count(runner: Runner[Any, Any]) -> None:
    known = sample(agent, 6)
    others = [(case, Label()) for case, _ in sample(agent, 4)] + [(Case(), Label("repair"))]
    assert figures(runner, known + others) == figures(runner, known)
    assert figures(runner, others) == figures(runner, []) == {}
