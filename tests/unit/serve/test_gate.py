"""What every request passes: names, tokens, roles, rates, bodies; and that every fault has one shape."""

from __future__ import annotations

import asyncio
import gc
import gzip
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import APIRouter
from fastapi.routing import APIRoute

from octad.errors import DeclarationError, StoreError
from octad.serve.auth import ROLES, needs
from octad.serve.context import Context
from octad.serve.exchange import Answered, Asking
from octad.serve.faults import fault
from octad.serve.settings import Limits
from tests.served import REPORT, Plain, Scripted, Served, call

AGENT = "debugger"
PATH = f"/v1/agents/{AGENT}"
FAULT = {"code", "message", "hint", "retry", "request_id"}


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Served:
    """Applications take long to make: one for all tests that change nothing of it."""
    return Served(tmp_path_factory.mktemp("served"), Scripted(), agents=[AGENT, "code-reviewer"])


@pytest.fixture(scope="module")
def tight(tmp_path_factory: pytest.TempPathFactory) -> Served:
    limits = Limits(body=1_000, expanded=4_000)
    return Served(tmp_path_factory.mktemp("tight"), Scripted(), agents=[AGENT], limits=limits)


@pytest.fixture
def served(kept: Served) -> Iterator[Served]:
    yield kept
    kept.service.ready, kept.context.traffic.is_draining = True, False


@pytest.fixture
def service(served: Served) -> Scripted:
    served.service.asked.clear()
    return served.service


def is_fault(answer: Plain, status: int, code: str) -> bool:
    """Whether it is a fault in the one shape."""
    told = answer.json["error"]
    return (answer.status, told["code"]) == (status, code) and set(told) == FAULT and bool(told["message"])


ALLOWED = {
    "/live": {"", *ROLES},
    "/ready": {"", *ROLES},
    "/v2/health/live": {"", *ROLES},
    "/v2/health/ready": {"", *ROLES},
    "/openapi.json": set(ROLES),
    "GET /v1/agents": set(ROLES),
    "GET /v1/agents/": set(ROLES),
    "POST /v1/agents/": {"infer", "admin"},
    "GET /v2": set(ROLES),
    "POST /v2/models/": {"infer", "admin"},
    "GET /v1/store": {"operate", "admin"},
    "POST /v1/store/": {"operate", "admin"},
    "GET /v1/audit": {"audit", "admin"},
    "POST /v1/feedback": {"infer", "operate", "admin"},
    "POST /mcp": {"infer", "admin"},
    "GET /v1/feedback/rates": {"infer", "operate", "admin"},
}
"""Who may ask for what, by the longest beginning that a route has; written here once more, on purpose."""


def allowed(method: str, path: str) -> set[str]:
    named = f"{method} {path}"
    found = [key for key in ALLOWED if key in (path, named) or (key[-1] != "n" and named.startswith(key))]
    assert found, f"{named} is not in the table of roles: say who may ask for it"
    return set(ALLOWED[max(found, key=len)])


@pytest.mark.parametrize("role", ["", *ROLES])
def test_every_route_by_every_role(served: Served, role: str) -> None:
    checked = 0
    for route in served.app.routes:
        assert isinstance(route, APIRoute)
        for method in route.methods:
            path = route.path.format(model=AGENT, version="stable", agent=AGENT, reference="stable")
            answer = served.call(method, path, {} if method == "POST" else None, role=role)
            wanted = allowed(method, route.path)
            if role in wanted:
                assert answer.status not in (401, 403), (method, route.path, role)
            else:
                assert answer.status == (403 if role else 401), (method, route.path, role)
            checked += 1
    assert checked >= 20


def test_a_route_without_a_rule_is_no_route(tmp_path: Path) -> None:
    def forgetful(context: Context) -> APIRouter:
        routes = APIRouter()
        routes.add_api_route("/new", lambda: 1)
        return routes

    with pytest.raises(DeclarationError, match="/new does not say who"):
        Served(tmp_path, Scripted(), agents=[AGENT], more=[forgetful])


