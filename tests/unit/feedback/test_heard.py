"""What follows for findings from what was said of others."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from octad.feedback.heard import Heard, heard
from octad.feedback.verdict import Verdict, as_event
from octad.records.events import Event
from octad.records.fingerprint import with_fingerprints
from octad.records.report import Anchor, Finding, Level

Make = Callable[..., Verdict]
TEXT = "x = 1\ny = x\n"
SOURCES = {"a.py": TEXT}


def finding(line: int = 1, rule: str = "bug/word", level: Level = "warning", path: str = "a.py") -> Finding:
    anchor = Anchor(path=path, line=line, end_line=line, end_column=2)
    return Finding(rule=rule, level=level, message="", probability=0.9, anchor=anchor)


def marked(*findings: Finding) -> tuple[Finding, ...]:
    return with_fingerprints(findings, SOURCES)


def test_nothing_was_said() -> None:
    found = marked(finding(), finding(2))
    assert Heard().parted(found, SOURCES) == heard(()).parted(found, SOURCES) == (found, ())


def test_a_dismissed_finding_is_not_brought_up_again_and_others_are(verdict: Make) -> None:
    first, second = marked(finding(), finding(2))
    said = verdict(fingerprint=first.fingerprint, reason="intended")
    kept, hidden = heard([as_event(said)]).parted((first, second), SOURCES)
    assert kept == (second,)
    (one,) = hidden
    assert (one.finding, one.by, one.reason) == (first, "feedback", "dismissed as intended by ann")
    assert one.finding.probability == 0.9  # what was measured stays true


@pytest.mark.parametrize("decision", ["accepted", "corrected"])
def test_the_newest_verdict_holds_whoever_gave_it(verdict: Make, decision: str) -> None:
    (found,) = marked(finding())
    said = [verdict(fingerprint=found.fingerprint)]
    said.append(verdict(fingerprint=found.fingerprint, actor="bob", decision=decision))
    assert heard(map(as_event, said)).parted([found], SOURCES).findings == (found,)
    said.append(verdict(fingerprint=found.fingerprint))
    assert heard(map(as_event, reversed(said))).parted([found], SOURCES).findings == ()


def test_a_finding_on_no_line_is_never_dismissed_by_its_fingerprint(verdict: Make) -> None:
    """Two incidents of one metric have one fingerprint: the next is another."""
    found = marked(finding(path="metric"))
    said = [as_event(verdict(fingerprint=found[0].fingerprint))]
    assert heard(said).parted(found, {}).findings == heard(said).parted(found, SOURCES).findings == found


def test_a_rule_that_is_mostly_dismissed_is_silenced_but_for_errors(verdict: Make) -> None:
    others = [as_event(verdict(number)) for number in range(7)]
    warning, error, other = marked(finding(), finding(2, level="error"), finding(rule="bug/other"))
    found = (warning, error, other)
    kept, hidden = heard(others).parted(found, SOURCES)
    assert kept == (error, other) and [one.finding for one in hidden] == [warning]
    assert "bug/word is mostly dismissed in this project: 0 of 7 approved" in hidden[0].reason
    assert heard(others[1:]).parted(found, SOURCES).findings == found


def test_many_verdicts_on_one_finding_count_once(verdict: Make) -> None:
    said = [as_event(verdict(actor=f"actor {number}")) for number in range(20)]
    assert not heard(said).silenced and heard(said).tallies["bug/word"] == (0, 1)


def test_corrections_and_acceptances_speak_for_a_rule(verdict: Make) -> None:
    said = [as_event(verdict(number)) for number in range(9)]
    said += [as_event(verdict(20, decision="accepted")), as_event(verdict(21, decision="corrected"))]
    assert heard(said).tallies["bug/word"] == (2, 9) and not heard(said).silenced


def test_a_history_by_hand_names_the_line_and_other_events_say_nothing() -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    dismissed = Event(time=now, kind="dismissed", subject="bug/word", attributes={"line": "  x =   1"})
    deployed = Event(time=now, kind="deployed", subject="bug/word", attributes={"line": "y = x"})
    first, second, other = marked(finding(), finding(2), finding(rule="bug/other"))
    assert heard([dismissed, deployed]).parted((first, second, other), SOURCES).findings == (second, other)


def test_dismissals_without_line_or_fingerprint_are_of_different_findings(verdict: Make) -> None:
    times = [verdict().time for _ in range(7)]
    said = [Event(time=one, kind="dismissed", subject="bug/word") for one in times]
    assert heard(said).silenced == {"bug/word": (0, 7)}
