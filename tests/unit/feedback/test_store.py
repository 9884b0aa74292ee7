"""Verdicts are kept: the last of an actor holds, the others are history."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import ValidationError

from octad.errors import StoreError
from octad.feedback import store
from octad.feedback.store import Feedback, existing
from octad.feedback.verdict import Verdict, as_event, line_digest

Make = Callable[..., Verdict]


def test_the_last_word_of_an_actor_holds_and_history_is_kept(feedback: Feedback, verdict: Make) -> None:
    first, second = verdict(), verdict(decision="accepted")
    assert feedback.record(first) and feedback.record(second)
    assert feedback.standing("here") == [second]
    assert feedback.history("here", first.fingerprint[:8]) == [first, second]


def test_saying_the_same_again_is_no_news(feedback: Feedback, verdict: Make) -> None:
    first, again = verdict(), verdict()
    assert feedback.record(first) and not feedback.record(again)
    assert feedback.history("here", first.fingerprint) == [first]
    assert feedback.record(verdict(reason="intended"))


def test_actors_and_projects_do_not_overrule_each_other(feedback: Feedback, verdict: Make) -> None:
    said = [verdict(), verdict(actor="bob"), verdict(project="there")]
    assert all(map(feedback.record, said))
    assert feedback.standing("here") == said[:2] and feedback.standing() == said
    assert feedback.heard("elsewhere").dismissed == {}


def test_another_process_reads_what_was_kept(feedback: Feedback, verdict: Make, tmp_path: Path) -> None:
    feedback.record(said := verdict(note="a note", path="a.py", line_digest=line_digest("x = 1")))
    assert Feedback(tmp_path / "private" / "feedback.sqlite").standing() == [said]


def test_a_rule_comes_back_and_may_be_silenced_anew(feedback: Feedback, verdict: Make) -> None:
    for number in range(7):
        feedback.record(verdict(number))
    assert set(feedback.heard("here").silenced) == {"bug/word"}
    assert feedback.restore("here", "bug/word", "ann").verdicts == 7
    after = feedback.heard("here")
    assert not after.silenced and len(after.dismissed) == 7
    assert feedback.restore("here", "bug/none", "ann").verdicts == 0
    for number in range(10, 17):
        feedback.record(verdict(number))
    assert set(feedback.heard("here").silenced) == {"bug/word"}


def test_nothing_is_made_where_nothing_was_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCTAD_STORE", str(tmp_path / "store"))
    assert existing() is None and not (tmp_path / "store").exists()
    Feedback()
    assert existing() is not None


def test_a_damaged_file_is_a_store_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCTAD_STORE", str(tmp_path / "store"))
    Feedback()
    (tmp_path / "store" / store.NAME).write_bytes(b"no database" * 1_000)
    for beside in (tmp_path / "store").glob("*snapshot*"):
        beside.unlink()
    with pytest.raises(StoreError):
        Feedback().standing()


@pytest.mark.parametrize(
    "changes",
    [
        {"reason": None}, {"decision": "accepted", "reason": "wrong"}, {"fingerprint": "x"}, {"actor": ""},
        {"decision": "corrected", "correction": " "}, {"correction": "something"}, {"line_digest": "x = 1"},
        {"note": "x" * 1_001}, {"reason": "because"},
    ],
)  # fmt: skip
def test_what_a_verdict_may_not_say(verdict: Make, changes: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        verdict(**changes)


def test_an_event_says_all_of_a_verdict_but_what_is_empty(verdict: Make) -> None:
    event = as_event(said := verdict(path="a.py", note="why"))
    assert (event.kind, event.subject, event.time) == ("dismissed", "bug/word", said.time)
    assert event.attributes["reason"] == "wrong" and event.attributes["path"] == "a.py"
    assert "correction" not in event.attributes and "line_digest" not in event.attributes
