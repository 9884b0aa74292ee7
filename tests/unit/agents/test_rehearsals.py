"""A system is judged by its own quiet past: what is raised there is taken off."""

from __future__ import annotations

import numpy as np
import pytest

from octad import catalog
from octad.heads.base import Calibration
from octad.heads.binary import Binary
from octad.modalities.pieces import Pieces
from octad.records.series import SeriesSet, parted
from tests import plain

AGENT = catalog.load(catalog.by_verb("assess").name)


def test_what_the_past_raises_counts_for_nothing() -> None:
    from tests.unit.heads.test_binary import UNIT

    said = [
        Binary().decode([np.array([2.0])], UNIT, Calibration(past=past)) for past in (-5.0, 0.0, 1.5, 3.0)
    ]
    assert said[0] == said[1] > said[2] > 0.5 > said[3]


def test_rehearsals_part_the_past_and_never_see_what_came_since() -> None:
    case = AGENT.example
    before = case.metrics.before
    found = AGENT.rehearsals["rollback"](case)
    assert len(found) == 3
    end = max(one.times[-1] for one in before.series)
    for one in found:
        times = [t for side in (one.metrics.before, one.metrics.after) for s in side.series for t in s.times]
        assert max(times) == end and len(times) == sum(len(s.times) for s in before.series)
        assert max(t for s in one.metrics.before.series for t in s.times) < one.at.time
        assert all(t.last <= end for t in one.logs.templates)
        assert one.change == case.change


def test_a_short_past_tells_nothing() -> None:
    case = AGENT.example
    short = case.metrics.model_copy(update={"before": parted(case.metrics.before, 0.1)[1].before})
    assert AGENT.rehearsals["rollback"](case.model_copy(update={"metrics": short})) == []
    assert AGENT.rehearsals["rollback"](case.model_copy(update={"metrics": None})) == []
    with pytest.raises(ValueError, match="no times"):
        parted(SeriesSet(), 0.5)


def test_only_a_yes_is_rehearsed(pieces: Pieces, monkeypatch: pytest.MonkeyPatch) -> None:
    runner = plain.runner(AGENT, pieces)
    unit = runner.prepare(AGENT.example)
    (outputs,) = runner.run([unit])
    assert runner.past(AGENT.example, unit, outputs)["rollback"] > 0
    assert runner.past(AGENT.example, unit, {**outputs, "rollback": [np.array([-1.0])]}) == {}
