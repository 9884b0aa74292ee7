"""One case judged: thresholds, evidence for the likeliest, what each input gave."""

from __future__ import annotations

from typing import Any

import pytest

from octad import catalog
from octad.explain.place import EveryRule
from octad.judgement import EXPLAINED, Options, judge
from octad.modalities.pieces import Pieces
from octad.records.report import Block, Report, Skipped
from octad.runtime import Runner
from tests import plain


@pytest.fixture(params=["assess", "debug"])
def runner(request: pytest.FixtureRequest, pieces: Pieces) -> Runner[Any, Any]:
    agent = catalog.load(catalog.by_verb(request.param).name)
    (answer,) = plain.runner(agent, pieces).answers([agent.example])
    rules = {claimed.finding.rule for claimed in agent.findings(agent.example, answer, EveryRule())}
    return plain.runner(
        agent, pieces, thresholds=dict.fromkeys(rules, 0.2), priors=dict.fromkeys(agent.heads, 0.1)
    )


def asked(runner: Runner[Any, Any], case: Any = None, **options: Any) -> Report:
    return judge(runner, case or runner.agent.example, Options(**options))


def shares(report: Report) -> Block | None:
    return next((block for block in report.blocks if block.title == "What each input gave"), None)


def test_findings_reach_their_thresholds_the_likeliest_first(runner: Runner[Any, Any]) -> None:
    found = asked(runner, least=0.0, evidence=False).findings
    chances = [finding.probability for finding in found]
    assert chances == sorted(chances, reverse=True) and len(set(f.fingerprint for f in found)) == len(found)
    middle = chances[len(chances) // 2]
    assert len(asked(runner, least=middle, evidence=False).findings) == sum(x >= middle for x in chances)
    shipped = asked(runner, evidence=False).findings
    assert [f.probability for f in shipped] == [x for x in chances if x >= 0.2]


def test_a_rule_without_threshold_speaks_only_when_it_is_silent_and_asked(pieces: Pieces) -> None:
    agent = catalog.load(catalog.by_verb("assess").name)
    mute = plain.runner(agent, pieces)
    assert asked(mute, least=0.0, evidence=False).findings == ()
    silent = plain.runner(agent, pieces, silent=("deployment/risk",))
    assert asked(silent, evidence=False).findings == ()
    assert [f.rule for f in asked(silent, least=0.0, evidence=False).findings] == ["deployment/risk"]


def test_evidence_is_sought_for_the_likeliest_alone(runner: Runner[Any, Any]) -> None:
    found = asked(runner, least=0.0).findings
    assert [f.faithfulness is not None for f in found] == [i < EXPLAINED for i in range(len(found))]
    assert any(f.evidence for f in found)
    bare = asked(runner, least=0.0, evidence=False)
    assert all(f.faithfulness is None and not f.evidence for f in bare.findings) and shares(bare) is None
    assert [f.probability for f in bare.findings] == [f.probability for f in found]


def test_shares_add_up(runner: Runner[Any, Any]) -> None:
    table = shares(asked(runner, least=0.0))
    assert table is not None
    (_, *rules), nothing, *inputs, everything = table.rows
    assert rules and nothing[0] == "without any input" and everything[0] == "all together"
    assert {row[0] for row in inputs} == set(type(runner.agent.example).model_fields) - {
        name for name, value in runner.agent.example if value is None
    }
    for column in range(1, len(rules) + 1):
        total = float(nothing[column]) + sum(float(row[column]) for row in inputs)
        assert total == pytest.approx(float(everything[column]), abs=0.005 * (len(inputs) + 3))
        assert float(nothing[column]) == pytest.approx(0.1)


def test_a_case_of_which_nothing_is_known_is_judged_too(runner: Runner[Any, Any]) -> None:
    report = judge(runner, runner.agent.case(), skipped=[Skipped(path="a.bin", reason="binary file")])
    assert report.findings == () and shares(report) is None
    assert report.skipped == (Skipped(path="a.bin", reason="binary file"),)
    assert (report.agent, bool(report.version)) == (runner.agent.name, True)
