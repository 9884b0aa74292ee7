"""Structured lines that tell of requests, as proxies and web frameworks write them."""

from __future__ import annotations

from collections.abc import Mapping

from octad.read.logs.access import level_of_status, told
from octad.read.logs.fields import MESSAGE, Access, Fields, names, text_of, values
from octad.read.logs.levels import CRITICAL, ERROR, INFO
from octad.records.logs import Request

_STATUS = names(
    "status status_code statusCode http.response.status_code http.status_code res.statusCode response.status "
    "DownstreamStatus"
)
_METHOD = names(
    "method request_method http.request.method http.method req.method request.method RequestMethod"
)
_TARGET = names("path uri url request_uri url.path http.target req.url request.uri RequestPath")
_SECONDS = {"request_time": 1.0, "responseTime": 1e3, "duration_ms": 1e3, "latency_ms": 1e3, "Duration": 1e9}
"""What says how long a request took, and how many of its units a second has."""


def access_of(record: Mapping[str, object], fields: Fields) -> Access | None:
    """A line that tells of a request by its method and status; None for any other."""
    number = next((found for value in values(record, _STATUS) if (found := _status(value))), 0)
    method = text_of(record, _METHOD)
    if not number or not (method.isascii() and method.isalpha()):
        return None
    time, service, level, message = fields
    graver = level_of_status(number)
    if graver != INFO and level not in (ERROR, CRITICAL):
        level = graver
    said = message if text_of(record, MESSAGE) else ""
    message = told(number, f"{method.upper()} {text_of(record, _TARGET) or '-'}", said)
    return Access(time, service, level or INFO, message, Request(number, _seconds(record)))


def _status(value: object) -> int:
    """An HTTP status given as a number or in digits, 0 for anything else."""
    if isinstance(value, str) and len(value) == 3 and value.isdecimal():
        value = int(value)
    return value if isinstance(value, int) and 100 <= value < 600 else 0


def _seconds(record: Mapping[str, object]) -> float | None:
    """How long a request took, where the name of a field says in which unit."""
    for name, unit in _SECONDS.items():
        for value in values(record, (name,)):
            try:
                seconds = float(value) / unit if isinstance(value, str | int | float) else -1.0
            except (ValueError, OverflowError):
                continue
            if 0 <= seconds < 1e6:
                return seconds
    return None
