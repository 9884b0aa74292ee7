"""A server in the test's own process: its application driven by hand, over a service of its own.

`Scripted` answers what it is told to, `Small` asks tiny artefacts by `octad.ask.ask`. `call` plays the part
of the HTTP server: it hands over a request, in pieces if wished, and gives what is answered.
"""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from octad import catalog
from octad.agents.agent import Agent
from octad.ask import Options, ask
from octad.audit import AuditLog
from octad.errors import InputError
from octad.records.base import reason_of
from octad.registry.base import Version
from octad.runtime import Runner
from octad.serve.app import create
from octad.serve.auth import Role, Tokens
from octad.serve.context import Context
from octad.serve.exchange import Answered, Asking
from octad.serve.faults import fault
from octad.serve.run import Server, config_of
from octad.serve.settings import Limits, ServeSettings

DIGEST = "5" * 64
REPORT = b'{"agent": "a", "version": "1", "findings": [], "skipped": [], "suppressed": [], "blocks": []}'


class State(NamedTuple):
    """The state of a service that needs no processes."""

    ready: bool = True


@dataclass
class Scripted:
    """A service that answers by a function, or always the same; it remembers what it was asked."""

    by: Callable[[Asking], Awaitable[Answered]] | None = None
    ready: bool = True
    asked: list[Asking] = field(default_factory=list)
    cancelled: list[str] = field(default_factory=list)

    async def ask(self, asking: Asking) -> Answered:
        self.asked.append(asking)
        try:
            if self.by is not None:
                return await self.by(asking)
        except asyncio.CancelledError:
            self.cancelled.append(asking.id)
            raise
        return Answered(id=asking.id, body=REPORT, version=DIGEST, waited=0.001, ran=0.002)

    def status(self) -> State:
        return State(self.ready)


@dataclass
class Small:
    """A service over tiny random weights, which are made below a folder."""

    folder: Path
    runners: dict[str, Runner[Any, Any]] = field(default_factory=dict)

    def runner(self, name: str) -> Runner[Any, Any]:
        from tests import tiny

        if name not in self.runners:
            self.runners[name] = tiny.runner(catalog.load(name), self.folder / name, started=True)
        return self.runners[name]

    async def ask(self, asking: Asking) -> Answered:
        runner = self.runner(asking.agent)
        try:
            case = runner.agent.case.model_validate_json(asking.body)
        except ValueError as error:
            return Answered(id=asking.id, fault=fault("request.case", reason_of(error)))
        report = ask(runner, case, Options(asking.least, asking.evidence))
        return Answered(id=asking.id, body=report.model_dump_json().encode(), version=DIGEST)

    def status(self) -> State:
        return State()


class Shelf:
    """A registry of one version for every agent."""

    def __init__(self) -> None:
        self.pointed: list[tuple[str, str, str, str]] = []

    def version(self, agent: str) -> Version:
        return Version(digest=DIGEST, agent=agent, version="1", created=0.0, size=1)

    def get(self, agent: str, reference: str) -> tuple[Path | None, Version]:
        if reference not in ("stable", "shipped") and not DIGEST.startswith(reference):
            raise InputError(f"{reference} names no version", hint="`octad store list` shows them")
        return None, self.version(agent)

    def versions(self, agent: str = "") -> Sequence[Version]:
        return [self.version(agent)]

    def aliases(self, agent: str) -> Mapping[str, str]:
        return {"stable": DIGEST}

    def unpoint(self, agent: str, alias: str, *, actor: str) -> None:
        raise NotImplementedError

    def point(self, agent: str, alias: str, reference: str, *, actor: str) -> None:
        self.get(agent, reference)
        self.pointed.append((agent, alias, reference, actor))


