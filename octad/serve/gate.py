"""What every request passes, before any route: who asks, whether they may, how much, and the body in bounds.

An ASGI application around the routes. It knows each route's rule, reads the body itself, answers every fault
in one shape, and counts what is being answered.
"""

from __future__ import annotations

import asyncio
import json
import re
import secrets
import time
import traceback
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.routing import Match

from octad.errors import InputError, OctadError
from octad.host.terminal import complain
from octad.serve.auth import Role, Token
from octad.serve.body import Held, Receive, read_body
from octad.serve.context import Context
from octad.serve.errors import ClientGone, Refusal, body_of, headers_of, of_error, redacted, refusal
from octad.serve.faults import Fault, fault
from octad.serve.json_check import check_json
from octad.serve.limits import Allowances

GONE = 499
"""The status that is logged where nobody waited for an answer."""
AT_ONCE = 1 << 16
"""Bytes of a body that is checked at once; of more, CHECKED are looked at beside each other, elsewhere."""
CHECKED = 2
WITH_BODY = frozenset({"POST", "PUT", "PATCH"})
SINGLE = frozenset(
    ("host", "origin", "authorization", "content-type", "content-length", "content-encoding",
     "transfer-encoding", "idempotency-key")
)  # fmt: skip
"""Headers that mean one thing: two of them are two meanings."""
Rule = tuple[APIRoute, frozenset[Role]]
"""A route and the roles that may ask for it, none where everybody may."""
_HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^:\[\]]*)(?::[0-9]*)?")
_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_SAFE = {
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
}
"""What every answer says to a browser, where its route says nothing else."""


class Gate:
    """The routes of an application behind their rules."""

    def __init__(self, app: Any, context: Context, rules: Sequence[Rule]) -> None:
        self._app, self._context = app, context
        self._rules = rules
        self._allowances = Allowances(context.settings.limits)
        self._held = Held(context.settings.limits.held)
        self._checking = asyncio.Semaphore(CHECKED)

    async def __call__(self, scope: Any, receive: Receive, send: Any) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        passing = _Passing(scope, send)
        with self._context.traffic.one():
            try:
                await self._passed(passing, receive)
            except ClientGone:
                passing.status = GONE
            except Refusal as wrong:
                await passing.refuse(wrong.fault, wrong.headers)
            except OctadError as error:
                if not isinstance(error, InputError):
                    passing.say(str(error))
                await passing.refuse(of_error(error), {})
            except Exception:
                passing.say(traceback.format_exc())
                await passing.refuse(
                    fault("server.internal", "the server failed", "its own log says why"), {}
                )
        if self._context.settings.log_requests:
            passing.log()

    async def _passed(self, passing: _Passing, receive: Receive) -> None:
        """Check all rules in their order, then let the route answer; raises Refusal."""
        scope, headers = passing.scope, passing.headers()
        found = self._route(scope)
        rule = found[1] if found else frozenset()
        is_open = found is not None and not rule
        actor = None if is_open else self._actor(headers, rule if found else None)
        if found is None:
            raise self._no_route(scope)
        passing.actor = actor.name if actor else ""
        scope.setdefault("state", {}).update(request_id=passing.id, actor=passing.actor, began=passing.began)
        with self._allowances.one(passing.actor):
            if scope["method"] not in WITH_BODY:
                await self._app(scope, receive, passing.send)
                return
            if self._context.traffic.is_draining:
                raise Refusal(fault("server.draining", "the server stops", "ask another", retry_after=1))
            body = await read_body(receive, headers, self._context.settings.limits, self._held)
            passing.read, passing.is_whole = len(body), True
            try:
                await self._check(body)
                await self._app(scope, _again(body, receive), passing.send)
            finally:
                self._held.give(passing.read)

    async def _check(self, body: bytearray) -> None:
        """Raise Refusal unless a body is JSON; what takes long does not hold up the others."""
        limits = self._context.settings.limits
        if len(body) <= AT_ONCE:
            check_json(body, limits)
            return
        async with self._checking:
            await run_in_threadpool(check_json, body, limits)

    def _route(self, scope: Any) -> Rule | None:
        """The route of a request, and its rule."""
        return next((one for one in self._rules if one[0].matches(scope)[0] is Match.FULL), None)

    def _no_route(self, scope: Any) -> Refusal:
        """Why there is no route: no such path, or another method."""
        allowed: set[str] = set()
        for route, _ in self._rules:
            if route.matches(scope)[0] is Match.PARTIAL:
                allowed |= route.methods or set()
        if not allowed:
            return refusal("request.unknown", "there is nothing here", "GET /openapi.json says what there is")
        methods = ", ".join(sorted(allowed))
        return refusal("request.method", "this takes another method", f"use {methods}", allow=methods)

    def _actor(self, headers: Mapping[str, str], rule: frozenset[Role] | None) -> Token:
        """Who asks; raises Refusal where nobody known does, from a page or host that may not, or too much."""
        self._check_origin(headers)
        kind, _, presented = headers.get("authorization", "").partition(" ")
        actor = self._context.tokens.actor(presented.strip()) if kind.lower() == "bearer" else None
        if actor is None:
            hint = "send Authorization: Bearer TOKEN; `octad serve token add` makes one"
            raise refusal("request.unauthenticated", "no token that is known here", hint)
        if rule is not None and not actor.may(rule):
            roles = " or ".join(sorted(rule))
            raise refusal("request.forbidden", f"this needs a token of the role {roles}", "ask for one")
        return actor

    def _check_origin(self, headers: Mapping[str, str]) -> None:
        """Raise Refusal for a name or a page that leads a browser here and is not known."""
        settings = self._context.settings
        host = headers.get("host", "")
        if _without_port(host).lower() not in settings.names:
            hint = "start it with --allow-host NAME"
            raise refusal("request.forbidden", "the server does not go by the name in Host", hint)
        origin = headers.get("origin", "")
        if origin and origin not in (f"http://{host}", f"https://{host}", *settings.origins):
            raise refusal("request.forbidden", "pages of another origin may not ask", "--allow-origin URL")