def test_a_route_for_nobody_known_is_no_route(tmp_path: Path) -> None:
    def wrong(context: Context) -> APIRouter:
        routes = APIRouter()
        routes.add_api_route("/new", lambda: 1, openapi_extra={"security": [{"token": ["everybody"]}]})
        return routes

    with pytest.raises(DeclarationError, match="roles that there are not"):
        Served(tmp_path, Scripted(), agents=[AGENT], more=[wrong])


def test_a_new_route_is_missing_in_the_table() -> None:
    with pytest.raises(AssertionError, match="not in the table"):
        allowed("GET", "/v1/rollouts")


@pytest.mark.parametrize(
    "authorization",
    ["", "Bearer", "Bearer ", "Bearer octad_wrong", "Basic dTpw", "Bearer \xff", "octad_x",
     "Bearer " + "x" * 9_000],
)  # fmt: skip
def test_an_unknown_token_is_refused(served: Served, authorization: str) -> None:
    answer = served.call("POST", PATH, {}, role="", headers={"authorization": authorization})
    assert is_fault(answer, 401, "request.unauthenticated")
    assert answer.headers["www-authenticate"].startswith("Bearer")


def test_a_token_in_the_address_is_none(served: Served) -> None:
    target = f"{PATH}?access_token={served.plain['infer']}"
    assert served.call("POST", target, {}, role="").status == 401


def test_without_a_token_no_body_is_read(served: Served) -> None:
    """A body that never comes would be waited for."""
    answer = served.call("POST", PATH, b"[]", role="", pause=100.0)
    assert answer.status == 401


@pytest.mark.parametrize(
    "host",
    ["evil.example", "127.0.0.1.evil.example", "", "[::2]:1", "localhost.evil",
     "[::1].evil", "127.0.0.1:1:2", "[::1]x:80"],
)  # fmt: skip
def test_another_name_is_refused(served: Served, host: str) -> None:
    assert is_fault(served.call("GET", "/v1/agents", headers={"host": host}), 403, "request.forbidden")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost:1", "LOCALHOST", "[::1]:8642"])
def test_its_own_names_pass(served: Served, host: str) -> None:
    assert served.call("GET", "/v1/agents", headers={"host": host}).status == 200


def test_probes_need_no_name(served: Served) -> None:
    assert served.call("GET", "/live", role="", headers={"host": "10.1.2.3:80"}).status == 200


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1", "file://"])
def test_another_origin_is_refused(served: Served, origin: str) -> None:
    answer = served.call("POST", PATH, {}, headers={"origin": origin})
    assert is_fault(answer, 403, "request.forbidden")
    assert not [name for name in answer.headers if name.startswith("access-control")]


def test_its_own_origin_passes(served: Served) -> None:
    assert served.call("POST", PATH, {}, headers={"origin": "http://127.0.0.1:8642"}).status == 200


def test_named_hosts_and_origins_pass(tmp_path: Path) -> None:
    served = Served(
        tmp_path, Scripted(), agents=[AGENT], hosts=("octad.example",), origins=("https://pages.example",)
    )
    headers = {"host": "octad.example", "origin": "https://pages.example"}
    assert served.call("POST", PATH, {}, headers=headers).status == 200


