"""Feedback over HTTP: whose token it is, what is refused, and the rates that follow."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from octad.feedback.store import Feedback
from tests.served import Scripted, Served

AGENT = "debugger"
SAID = {
    "fingerprint": "0" * 16, "rule": "bug/word", "decision": "dismissed", "reason": "wrong",
    "project": "shop",
}  # fmt: skip


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Served:
    monkeypatch.setenv("OCTAD_STORE", str(tmp_path / "store"))
    (tmp_path / "served").mkdir()
    return Served(tmp_path / "served", Scripted(), agents=[AGENT])


def test_the_actor_is_the_token_and_the_last_word_holds(served: Served) -> None:
    first = served.call("POST", "/v1/feedback", SAID, role="infer")
    assert (first.status, first.json["is_news"]) == (200, True)
    assert served.call("POST", "/v1/feedback", SAID, role="infer").json["is_news"] is False
    changed = {name: value for name, value in SAID.items() if name != "reason"} | {"decision": "accepted"}
    assert served.call("POST", "/v1/feedback", changed, role="infer").json["is_news"] is True
    (held,) = Feedback().standing("shop")
    assert (held.decision, held.actor) == ("accepted", first.json["verdict"]["actor"])
    actions = [one.action for one in served.context.audit.entries(10)]
    assert actions.count("feedback.dismissed") == 2 and actions.count("feedback.accepted") == 1


def test_rates_by_rule_and_project(served: Served) -> None:
    for number in range(7):
        said = SAID | {"fingerprint": f"{number:016x}"}
        assert served.call("POST", "/v1/feedback", said, role="infer").status == 200
    (rate,) = served.call("GET", "/v1/feedback/rates", role="operate").json["rates"]
    assert (rate["name"], rate["dismissed"], rate["silenced"]) == ("bug/word", 7, ["shop"])
    assert served.call("GET", "/v1/feedback/rates?project=other", role="infer").json["rates"] == []
    by = served.call("GET", "/v1/feedback/rates?by=project", role="infer").json
    assert [one["name"] for one in by["rates"]] == ["shop"]
    assert served.call("GET", "/v1/feedback/rates?by=colour", role="infer").status == 422


def test_no_word_of_a_verdict_keeps_a_token(served: Served) -> None:
    token = served.plain["infer"]
    said = SAID | {"project": f"of {token}", "note": f"token={token}", "path": token, "agent": "debugger"}
    assert served.call("POST", "/v1/feedback", said, role="infer").status in (200, 422)
    assert token not in str(served.context.audit.entries(10)) + str(Feedback().standing())


@pytest.mark.parametrize(
    "changes",
    [
        {"reason": None}, {"decision": "liked"}, {"fingerprint": "0"}, {"actor": "somebody"}, {"rule": ""},
        {"time": "2026-01-01T00:00:00Z"}, {"code": "x = 1"}, {"note": "x" * 1_001}, {"fingerprint": 1},
    ],
)  # fmt: skip
def test_what_is_no_verdict(served: Served, changes: dict[str, Any]) -> None:
    answer = served.call("POST", "/v1/feedback", SAID | changes, role="infer")
    assert (answer.status, answer.code) == (422, "request.case")
    assert Feedback().standing() == []


def test_secrets_in_a_note_are_not_kept(served: Served) -> None:
    served.call("POST", "/v1/feedback", SAID | {"note": "password=hunter2 there"}, role="infer")
    (held,) = Feedback().standing()
    assert "hunter2" not in held.note and "there" in held.note


def test_a_full_store_is_said_to_be(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("octad.feedback.store.LARGEST", 1)
    assert served.call("POST", "/v1/feedback", SAID, role="infer").status == 200
    answer = served.call("POST", "/v1/feedback", SAID | {"fingerprint": "1" * 16}, role="infer")
    assert answer.status == 500 and "sqlite" not in answer.body.decode()
    assert len(Feedback().standing()) == 1
