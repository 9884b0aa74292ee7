"""A system is compared with its own past: what is raised there is taken off."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from octad.advice.metric_verdicts import UNKNOWN
from octad.agents.agent import EveryRule
from octad.agents.deployment_specialist import MARGIN, Answer, agent, placebos
from octad.encoders.word_pieces import WordPieces
from octad.heads.base import Calibration
from octad.heads.binary import Binary
from octad.records.report import Report
from octad.records.series import Comparison, SeriesSet, split_at
from octad.signals.metric_polarity import family
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
    whole = sorted({time for one in before.series for time in one.times})
    end = whole[int(len(whole) * MARGIN) - 1]
    for one in found:
        assert one.metrics is not None and one.at is not None and one.logs is not None
        times = [t for side in (one.metrics.before, one.metrics.after) for s in side.series for t in s.times]
        assert max(times) == end < whole[-1]
        assert len(times) == sum(t <= end for s in before.series for t in s.times)
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


def asked(metrics: Comparison, chance: float = 0.1) -> Any:
    case = agent.case(metrics=metrics)
    made = Report(agent=agent.name, version="0")
    return agent.report(case, Answer(risk=None, rollback=chance), (), made)


def test_one_metric_that_is_worse_is_a_finding_whatever_the_model_says() -> None:
    case = agent.example
    assert case.metrics is not None
    raised = tuple(
        one.model_copy(update={"values": tuple(None if v is None else 9 * v + 9 for v in one.values)})
        if family(one.name) == "latency"
        else one
        for one in case.metrics.before.series
    )
    _, quiet = split_at(case.metrics.before, 0.6)
    _, loud = split_at(SeriesSet(series=raised), 0.6)
    assert not asked(quiet).findings
    found = asked(Comparison(before=quiet.before, after=loud.after))
    (finding,) = found.findings
    assert (finding.rule, finding.probability, finding.source) == ("deployment/rollback", None, "metrics")
    assert finding.fingerprint and finding.evidence and "latency" in finding.message
    assert found.blocks[0].rows[3][1] == "take it back" and found.blocks[1].title.startswith("Metrics")


def test_without_a_series_in_common_there_is_too_little_to_say() -> None:
    case = agent.example
    assert case.metrics is not None
    other = tuple(one.model_copy(update={"name": f"x{one.name}"}) for one in case.metrics.after.series)
    apart = Comparison(before=case.metrics.before, after=SeriesSet(series=other))
    found = asked(apart, 0.99)
    assert not found.findings and found.blocks[0].rows[3][1] == UNKNOWN
    assert any("in common" in one for one in found.missing)
    answer = Answer(risk=None, rollback=0.99)
    assert agent.candidates(agent.case(metrics=apart), answer, EveryRule()) == ()