@pytest.mark.parametrize(
    ("body", "headers", "status", "code"),
    [
        (b"{}", {"content-type": "text/plain"}, 415, "request.type"),
        (b"{}", {"content-type": ""}, 415, "request.type"),
        (b"{}", {"content-type": "multipart/form-data; boundary=a"}, 415, "request.type"),
        (b"{}", {"content-type": "application/json; charset=utf-16"}, 415, "request.type"),
        (b"{}", {"content-encoding": "br"}, 415, "request.type"),
        (b"{}", {"content-encoding": "gzip, gzip"}, 415, "request.type"),
        (b"{}", {"content-length": "9000000000"}, 413, "request.large"),
        (b"{}", {"content-length": "1" * 50}, 400, "request.json"),
        (b"{}", {"content-length": "\u00b2"}, 400, "request.json"),
        (b"{}", {"content-length": "1"}, 400, "request.json"),
        (b"{}", {"content-length": "3"}, 400, "request.json"),
        (b"{}x" * 400, {"content-length": ""}, 413, "request.large"),
        (b"[NaN]", {}, 400, "request.json"),
        (b"[" * 900, {}, 400, "request.json"),
        (b"", {}, 400, "request.json"),
        (b'{"a":1,"a":1}', {}, 400, "request.json"),
        (b"{}", {"content-encoding": "gzip"}, 400, "request.json"),
        (gzip.compress(b"[1]", mtime=0)[:-3], {"content-encoding": "gzip"}, 400, "request.json"),
        (gzip.compress(b"[1]", mtime=0) + b"x", {"content-encoding": "gzip"}, 400, "request.json"),
        (gzip.compress(b"[1]", mtime=0) * 2, {"content-encoding": "gzip"}, 400, "request.json"),
        (gzip.compress(b" " * 500_000, mtime=0), {"content-encoding": "gzip"}, 413, "request.large"),
    ],
)  # fmt: skip
def test_bodies_that_are_refused(
    tight: Served, body: bytes, headers: dict[str, str], status: int, code: str
) -> None:
    for pieces in (1 << 20, 1):
        answer = tight.call("POST", PATH, body, headers=headers, pieces=pieces)
        assert is_fault(answer, status, code), answer
    assert tight.service.asked == []


def test_a_bomb_is_never_unpacked_whole() -> None:
    from octad.serve.body import _Gzip

    bomb = gzip.compress(b"\0" * (16 << 20), 9)
    with pytest.raises(Exception, match="unpacked"):
        _Gzip(1_000).piece(bomb)
    packed, unpacking, size = zlib.compress(b"a" * 900, wbits=31), _Gzip(1_000), 0
    for at in range(len(packed)):
        size += len(unpacking.piece(packed[at : at + 1]))
    unpacking.end()
    assert size == 900


def test_gzip_and_pieces_are_read(served: Served, service: Scripted) -> None:
    packed = gzip.compress(b'{"a": 1}')
    assert served.call("POST", PATH, packed, headers={"content-encoding": "gzip"}, pieces=1).status == 200
    assert service.asked[-1].body == b'{"a": 1}'


def test_a_slow_body_ends(tmp_path: Path) -> None:
    served = Served(tmp_path, Scripted(), agents=[AGENT], limits=Limits(body_s=0.05))
    answer = served.call("POST", PATH, b"[1, 2, 3]", pieces=1, pause=0.02)
    assert is_fault(answer, 408, "request.slow") and answer.headers["connection"] == "close"


def test_a_body_that_breaks_off_is_no_question(served: Served, service: Scripted) -> None:
    assert served.call("POST", PATH, b"[1, 2, 3]", pieces=3, cut=2).status == 0
    assert service.asked == [] and served.context.traffic.running == 0


def test_bodies_of_all_are_bounded_together(tmp_path: Path) -> None:
    async def wait(asking: Asking) -> Answered:
        await asyncio.sleep(0.1)
        return Answered(id=asking.id, body=REPORT)

    served = Served(tmp_path, Scripted(by=wait), agents=[AGENT], limits=Limits(held=100))

    async def every() -> list[Plain]:
        return await asyncio.gather(*(served.called("POST", PATH, ["x" * 30]) for _ in range(4)))

    found = asyncio.run(every())
    assert sorted(one.status for one in found) == [200, 200, 429, 429]
    assert [one.status for one in asyncio.run(every())].count(200) == 2, "what was held is given back"


def test_one_token_may_ask_so_often(tmp_path: Path) -> None:
    served = Served(tmp_path, Scripted(), agents=[AGENT], limits=Limits(rate=0.1, burst=3))
    found = [served.call("POST", PATH, {}) for _ in range(4)]
    assert [one.status for one in found] == [200, 200, 200, 429]
    assert 1 <= int(found[-1].headers["retry-after"]) <= 10
    assert served.call("POST", PATH, {}, role="admin").status == 200


