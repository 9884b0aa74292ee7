"""What can go wrong with a request: a stable code, an HTTP status, whether to ask again, what to do next."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """Why there is no answer.

    `retry` says that the same question may be answered later, after `retry_after` seconds where that is
    known. `message` and `hint` name nothing of this machine.
    """

    code: str
    status: int
    message: str
    hint: str = ""
    retry: bool = False
    retry_after: float | None = None


STATUS = {
    "request.json": 400, "request.unauthenticated": 401, "request.forbidden": 403, "request.unknown": 404,
    "request.conflict": 409, "request.large": 413, "request.type": 415, "request.case": 422,
    "request.slow": 408, "request.method": 405, "request.parameter": 422, "request.headers": 431,
    "server.overloaded": 429, "server.internal": 500, "server.draining": 503,
    "server.worker": 503, "server.version": 503, "server.disabled": 503, "request.late": 504,
}  # fmt: skip
"""The status of every code."""
RETRIED = frozenset(
    {"server.overloaded", "server.draining", "server.worker", "server.version", "request.slow"}
)
"""Codes of what is no fault of the question."""


def fault(code: str, message: str, hint: str = "", *, retry_after: float | None = None) -> Fault:
    """A fault of a known code."""
    return Fault(code, STATUS[code], message, hint, code in RETRIED, retry_after)
