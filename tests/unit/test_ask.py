"""One case asked about: thresholds, evidence for the likeliest, what each input gave."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from octad import catalog
from octad.agents.agent import EveryRule
from octad.ask import EXPLAINED, Options, ask, explained, found, thresholds
from octad.encoders.word_pieces import WordPieces
from octad.feedback.heard import Heard
from octad.records.code import LineRange
from octad.records.events import Event, Events
from octad.records.report import Block, Finding, Report
from octad.records.skipped import Skipped
from octad.runtime import Runner
from octad.store.artefact import Manifest
from tests import plain, tiny


@pytest.fixture(params=["assess", "debug"])
def runner(request: pytest.FixtureRequest, pieces: WordPieces) -> Runner[Any, Any]:
    agent = catalog.load(catalog.by_verb(request.param).name)
    (answer,) = plain.runner(agent, pieces).answers([agent.example])
    rules = {one.finding.rule for one in agent.candidates(agent.example, answer, EveryRule())}
    return plain.runner(
        agent, pieces, thresholds=dict.fromkeys(rules, 0.2), priors=dict.fromkeys(agent.heads, 0.1)
    )


def asked(runner: Runner[Any, Any], case: Any = None, **options: Any) -> Report:
    return ask(runner, case or runner.agent.example, Options(**options))


def shares(report: Report) -> Block | None:
    return next((block for block in report.blocks if block.title == "What each input gave"), None)


def test_findings_reach_their_thresholds_the_likeliest_first(runner: Runner[Any, Any]) -> None:
    every = asked(runner, least=0.0, evidence=False).findings
    chances = [finding.probability for finding in every]
    assert chances == sorted(chances, reverse=True) and len({f.fingerprint for f in every}) == len(every)
    middle = chances[len(chances) // 2]
    assert len(asked(runner, least=middle, evidence=False).findings) == sum(x >= middle for x in chances)
    shipped = asked(runner, evidence=False).findings
    assert [f.probability for f in shipped] == [x for x in chances if x >= 0.2]


def test_a_rule_without_threshold_is_shown_only_when_a_least_probability_is_named(pieces: WordPieces) -> None:
    agent = catalog.load(catalog.by_verb("assess").name)
    unknown = plain.runner(agent, pieces)
    assert asked(unknown, least=0.0, evidence=False).findings == ()
    known = plain.runner(agent, pieces, rules_without_threshold=("deployment/risk",))
    assert asked(known, evidence=False).findings == ()
    assert [f.rule for f in asked(known, least=0.0, evidence=False).findings] == ["deployment/risk"]


def test_evidence_is_sought_for_the_likeliest_alone(runner: Runner[Any, Any]) -> None:
    every = asked(runner, least=0.0).findings
    assert [f.faithfulness is not None for f in every] == [i < EXPLAINED for i in range(len(every))]
    assert any(f.evidence for f in every)
    bare = asked(runner, least=0.0, evidence=False)
    assert all(f.faithfulness is None and not f.evidence for f in bare.findings) and shares(bare) is None
    assert [f.probability for f in bare.findings] == [f.probability for f in every]


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


def test_a_case_of_which_nothing_is_known_is_answered_too(runner: Runner[Any, Any]) -> None:
    report = ask(runner, runner.agent.case(), skipped=[Skipped(path="a.bin", reason="binary file")])
    assert report.findings == () and shares(report) is None
    assert report.skipped == (Skipped(path="a.bin", reason="binary file"),)
    assert (report.agent, bool(report.version)) == (runner.agent.name, True)


USUAL, IN_DIFF = {"a/x": 0.9, "a/y": 0.8}, {"a/x": 0.5, "a/z": 0.4}


@pytest.mark.parametrize(
    ("held", "usual", "in_diff", "named"),
    [
        (
            {"thresholds": USUAL, "diff_thresholds": IN_DIFF, "rules_without_threshold": ("b/w",)},
            USUAL,
            IN_DIFF,
            {"a/x", "a/y", "a/z", "b/w"},
        ),
        ({"thresholds": USUAL}, USUAL, USUAL, {"a/x", "a/y"}),
        ({"rules_without_threshold": ("b/w",)}, {}, {}, {"b/w"}),
        ({}, {}, {}, set()),
    ],
)
def test_thresholds_are_of_changes_or_of_whole_inputs_and_can_be_replaced(
    held: dict[str, Any], usual: dict[str, float], in_diff: dict[str, float], named: set[str]
) -> None:
    manifest = Manifest(agent="x", version="0", backbone="", width=1, outputs={}, **held)
    assert thresholds(manifest) == usual and thresholds(manifest, diff=True) == in_diff
    for diff in (False, True):
        assert thresholds(manifest, 0.3, diff=diff) == dict.fromkeys(named, 0.3)
        assert thresholds(manifest, 0.0, diff=diff) == dict.fromkeys(named, 0.0)


@pytest.fixture(scope="module")
def reviewer(tmp_path_factory: pytest.TempPathFactory) -> Runner[Any, Any]:
    """An agent that reads code, of random weights."""
    return tiny.runner(catalog.load(catalog.by_verb("review").name), tmp_path_factory.mktemp("reviewer"))


@pytest.mark.parametrize(("changed", "shown"), [(None, False), ((LineRange(first=1, last=9),), True)])
def test_a_changed_unit_has_the_thresholds_of_changes(
    reviewer: Runner[Any, Any], changed: tuple[LineRange, ...] | None, shown: bool
) -> None:
    agent = reviewer.agent
    code = agent.example.code.model_copy(update={"changed": changed, "first_line": 1})
    case = agent.example.model_copy(update={"code": code})
    (answer,) = reviewer.answers([case])
    rules = {one.finding.rule for one in agent.candidates(case, answer, EveryRule())}
    held = {"thresholds": dict.fromkeys(rules, 1.0), "diff_thresholds": dict.fromkeys(rules, 0.0)}
    runner = Runner(agent, reviewer.manifest.model_copy(update=held), reviewer.pieces, reviewer.engine)
    assert bool(asked(runner, case, evidence=False).findings) is shown


def test_what_was_not_read_is_said_and_evidence_is_of_findings_alone(reviewer: Runner[Any, Any]) -> None:
    """An agent that reports nothing but its findings is explained where it makes any."""
    example = reviewer.agent.example
    long = example.code.model_copy(update={"text": "x = f(1)\n" * 400})
    report = asked(reviewer, example.model_copy(update={"code": long}))
    assert (report.findings, report.blocks) == ((), ())
    (skipped,) = report.skipped
    assert (skipped.path, skipped.reason) == ("code", "only the first 479 tokens were read")


def test_candidates_are_found_by_the_thresholds_of_their_case(runner: Runner[Any, Any]) -> None:
    """Each case has its own; no case is none, and asks nothing."""
    example = runner.agent.example
    cases = [example, example.model_copy(), example.model_copy()]
    rules = dict(thresholds(runner.manifest, 0.0))
    least = dict(zip(map(id, cases), (rules, {}, rules), strict=True))
    held = found(runner, runner.ask(cases), lambda case: least[id(case)])
    assert {id(one.asked.case) for one in held} == {id(cases[0]), id(cases[2])}
    assert [one.finding for one in held] == [one.candidate.finding for one in held]
    assert found(runner, [], lambda case: rules) == []


def test_a_finding_with_evidence_is_otherwise_the_same(runner: Runner[Any, Any]) -> None:
    asked_, candidate = found(runner, runner.ask([runner.agent.example]), lambda case: EveryRule())[0]
    made = explained(runner, asked_, candidate)
    bare = made.model_copy(update={"evidence": (), "faithfulness": None})
    assert made.faithfulness is not None and bare == candidate.finding


def test_the_agents_own_report_is_given_every_candidate(
    runner: Runner[Any, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also those below their thresholds: a report may speak of what is no finding."""
    given: list[int] = []
    own = runner.agent.report

    def report(case: Any, answer: Any, findings: tuple[Finding, ...], made: Report) -> Report:
        given.append(len(findings))
        return own(case, answer, findings, made)

    monkeypatch.setattr(runner, "agent", replace(runner.agent, report=report))
    few, many = (asked(runner, least=least, evidence=False) for least in (1.1, 0.0))
    assert few.findings == () and many.findings and given == [len(many.findings)] * 2


def test_what_was_said_of_findings_holds_for_the_next_answer(reviewer: Runner[Any, Any]) -> None:
    agent = reviewer.agent
    case = agent.example
    (answer,) = reviewer.answers([case])
    rules = {one.finding.rule for one in agent.candidates(case, answer, EveryRule())}
    held = {"thresholds": dict.fromkeys(rules, 0.0)}
    runner = Runner(agent, reviewer.manifest.model_copy(update=held), reviewer.pieces, reviewer.engine)
    first, *others = asked(runner, least=0.0, evidence=False).findings
    known = Heard({first.fingerprint: "dismissed"}, {})
    after = asked(runner, least=0.0, evidence=False, heard=known)
    assert after.findings == tuple(others)
    assert [(one.finding, one.by) for one in after.suppressed] == [(first, "feedback")]
    line = case.code.text.split("\n")[first.anchor.line - case.code.first_line]
    now = datetime(2026, 1, 1, tzinfo=UTC)
    event = Event(time=now, kind="dismissed", subject=first.rule, attributes={"line": line})
    brought = case.model_copy(update={"history": Events(events=(event,))})
    assert first not in asked(runner, brought, least=0.0, evidence=False).findings