def test_one_token_may_ask_so_much_at_once(tmp_path: Path) -> None:
    async def wait(asking: Asking) -> Answered:
        await asyncio.sleep(0.05)
        return Answered(id=asking.id, body=REPORT)

    served = Served(tmp_path, Scripted(by=wait), agents=[AGENT], limits=Limits(concurrent=2))

    async def every() -> list[Plain]:
        return await asyncio.gather(*(served.called("POST", PATH, {}) for _ in range(5)))

    assert sorted(one.status for one in asyncio.run(every())) == [200, 200, 429, 429, 429]


def test_a_client_that_goes_cancels_its_question(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async def never(asking: Asking) -> Answered:
        await asyncio.sleep(60)
        raise AssertionError

    service = Scripted(by=never)
    served = Served(tmp_path, service, agents=[AGENT])
    for path in (PATH, f"{PATH}/batch"):
        assert served.call("POST", path, [{}], gone_after=0.02).status == 0
    streamed = {"accept": "application/x-ndjson"}
    served.call("POST", f"{PATH}/batch", [{}], headers=streamed, gone_after=0.02)
    gc.collect()
    assert "never retrieved" not in caplog.text
    assert len(service.cancelled) == len(service.asked) == 3
    assert served.context.traffic.running == 0


def test_a_service_that_never_answers_is_not_waited_for(tmp_path: Path, monkeypatch: Any) -> None:
    async def never(asking: Asking) -> Answered:
        await asyncio.sleep(60)
        raise AssertionError

    monkeypatch.setattr("octad.serve.questions.SPARE_S", 0.02)
    served = Served(tmp_path, Scripted(by=never), agents=[AGENT])
    answer = served.call("POST", PATH, {}, headers={"x-octad-deadline-ms": "20"})
    assert is_fault(answer, 504, "request.late")


def test_nothing_new_is_taken_while_it_drains(served: Served, service: Scripted) -> None:
    assert served.call("GET", "/ready", role="").status == 200
    served.context.traffic.is_draining = True
    assert is_fault(served.call("GET", "/ready", role=""), 503, "server.draining")
    answer = served.call("POST", PATH, {})
    assert is_fault(answer, 503, "server.draining") and answer.headers["connection"] == "close"
    assert answer.headers["retry-after"] and not service.asked
    assert served.call("GET", "/live", role="").status == 200


def test_it_is_not_ready_without_workers(served: Served, service: Scripted) -> None:
    service.ready = False
    assert is_fault(served.call("GET", "/ready", role=""), 503, "server.worker")


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "OPTIONS", "HEAD"])
def test_unknown_paths_and_methods(served: Served, method: str) -> None:
    body = {} if method == "POST" else None
    assert is_fault(served.call(method, "/v1/nothing", body), 404, "request.unknown")
    assert served.call(method, "/v1/nothing", body, role="").status == 401
    if method not in ("GET", "POST"):
        answer = served.call(method, "/v1/agents", body)
        assert is_fault(answer, 405, "request.method") and answer.headers["allow"] == "GET"


@pytest.mark.parametrize(
    ("target", "headers"),
    [
        (f"{PATH}?evidence=perhaps", {}), (f"{PATH}?min_probability=2", {}), 
        (f"{PATH}?min_probability=nan", {}),
        (f"{PATH}?min_probabilty=1", {}), (f"{PATH}?version=../x", {}), (PATH, {"x-octad-priority": "10"}),
        (PATH, {"x-octad-deadline-ms": "0"}), (PATH, {"x-octad-deadline-ms": "60001"}),
        (PATH, {"x-octad-key": "x" * 257}), (PATH, {"idempotency-key": "x" * 129}), 
        (PATH, {"idempotency-key": "ä"}),
    ],
)  # fmt: skip
def test_bad_parameters_are_refused(
    served: Served, service: Scripted, target: str, headers: dict[str, str]
) -> None:
    assert is_fault(served.call("POST", target, {}, headers=headers), 422, "request.parameter")
    assert service.asked == []


def test_what_is_said_twice_is_refused(served: Served) -> None:
    headers = [("host", "127.0.0.1"), ("host", "evil.example"), *served.bearer("infer").items()]
    answer = asyncio.run(call(served.app, "GET", "/v1/agents", headers))
    assert is_fault(answer, 431, "request.headers")