class Plain(NamedTuple):
    """What was answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> str:
        """The code of the fault, of either shape."""
        wrong = self.json["error"]
        return str(wrong["code"] if isinstance(wrong, dict) else self.json["code"])


class Served:
    """An application with a token for every role."""

    def __init__(self, folder: Path, service: Any, *, agents: Sequence[str] = (), **settings: Any) -> None:
        limits = settings.pop("limits", Limits())
        more = settings.pop("more", ())
        names = agents or [entry.name for entry in catalog.entries()]
        self.tokens = Tokens(folder / "tokens.json")
        self.plain: dict[str, str] = {
            role: self.tokens.add(role, [role]) for role in ("infer", "operate", "admin", "audit")
        }
        known: dict[str, Agent[Any, Any]] = {name: catalog.load(name) for name in names}
        self.registry: Any = Shelf()
        self.context = Context(
            settings=ServeSettings(limits=limits, **settings), agents=known, service=service,
            registry=self.registry, tokens=self.tokens, audit=AuditLog(folder / "audit.jsonl"),
        )  # fmt: skip
        self.service = service
        self.app = create(self.context, more)
        self.address = ""

    def bearer(self, role: Role) -> dict[str, str]:
        return {"authorization": f"Bearer {self.plain[role]}"}

    def call(self, method: str, target: str, body: Any = None, **given: Any) -> Plain:
        """One request, by the token of a `role` ("" for none); see `call`."""
        return asyncio.run(self.called(method, target, body, **given))

    async def called(
        self, method: str, target: str, body: Any = None, *, role: str = "infer",
        headers: Mapping[str, str] | None = None, **given: Any,
    ) -> Plain:  # fmt: skip
        own = {"host": "127.0.0.1:8642"}
        if role:
            own |= {"authorization": f"Bearer {self.plain[role]}"}
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
        if body is not None:
            own |= {"content-type": "application/json", "content-length": str(len(body))}
        sent = own | dict(headers or {})
        return await call(
            self.app, method, target, [(k, v) for k, v in sent.items() if v], body or b"", **given
        )


async def call(
    app: Any, method: str, target: str, headers: Sequence[tuple[str, str]], body: bytes = b"", *,
    pieces: int = 1 << 20, pause: float = 0.0, gone_after: float | None = None, cut: int | None = None,
) -> Plain:  # fmt: skip
    """Hand a request to an application: in pieces, with a pause between, by a client that goes away."""
    path, _, query = target.partition("?")
    scope = {
        "type": "http", "asgi": {"version": "3.0", "spec_version": "2.3"}, "http_version": "1.1",
        "method": method, "scheme": "http", "path": path, "raw_path": path.encode(), "root_path": "",
        "query_string": query.encode(), "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 8642),
        "state": {},
        "headers": [(k.lower().encode("latin-1"), v.encode("latin-1")) for k, v in headers],
    }  # fmt: skip
    parts = [body[at : at + pieces] for at in range(0, len(body), pieces)] or [b""]
    if cut is not None:
        parts = parts[:cut]
    sent, began, done = 0, time.monotonic(), asyncio.Event()
    status, found, data = 0, dict[str, str](), bytearray()

    async def receive() -> Any:
        nonlocal sent
        if sent < len(parts):
            await asyncio.sleep(pause)
            sent += 1
            more = sent < len(parts) or cut is not None
            return {"type": "http.request", "body": parts[sent - 1], "more_body": more}
        if cut is None:
            left = None if gone_after is None else max(0.0, gone_after - (time.monotonic() - began))
            with suppress(TimeoutError):
                await asyncio.wait_for(done.wait(), left)
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        nonlocal status, found
        if message["type"] == "http.response.start":
            status = message["status"]
            found = {k.decode().lower(): v.decode("latin-1") for k, v in message["headers"]}
        else:
            data.extend(message.get("body", b""))
            if not message.get("more_body"):
                done.set()

    await app(scope, receive, send)
    return Plain(status, found, bytes(data))


@contextmanager
def listening(served: Served, service: Any) -> Iterator[Server]:
    """The same behind a real socket on a free port, in a thread; its port is that of `server.port`."""
    ready, found = threading.Event(), list[str]()

    def told(address: str) -> None:
        found.append(address)
        ready.set()

    server = Server(config_of(served.app, served.context.settings), served.context, told)

    def run() -> None:
        with asyncio.Runner(loop_factory=server.config.get_loop_factory()) as runner:
            runner.run(server.serve())

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert ready.wait(10)
    served.address = found[0]
    try:
        yield server
    finally:
        server.should_exit = True
        thread.join(10)
        assert not thread.is_alive()


def raw(served: Served, data: bytes, *, seconds: float = 5.0, pause: float = 0.0) -> bytes:
    """What comes back for some bytes until the server closes; the bytes one by one where there is a pause."""
    port = int(served.address.rpartition(":")[2])
    found = bytearray()
    with socket.create_connection(("127.0.0.1", port), timeout=seconds) as connected:
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with suppress(BrokenPipeError, ConnectionResetError):
            for piece in [data] if not pause else [data[at : at + 1] for at in range(len(data))]:
                connected.sendall(piece)
                time.sleep(pause)
        with suppress(ConnectionResetError):
            while piece := connected.recv(1 << 16):
                found += piece
    return bytes(found)
