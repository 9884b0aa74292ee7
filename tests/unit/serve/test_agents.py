"""The routes of agents: alone, about files, many at once; of the store and of the audit log."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from octad import catalog
from octad.serve.errors import Refusal
from octad.serve.exchange import Answered, Asking
from octad.serve.faults import fault
from octad.serve.routes.batch import batched
from octad.serve.settings import Limits
from tests.served import DIGEST, REPORT, Scripted, Served

AGENT = "code-reviewer"
OTHER = "debugger"
PATH = f"/v1/agents/{AGENT}"


async def by_body(asking: Asking) -> Answered:
    """The larger the number, the earlier the answer; none of a negative one."""
    number = json.loads(asking.body)
    if not isinstance(number, int):
        return Answered(id=asking.id, body=REPORT, version=DIGEST)
    await asyncio.sleep(0.02 * (3 - number))
    if number < 0:
        return Answered(id=asking.id, fault=fault("request.case", "negative", "ask more"))
    return Answered(id=asking.id, body=b'{"n": %d}' % number, version=DIGEST, arm="candidate")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Served:
    limits = Limits(batch=4)
    folder = tmp_path_factory.mktemp("served")
    return Served(folder, Scripted(by=by_body), agents=[AGENT, OTHER], limits=limits)


def test_the_agents_are_listed(served: Served) -> None:
    found = served.call("GET", "/v1/agents").json
    assert [(one["name"], one["path"], one["reviews_files"]) for one in found] == [
        (AGENT, PATH, True),
        (OTHER, f"/v1/agents/{OTHER}", False),
    ]
    described = served.call("GET", PATH).json
    agent = catalog.load(AGENT)
    assert agent.case.model_validate(described["example"]) == agent.example
    assert described["schema"] == agent.case.model_json_schema()
    assert described["version"]["digest"] == DIGEST


def test_only_agents_that_are_served_answer(served: Served) -> None:
    assert served.call("POST", "/v1/agents/pisarz", {}).status == 404
    assert served.call("POST", f"/v1/agents/{OTHER}/files", {}).status == 404


def test_what_is_asked_arrives(served: Served) -> None:
    headers = {
        "x-octad-priority": "1", "x-octad-key": "repo", "idempotency-key": "abc",
        "x-octad-deadline-ms": "5000",
        "x-request-id": "name",
    }  # fmt: skip
    target = f"{PATH}?evidence=true&min_probability=0.5&version=stable"
    assert served.call("POST", target, {"a": 1}, headers=headers).status == 200
    asked = served.service.asked[-1]
    assert (asked.id, asked.agent, asked.body, asked.kind) == ("name", AGENT, b'{"a": 1}', "case")
    assert (asked.evidence, asked.least, asked.version) == (True, 0.5, "stable")
    assert (asked.priority, asked.key, asked.idempotency, asked.actor) == (1, "repo", "abc", "infer")
    served.call("POST", f"{PATH}/files", {"files": []})
    assert served.service.asked[-1].kind == "files"
    plain = served.service.asked[-1]
    assert (plain.evidence, plain.least, plain.priority, plain.idempotency) == (False, None, 5, "")


def test_the_deadline_counts_from_the_beginning(served: Served) -> None:
    served.call("POST", PATH, {"a": 1}, headers={"x-octad-deadline-ms": "5000"})
    first = served.service.asked[-1].until
    served.call("POST", PATH, {"a": 1}, headers={"x-octad-deadline-ms": "9000"})
    assert 4 <= served.service.asked[-1].until - first < 9
    served.call("POST", PATH, {"a": 1})
    assert served.service.asked[-1].until - first > 50


def test_the_head_of_an_answer(served: Served) -> None:
    found = served.call("POST", PATH, 1)
    assert (found.headers["x-octad-version"], found.headers["x-octad-arm"]) == (DIGEST, "candidate")
    assert found.headers["x-octad-cached"] == "false" and "x-octad-degraded" not in found.headers
    assert found.headers["server-timing"].startswith("queue;dur=")


def test_what_is_degraded_says_so(tmp_path: Path) -> None:
    async def degraded(asking: Asking) -> Answered:
        return Answered(id=asking.id, body=REPORT, version=DIGEST, degraded="rules alone:\nżaden model")

    served = Served(tmp_path, Scripted(by=degraded), agents=[AGENT])
    assert served.call("POST", PATH, {}).headers["x-octad-degraded"] == "rules alone: ?aden model"
    assert served.call("POST", f"{PATH}/batch", [1]).json["answers"][0]["degraded"].endswith("model")


def test_every_case_of_a_batch_is_answered_by_itself(served: Served) -> None:
    headers = {"idempotency-key": "abc", "x-request-id": "name"}
    found = served.call("POST", f"{PATH}/batch", b" [1 ,-1,\n2] ", headers=headers)
    first, second, third = found.json["answers"]
    assert (first["index"], first["report"], first["arm"], first["cached"]) == (
        0,
        {"n": 1},
        "candidate",
        False,
    )
    assert (second["status"], second["error"]["code"], second["error"]["hint"]) == (
        422,
        "request.case",
        "ask more",
    )
    assert (third["index"], third["version"]) == (2, DIGEST)
    asked = served.service.asked[-3:]
    assert [(one.id, one.idempotency) for one in asked] == [
        ("name.0", "abc.0"), ("name.1", "abc.1"), ("name.2", "abc.2"),
    ]  # fmt: skip


def test_a_stream_is_in_the_order_of_completion(served: Served) -> None:
    headers = {"accept": "application/x-ndjson"}
    found = served.call("POST", f"{PATH}/batch", [0, -1, 2], headers=headers)
    assert found.headers["content-type"].startswith("application/x-ndjson")
    assert [json.loads(one)["index"] for one in found.body.splitlines()] == [2, 0, 1]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 422, "request.case"), ([], 422, "request.case"), (None, 415, "request.type"),
        ("x", 422, "request.case"),
        ([1] * 5, 422, "request.case"),
    ],
)  # fmt: skip
def test_batches_that_are_refused(served: Served, body: object, status: int, code: str) -> None:
    before = len(served.service.asked)
    answer = served.call("POST", f"{PATH}/batch", body)
    assert (answer.status, answer.code) == (status, code)
    assert len(served.service.asked) == before


def test_a_batch_is_cut_as_it_stands() -> None:
    text = b' [ {"a": [1, 2.50] } , "x]" ,null,\t1e5 ] '
    assert list(batched(text, 9)) == [b'{"a": [1, 2.50] }', b'"x]"', b"null", b"1e5"]
    taken = batched(b"[" + b"1," * 100_000 + b"1]", 3)
    assert [next(taken) for _ in range(3)] == [b"1"] * 3
    with pytest.raises(Refusal, match="more than 3"):
        next(taken)


def test_the_store(served: Served) -> None:
    held = served.call("GET", "/v1/store", role="operate").json
    assert [one["agent"] for one in held] == [AGENT, OTHER]
    assert held[0]["aliases"] == {"stable": DIGEST}
    assert served.call("GET", f"/v1/store/{AGENT}/{DIGEST[:8]}", role="operate").json["digest"] == DIGEST
    assert served.call("GET", f"/v1/store/{AGENT}/candidate", role="operate").code == "request.unknown"
    assert served.call("GET", "/v1/store/nobody", role="operate").status == 404


def test_a_promotion(served: Served) -> None:
    path = f"/v1/store/{AGENT}/promote"
    answer = served.call("POST", path, {"reference": DIGEST[:12], "alias": "candidate"}, role="operate")
    assert answer.status == 200
    assert served.registry.pointed == [(AGENT, "candidate", DIGEST[:12], "operate")]
    for wrong in (
        {},
        {"reference": "/etc/passwd"},
        {"reference": "x", "alias": "A"},
        {"reference": "x", "z": 1},
        [],
    ):
        assert served.call("POST", path, wrong, role="operate").code == "request.case"
    assert served.call("POST", path, {"reference": "nothing"}, role="operate").code == "request.unknown"
    assert len(served.registry.pointed) == 1


def test_the_audit_log(served: Served) -> None:
    for number in range(3):
        served.context.audit.record("me", "look", str(number))
    found = served.call("GET", "/v1/audit?most=2", role="audit").json
    assert [one["subject"] for one in found] == ["2", "1"]
    assert served.call("GET", "/v1/audit/verify", role="audit").json == {"sound": True, "line": None}
    path = served.context.audit.path
    path.write_bytes(path.read_bytes().replace(b'"look"', b'"lock"', 1))
    assert served.call("GET", "/v1/audit/verify", role="audit").json == {"sound": False, "line": 1}
    assert served.call("GET", "/v1/audit?most=1001", role="audit").code == "request.parameter"