def test_a_part_is_not_given(served: Served) -> None:
    whole = served.call("GET", "/openapi.json")
    part = served.call("GET", "/openapi.json", headers={"range": "bytes=0-1,0-1,0-1"})
    assert (part.status, part.body) == (200, whole.body)


@pytest.mark.parametrize(
    ("given", "is_kept"),
    [("abc-1.2_Z", True), ("x" * 65, False), ("a\r\nb: c", False), ("octad_" + "x" * 43, False)],
)
def test_a_request_has_a_name(served: Served, service: Scripted, given: str, is_kept: bool) -> None:
    answer = served.call("POST", PATH, {}, headers={"x-request-id": given})
    assert (answer.headers["x-request-id"] == given) is is_kept
    assert service.asked[-1].id == answer.headers["x-request-id"]
    wrong = served.call("GET", "/x", headers={"x-request-id": "abc"})
    assert wrong.json["error"]["request_id"] == "abc"


def test_a_fault_of_the_service_is_the_answer(tmp_path: Path) -> None:
    async def overloaded(asking: Asking) -> Answered:
        return Answered(id=asking.id, fault=fault("server.overloaded", "full", "later", retry_after=2.2))

    served = Served(tmp_path, Scripted(by=overloaded), agents=[AGENT])
    answer = served.call("POST", PATH, {})
    assert is_fault(answer, 429, "server.overloaded")
    assert answer.headers["retry-after"] == "3" and answer.json["error"]["retry"] is True


@pytest.mark.parametrize(
    ("error", "status"),
    [(KeyError("/srv/secret/path"), 500), (StoreError("/srv/secret", kind="full"), 500),
     (StoreError("/srv/secret", kind="busy"), 429), (RecursionError(), 500), (MemoryError(), 500)],
)  # fmt: skip
def test_whatever_breaks_the_answer_tells_nothing_of_this_machine(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], error: Exception, status: int
) -> None:
    async def broken(asking: Asking) -> Answered:
        raise error

    served = Served(tmp_path, Scripted(by=broken), agents=[AGENT])
    answer = served.call("POST", PATH, {})
    assert answer.status == status and set(answer.json["error"]) == FAULT
    assert b"secret" not in answer.body and b"Traceback" not in answer.body
    assert answer.headers["x-request-id"] in capsys.readouterr().err


def test_errors_on_a_closed_standard_error_are_survived(tmp_path: Path, monkeypatch: Any) -> None:
    class Closed:
        def write(self, text: str) -> int:
            raise BrokenPipeError

    async def broken(asking: Asking) -> Answered:
        raise KeyError

    served = Served(tmp_path, Scripted(by=broken), agents=[AGENT], log_requests=True)
    monkeypatch.setattr("sys.stderr", Closed())
    assert served.call("POST", PATH, {}).status == 500


def test_requests_are_logged_where_that_is_asked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    served = Served(tmp_path, Scripted(), agents=[AGENT], log_requests=True)
    secret = served.plain["infer"]
    served.call("POST", f"{PATH}?version={secret[:20]}", {"password": "hunter2"})
    served.call("GET", f"/v1/{secret}")
    first, second = capsys.readouterr().err.splitlines()
    told = json.loads(first)
    assert (told["method"], told["path"], told["status"], told["actor"]) == ("POST", PATH, 200, "infer")
    assert told["in"] == 23 and told["out"] == len(REPORT)
    assert secret[:20] not in first and "hunter2" not in first and secret not in second
    assert json.loads(second)["path"] == "/v1/octad_[redacted]"


def test_nothing_is_logged_otherwise(served: Served, capsys: pytest.CaptureFixture[str]) -> None:
    served.call("POST", PATH, {})
    served.call("GET", "/v1/nothing")
    assert capsys.readouterr().err == ""


def test_answers_may_not_be_framed_sniffed_or_kept(served: Served) -> None:
    for answer in (served.call("POST", PATH, {}), served.call("GET", "/x", role="")):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]


def test_needs_names_any_of_some_roles() -> None:
    assert needs("infer", "audit") == {"security": [{"token": ["infer"]}, {"token": ["audit"]}]}
    assert needs() == {"security": []}