class _Passing:
    """A request on its way, and what was answered to it."""

    def __init__(self, scope: Any, send: Any) -> None:
        self.scope, self._send = scope, send
        self.began = time.monotonic()
        self.status = self.read = self.sent = 0
        self.actor = ""
        self.is_whole = scope["method"] not in WITH_BODY
        given = next((v for k, v in scope["headers"] if k == b"x-request-id"), b"").decode("latin-1")
        self.id = given if _ID.fullmatch(given) and redacted(given) == given else secrets.token_hex(8)

    def headers(self) -> dict[str, str]:
        """The head of the request, by names in small letters; raises Refusal for what is said twice."""
        found: dict[str, str] = {}
        for key, value in self.scope["headers"]:
            name = key.decode("latin-1").lower()
            if name in SINGLE and name in found:
                raise refusal("request.headers", f"the header {name} is there twice", "send it once")
            found[name] = value.decode("latin-1")
        return found

    async def send(self, message: Any) -> None:
        """Send a part of the answer, with what is said with every answer."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(raw=list(message.get("headers", [])))
            for name, value in _SAFE.items():
                headers.setdefault(name, value)
            headers["x-request-id"] = self.id
            message = {**message, "headers": headers.raw}
        else:
            self.sent += len(message.get("body", b""))
        await self._send(message)

    async def refuse(self, wrong: Fault, headers: Mapping[str, str]) -> None:
        """Answer with a fault, and end the connection where more of the body may still come."""
        if self.status:
            raise RuntimeError("the answer has begun")  # the connection is cut: half an answer is none
        is_inference = self.scope["path"].startswith("/v2")
        body = body_of(wrong, self.id, is_inference=is_inference)
        sent = {**headers_of(wrong), **headers, "content-length": str(len(body))}
        if not self.is_whole or wrong.code == "server.draining":
            sent["connection"] = "close"
        pairs = [(name.encode(), value.encode("latin-1")) for name, value in sent.items()]
        await self.send({"type": "http.response.start", "status": wrong.status, "headers": pairs})
        await self.send({"type": "http.response.body", "body": body})

    def say(self, text: str) -> None:
        """Tell whoever runs the server what went wrong, on standard error, which may be closed."""
        with suppress(OSError, ValueError):
            complain(f"octad: {self.id}: {redacted(text).rstrip()}\n")

    def log(self) -> None:
        """One line of JSON about the request, without what was asked or by which token."""
        line = {
            "time": round(time.time(), 3), "id": self.id, "method": self.scope["method"],
            "path": redacted(self.scope["path"]), "status": self.status, "actor": self.actor,
            "ms": round(1e3 * (time.monotonic() - self.began), 2), "in": self.read, "out": self.sent,
        }  # fmt: skip
        with suppress(OSError, ValueError):
            complain(json.dumps(line) + "\n")


def _again(body: bytearray, receive: Receive) -> Receive:
    """What a route receives: the whole body at once, then what else comes, which is that the client went."""
    held: list[bytearray] = [body]

    async def received() -> Any:
        if held:
            return {"type": "http.request", "body": bytes(held.pop()), "more_body": False}
        return await receive()

    return received


def _without_port(host: str) -> str:
    """The name in a header Host, "" where it is none."""
    found = _HOST.fullmatch(host)
    return found[1] if found else ""
