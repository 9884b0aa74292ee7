"""The Model Context Protocol as a route: a real client over HTTP; what workers would say is made up."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import anyio
import pytest
import uvicorn
from fastapi import FastAPI, Request
from mcp import Client

from octad import catalog
from octad.audit import AuditLog
from octad.records.look import Review
from octad.serve.auth import rule_of
from octad.serve.exchange import Answered, Asking
from octad.serve.faults import fault
from octad.serve.routes.mcp import PATH, router
from octad.serve.settings import ServeSettings


class Service:
    """Answers that there is nothing, or a fault."""

    def __init__(self) -> None:
        self.asked: list[Asking] = []

    async def ask(self, asking: Asking) -> Answered:
        self.asked.append(asking)
        if asking.kind == "case":
            return Answered(asking.id, fault=fault("server.overloaded", "too many ask", "ask later"))
        return Answered(asking.id, Review(agent="a", version="1").model_dump_json().encode())


class Running:
    """A server on a port of its own, and what its service was asked."""

    def __init__(self, folder: Path) -> None:
        self.service = Service()
        self.log = AuditLog(folder / "audit.jsonl")
        agents = {entry.name: catalog.load(entry.name) for entry in catalog.entries()}
        context: Any = SimpleNamespace(
            service=self.service, audit=self.log, settings=ServeSettings(), agents=agents
        )
        self.routes = router(context)
        app = FastAPI()

        @app.middleware("http")
        async def known(request: Request, answer: Callable[[Request], Awaitable[Any]]) -> Any:
            request.state.actor = "alice"
            return await answer(request)

        app.include_router(self.routes)
        settings = uvicorn.Config(app, "127.0.0.1", 0, lifespan="off", log_level="critical", ws="none")
        self.server = uvicorn.Server(settings)
        self.thread = threading.Thread(target=self.server.run)

    @property
    def port(self) -> int:
        return int(self.server.servers[0].sockets[0].getsockname()[1])

    def ask(self, use: Callable[[Client], Awaitable[Any]]) -> Any:
        async def asked() -> Any:
            async with Client(f"http://127.0.0.1:{self.port}{PATH}") as client:
                return await use(client)

        return anyio.run(asked)

    def post(self, body: bytes, **headers: str) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        accepted = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request("POST", PATH, body, accepted | named)
        answer = connection.getresponse()
        said = answer.status, answer.read()
        connection.close()
        return said


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    made = Running(tmp_path_factory.mktemp("mcp"))
    made.thread.start()
    while not made.server.started:
        made.thread.join(0.01)
    yield made
    made.server.should_exit = True
    made.thread.join()


def test_tools_over_http_read_nothing_of_the_server(running: Running) -> None:
    tools = running.ask(lambda client: client.list_tools()).tools
    names = {tool.name for tool in tools}
    assert names == {"rule", "review_text", *(f"ask_{entry.verb}" for entry in catalog.entries())}


def test_code_in_the_question_is_reviewed(running: Running) -> None:
    files = [{"path": "a.py", "text": "x = 1\n"}]
    running.service.asked.clear()
    answered = running.ask(lambda client: client.call_tool("review_text", {"files": files, "evidence": True}))
    assert answered.structured_content["report"]["agent"] == "a"
    asking = running.service.asked[0]
    assert (asking.kind, asking.evidence, asking.actor) == ("files", True, "alice")
    assert json.loads(asking.body) == {"files": files}
    entry = running.log.entries(1)[0]
    assert (entry.actor, entry.action, entry.subject) == ("alice", "mcp.call", "review_text")


def test_a_fault_is_an_answer(running: Running) -> None:
    entry = catalog.entries()[0]
    case = json.loads(catalog.load(entry.name).example.model_dump_json(exclude_defaults=True))
    answered = running.ask(lambda client: client.call_tool(f"ask_{entry.verb}", {"case": case}))
    assert answered.is_error and answered.content[0].text == "too many ask; ask later"


def test_discovery_is_one_request_without_a_session(running: Running) -> None:
    meta = {
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {},
    }
    asked = {"jsonrpc": "2.0", "id": 1, "method": "server/discover", "params": {"_meta": meta}}
    status, body = running.post(
        json.dumps(asked).encode(), MCP_Protocol_Version="2026-07-28", Mcp_Method="server/discover"
    )
    said = json.loads(body)["result"]
    assert status == 200 and said["supportedVersions"] == ["2026-07-28"]
    assert set(said["capabilities"]) == {"tools"}


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"1", b'{"jsonrpc":"2.0"}', b"\xff", b"[" * 5_000])
def test_what_is_no_message_is_refused(running: Running, body: bytes) -> None:
    status, said = running.post(body, MCP_Protocol_Version="2026-07-28")
    assert 400 <= status < 500 and json.loads(said)["error"]["code"] < 0


def test_only_posts_are_answered(running: Running) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=10)
    for method in ("GET", "DELETE", "PUT"):
        connection.request(method, PATH)
        answer = connection.getresponse()
        assert (answer.status, bool(answer.read())) == (405, True)
    connection.close()


def test_it_is_for_whoever_may_ask_agents(running: Running) -> None:
    (route,) = running.routes.routes
    assert rule_of(route.openapi_extra, PATH) == {"infer"}  # type: ignore[attr-defined]
