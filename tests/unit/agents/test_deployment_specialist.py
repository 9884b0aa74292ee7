"""A system is compared with its own past: what is raised there is taken off."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from octad.agents.deployment_specialist import agent, placebos
from octad.encoders.word_pieces import WordPieces
from octad.heads.base import Calibration
from octad.heads.binary import Binary
from octad.records.series import SeriesSet, split_at
from tests import plain

UNIT: Any = SimpleNamespace()


def test_what_the_past_raises_counts_for_nothing() -> None:
    said = [
        Binary().decode([np.array([2.0])], UNIT, Calibration(placebo=placebo))
        for placebo in (-5.0, 0.0, 1.5, 3.0)
    ]
    assert said[0] == said[1] > said[2] > 0.5 > said[3]


def test_placebo_windows_part_the_past_and_never_see_what_came_since() -> None:
    case = agent.example
    assert case.metrics is not None
    before = case.metrics.before
    found = placebos(case)
    assert len(found) == 3
    end = max(one.times[-1] for one in before.series)
    for one in found:
        assert one.metrics is not None and one.at is not None and one.logs is not None
        times = [t for side in (one.metrics.before, one.metrics.after) for s in side.series for t in s.times]
        assert max(times) == end and len(times) == sum(len(s.times) for s in before.series)
        assert max(t for s in one.metrics.before.series for t in s.times) < one.at.time
        assert all(t.last is not None and t.last <= end for t in one.logs.templates)
        assert one.change == case.change


def test_a_short_past_says_nothing() -> None:
    case = agent.example
    assert case.metrics is not None
    short = case.metrics.model_copy(update={"before": split_at(case.metrics.before, 0.1)[1].before})
    assert placebos(case.model_copy(update={"metrics": short})) == []
    assert placebos(case.model_copy(update={"metrics": None})) == []
    with pytest.raises(ValueError, match="no times"):
        split_at(SeriesSet(), 0.5)


def test_the_past_is_only_asked_about_a_yes(pieces: WordPieces) -> None:
    runner = plain.runner(agent, pieces)
    unit = runner.prepare(agent.example)
    (outputs,) = runner.run([unit])
    assert runner.placebo(agent.example, unit, outputs)["rollback"] > 0
    assert runner.placebo(agent.example, unit, {**outputs, "rollback": [np.array([-1.0])]}) == {}
