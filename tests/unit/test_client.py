"""The client: what it sends, when it asks again, and what it makes of an answer."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import Iterator
from typing import Any

import pytest

from octad import catalog
from octad.client import Client, Reply, Terms
from octad.errors import InputError, RemoteError, UnreadableInput
from octad.serve.exchange import Answered, Asking
from octad.serve.faults import fault
from octad.serve.settings import Limits
from tests.served import DIGEST, REPORT, Scripted, Served, listening

AGENT = "code-reviewer"
WRONG = [
    ("server.overloaded", 429), ("server.draining", 503), ("server.worker", 503), ("server.version", 503),
]  # fmt: skip


class Script:
    """Answers with faults first, as many as there are."""

    def __init__(self) -> None:
        self.faults: list[str] = []

    async def __call__(self, asking: Asking) -> Answered:
        if self.faults:
            return Answered(id=asking.id, fault=fault(self.faults.pop(0), "not now", "later", retry_after=2))
        if asking.body == b'"wait"':
            await asyncio.sleep(5)
        return Answered(id=asking.id, body=REPORT, version=DIGEST, degraded="rules", is_cached=True)


SCRIPT = Script()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    service = Scripted(by=SCRIPT)
    limits = Limits(headers_s=2)
    found = Served(tmp_path_factory.mktemp("served"), service, agents=[AGENT], port=0, limits=limits)
    with listening(found, service):
        yield found


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.fixture
def client(served: Served, pauses: list[float]) -> Client:
    served.service.asked.clear()
    SCRIPT.faults.clear()
    return Client(served.address, served.plain["infer"], pause=pauses.append)


def test_a_case_is_asked(served: Served, client: Client) -> None:
    terms = Terms(evidence=True, min_probability=0.25, version="stable", seconds=9, priority=2, key="k")
    case = catalog.load(AGENT).example
    reply = client.ask(AGENT, case, terms)
    assert (reply.report, reply.version, reply.degraded) == (json.loads(REPORT), DIGEST, "rules")
    assert reply.is_cached and reply.findings == () and reply.request_id
    (asked,) = served.service.asked
    assert json.loads(asked.body) == case.model_dump(mode="json")
    assert (asked.evidence, asked.least, asked.version, asked.priority, asked.key) == (
        True, 0.25, "stable", 2, "k",
    )  # fmt: skip
    assert asked.actor == "infer" and len(asked.idempotency) == 32


@pytest.mark.parametrize(("code", "status"), WRONG)
def test_it_asks_again_under_the_same_name(
    served: Served, client: Client, pauses: list[float], code: str, status: int
) -> None:
    SCRIPT.faults[:] = [code, code]
    assert client.ask(AGENT, {}).version == DIGEST
    names = [one.idempotency for one in served.service.asked]
    assert len(names) == 3 and len(set(names)) == 1
    assert all(one >= 2 for one in pauses), "as long as the server says"
    client.ask(AGENT, {})
    assert served.service.asked[-1].idempotency != names[0]


def test_it_gives_up(served: Served, client: Client, pauses: list[float]) -> None:
    SCRIPT.faults[:] = ["server.overloaded"] * 9
    with pytest.raises(RemoteError) as caught:
        client.ask(AGENT, {})
    wrong = caught.value
    assert (wrong.fault, wrong.status, wrong.retry, wrong.hint) == ("server.overloaded", 429, True, "later")
    assert len(served.service.asked) == 5 and len(pauses) == 4


def test_it_never_waits_beyond_the_deadline(served: Served, client: Client, pauses: list[float]) -> None:
    SCRIPT.faults[:] = ["server.overloaded"] * 9
    with pytest.raises(RemoteError):
        client.ask(AGENT, {}, Terms(seconds=1.5))
    assert len(served.service.asked) == 1 and not pauses


@pytest.mark.parametrize("code", ["request.case", "server.internal", "request.late", "request.conflict"])
def test_what_stays_wrong_is_not_asked_again(served: Served, client: Client, code: str) -> None:
    SCRIPT.faults[:] = [code]
    with pytest.raises(RemoteError, match="not now"):
        client.ask(AGENT, {})
    assert len(served.service.asked) == 1


def test_a_slow_answer_is_not_waited_for(client: Client) -> None:
    with pytest.raises((RemoteError, UnreadableInput)):
        client.ask(AGENT, "wait", Terms(seconds=0.3))


def test_a_large_case_is_packed(served: Served, client: Client) -> None:
    text = "x" * (9 << 20)
    client.ask(AGENT, {"text": text})
    assert json.loads(served.service.asked[-1].body) == {"text": text}
    assert len(gzip.compress(text.encode(), 1)) < 8 << 20


def test_files_and_batches(served: Served, client: Client) -> None:
    client.files(AGENT, {"a.py": "x = 1\n"})
    asked = served.service.asked[-1]
    assert (asked.kind, json.loads(asked.body)) == ("files", {"files": [{"path": "a.py", "text": "x = 1\n"}]})
    SCRIPT.faults[:] = ["request.case"]
    found = client.batch(AGENT, [{"a": 1}, b'{"b": 2}'])
    kinds = sorted(type(one).__name__ for one in found)
    assert kinds == ["RemoteError", "Reply"]
    assert [one.body for one in served.service.asked[-2:]] == [b'{"a": 1}', b'{"b": 2}']


def test_what_there_is(client: Client) -> None:
    assert [one["name"] for one in client.agents()] == [AGENT]
    assert client.describe(AGENT)["example"]
    assert client.health() == (True, True)


def test_who_may_not(served: Served) -> None:
    for token in ("", "octad_x", served.plain["audit"]):
        with pytest.raises(RemoteError) as caught:
            Client(served.address, token).ask(AGENT, {})
        assert caught.value.status in (401, 403)
    with pytest.raises(RemoteError, match="nothing here"):
        Client(served.address, served.plain["infer"]).ask("../../live", {})


def test_where_nobody_answers(pauses: list[float]) -> None:
    with pytest.raises(UnreadableInput, match="refused"):
        Client("http://127.0.0.1:9", "x", tries=3, pause=pauses.append).ask(AGENT, {})
    assert len(pauses) == 2
    for address in ("ftp://a", "127.0.0.1:1", "http://a b", "http://user@a"):
        with pytest.raises(InputError):
            Client(address)


def test_what_is_no_octad(monkeypatch: pytest.MonkeyPatch, pauses: list[float]) -> None:
    from octad.read.web import Answer

    found: list[Any] = []
    monkeypatch.setattr("octad.client.exchange", lambda *_: found.pop(0))
    client = Client("http://127.0.0.1:9", "x", tries=2, pause=pauses.append)
    found[:] = [Answer(200, b"<html>")]
    with pytest.raises(UnreadableInput, match="no JSON"):
        client.ask(AGENT, {})
    found[:] = [Answer(502, b"Bad gateway")]
    with pytest.raises(RemoteError, match="502"):
        client.ask(AGENT, {})
    found[:] = [Answer(503, b"[]"), Answer(200, REPORT)]
    assert isinstance(client.ask(AGENT, {}), Reply)
