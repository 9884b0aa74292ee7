"""The Model Context Protocol over HTTP: cases and code that come with the question, nothing that lies here.

Each request is answered by itself: no session is kept. Tools ask the same workers as every other route.
"""

from __future__ import annotations

import time
import uuid
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request, Response

from octad import catalog
from octad.agents.reports import report_class
from octad.errors import InputError, OctadError
from octad.records.look import Review
from octad.render.formats.json import output_of
from octad.serve.auth import needs
from octad.serve.exchange import Asking
from octad.serve.openapi import content

if TYPE_CHECKING:
    from octad.mcp.tool import Case, Verb
    from octad.serve.context import Answering, Context

PATH = "/mcp"
MESSAGE = {"type": "object", "required": ["jsonrpc"], "properties": {"jsonrpc": {"const": "2.0"}}}
META = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientCapabilities": {},
}
QUESTION = {"jsonrpc": "2.0", "id": 1, "method": "server/discover", "params": {"_meta": META}}
ANSWER = {"jsonrpc": "2.0", "id": 1, "result": {"resultType": "complete"}}
"""What is asked first, and how an answer begins."""


class Served:
    """Answers by asking a service, each question within so many seconds."""

    def __init__(self, service: Answering, seconds: float) -> None:
        self.service = service
        self.seconds = seconds

    async def answer(self, question: Verb | Case, actor: str) -> dict[str, Any]:
        """The document of a report; raises OctadError with what the service says was wrong."""
        from octad.mcp.tool import Verb

        if isinstance(question, Verb):
            raise InputError("this server reads no files of its own", hint="send the code with the question")
        asking = Asking(
            id=uuid.uuid4().hex,
            agent=question.agent,
            body=question.body,
            until=time.monotonic() + self.seconds,
            kind=question.kind,
            evidence=question.evidence,
            least=question.least,
            actor=actor,
        )
        answered = await self.service.ask(asking)
        if answered.fault is not None:
            raise OctadError(answered.fault.message, hint=answered.fault.hint)
        is_review = question.kind == "files"
        kind = Review if is_review else report_class(catalog.load(question.agent))
        document: dict[str, Any] = output_of(kind.model_validate_json(answered.body)).model_dump(mode="json")
        return document


def router(context: Context) -> APIRouter:
    """The route of the protocol, for whoever may ask agents; none where its package is not installed."""
    routes = APIRouter(tags=["assistants"])
    if find_spec("mcp") is None:
        return routes
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

    from octad.mcp.agent_tools import case_tools
    from octad.mcp.code_tools import rule_tool
    from octad.mcp.server import make

    tools = [*case_tools(context.agents), rule_tool()]
    served = Served(context.service, context.settings.limits.deadline_s)
    server = make(tools, served, context.audit, _actor)
    ok: dict[int | str, Any] = {
        200: {"description": "A message of JSON-RPC.", "content": content(MESSAGE, ANSWER)}
    }
    described = {"requestBody": {"required": True, "content": content(MESSAGE, QUESTION)}}

    @routes.post(
        PATH, operation_id="mcp", openapi_extra={**needs("infer"), **described}, response_class=Response,
        responses=ok,
    )  # fmt: skip
    async def mcp(request: Request) -> Response:
        """One message of the Model Context Protocol (2026-07-28), answered in the same exchange."""
        # One for each request: it has nothing to remember, and ends with what it began.
        manager = StreamableHTTPSessionManager(server, json_response=True, stateless=True)
        taken = _Taken()
        async with manager.run():
            await manager.handle_request(request.scope, request.receive, taken.send)
        return taken.response()

    return routes


def _actor(call: Any) -> str:
    """Who asks, as the gate knows them."""
    return str(getattr(call.request.state, "actor", "")) if call.request is not None else ""


class _Taken:
    """An answer, held until it is whole: it is one JSON document."""

    def __init__(self) -> None:
        self._status = 500
        self._headers: list[tuple[bytes, bytes]] = []
        self._body = bytearray()

    async def send(self, message: Any) -> None:
        """Take a part of it."""
        if message["type"] == "http.response.start":
            self._status, self._headers = message["status"], list(message.get("headers", ()))
        elif message["type"] == "http.response.body":
            self._body += message.get("body", b"")

    def response(self) -> Response:
        """The answer as the route gives it."""
        kept = {name.decode("latin-1"): value.decode("latin-1") for name, value in self._headers}
        kept.pop("content-length", None)
        return Response(bytes(self._body), self._status, kept)
