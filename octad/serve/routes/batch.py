"""Many cases in one request: each is a question of its own, and is answered or fails by itself."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Any

from fastapi import Request, Response
from starlette.responses import StreamingResponse

from octad.serve.context import Context
from octad.serve.errors import refusal
from octad.serve.exchange import Answered, Asking
from octad.serve.json_check import once
from octad.serve.openapi import Json, reference
from octad.serve.questions import answers, cancelled

STREAM = "application/x-ndjson"
_SPACE = " \t\n\r"
_DECODER = json.JSONDecoder(object_pairs_hook=once)


def batched(body: bytes, most: int) -> Iterator[bytes]:
    """The elements of an array as they stand in it; raises Refusal before more than `most` are taken."""
    text = body.decode("utf-8")
    at = _after_space(text, 0)
    if text[at : at + 1] != "[":
        raise refusal("request.case", "the body is no array", "send a JSON array of cases")
    at = _after_space(text, at + 1)
    count = 0
    while text[at] != "]":
        if count == most:
            raise refusal("request.case", f"more than {most} cases at once", "send them in several requests")
        _, end = _DECODER.raw_decode(text, at)
        yield text[at:end].encode()
        count += 1
        at = _after_space(text, end)
        if text[at] == ",":
            at = _after_space(text, at + 1)


async def streamed(
    context: Context, request: Request, askings: Sequence[Asking], *, is_stream: bool
) -> Response:
    """All answers in their order, or as a stream of lines in the order in which they come."""
    if is_stream:
        return StreamingResponse(_lines(context, askings), media_type=STREAM)
    found = await answers(context, request, askings)
    shown = b",\n".join(line(number, one) for number, one in enumerate(found))
    return Response(b'{"answers":[' + shown + b"]}", media_type="application/json")


def line(number: int, answered: Answered) -> bytes:
    """One answer of several as JSON: its number, and its report or its fault."""
    wrong = answered.fault
    head: dict[str, Any] = {"index": number, "status": wrong.status if wrong else 200}
    if wrong is not None:
        told = {"code": wrong.code, "message": wrong.message, "hint": wrong.hint, "retry": wrong.retry}
        return json.dumps(head | {"error": told | {"request_id": answered.id}}).encode()
    head |= {"version": answered.version, "arm": answered.arm, "degraded": answered.degraded}
    head["cached"] = answered.is_cached
    return json.dumps(head)[:-1].encode() + b', "report": ' + answered.body + b"}"


def batched_schema(report: Json) -> Json:
    """What `line` makes, with the schema of a report."""
    return {
        "type": "object",
        "required": ["index", "status"],
        "properties": {
            "index": {"type": "integer"},
            "status": {"type": "integer"},
            "version": {"type": "string"},
            "arm": {"type": "string"},
            "degraded": {"type": "string"},
            "cached": {"type": "boolean"},
            "report": report,
            "error": {"$ref": f"{reference('Error')['$ref']}/properties/error"},
        },
    }


async def _lines(context: Context, askings: Sequence[Asking]) -> AsyncIterator[bytes]:
    """A line for every answer, as it comes; what is not answered when the client goes is cancelled."""

    async def numbered(number: int, asking: Asking) -> bytes:
        return line(number, await context.service.ask(asking)) + b"\n"

    tasks = [asyncio.ensure_future(numbered(number, one)) for number, one in enumerate(askings)]
    try:
        for task in asyncio.as_completed(tasks):
            yield await task
    finally:
        await cancelled(tasks)


def _after_space(text: str, at: int) -> int:
    while text[at : at + 1] in _SPACE and at < len(text):
        at += 1
    return at
