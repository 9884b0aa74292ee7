"""How a fault becomes an answer: one shape of JSON for every error that there is."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import Any

from octad.errors import InputError, OctadError, StoreError
from octad.serve.faults import Fault, fault

_SECRETS = re.compile(
    r"(octad_)[\w-]{16,}"
    r"|((?:bearer|basic)\s+)[\w.~+/=-]+"
    r"|(authorization[\"']?\s*[=:]\s*[\"']?)(?:\w+\s+)?[^\s\"',;]+"
    r"|((?:token|password|passwd|secret|api[-_]?key)[\"']?\s*[=:]\s*[\"']?)[^\s\"'&,;]+",
    re.IGNORECASE,
)


class Refusal(Exception):
    """Ends a request with a fault, whatever it was about."""

    def __init__(self, fault: Fault, **headers: str) -> None:
        super().__init__(fault.message)
        self.fault = fault
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


class ClientGone(Exception):
    """Nobody waits for the answer any more."""


def refusal(code: str, message: str, hint: str = "", **headers: str) -> Refusal:
    """The refusal of a request with a fault of a known code."""
    return Refusal(fault(code, message, hint), **headers)


def body_of(wrong: Fault, request_id: str, *, is_inference: bool = False) -> bytes:
    """A fault as JSON; the Open Inference Protocol wants a text as `error`, and has the rest beside it."""
    rest: dict[str, Any] = {"hint": wrong.hint, "retry": wrong.retry, "request_id": request_id}
    if is_inference:
        return json.dumps({"error": wrong.message, "code": wrong.code, **rest}).encode()
    return json.dumps({"error": {"code": wrong.code, "message": wrong.message, **rest}}).encode()


def headers_of(wrong: Fault) -> Mapping[str, str]:
    """What the head of an answer says of a fault."""
    found = {"content-type": "application/json"}
    if wrong.retry_after is not None:
        found["retry-after"] = str(max(1, math.ceil(wrong.retry_after)))
    if wrong.status == 401:
        found["www-authenticate"] = 'Bearer realm="octad"'
    return found


def of_error(error: OctadError) -> Fault:
    """What a client is told of an error; paths and what else is this machine's stays here."""
    if isinstance(error, InputError):
        return fault("request.unknown", redacted(error.message), redacted(error.hint))
    if isinstance(error, StoreError) and error.kind == "busy":
        return fault("server.overloaded", "somebody else writes", "ask again", retry_after=1)
    return fault("server.internal", "the server cannot do this now", "its own log says why")


def redacted(text: str) -> str:
    """A text without the tokens, passwords and keys in it."""
    return _SECRETS.sub(lambda found: next(filter(None, found.groups()), "") + "[redacted]", text)
