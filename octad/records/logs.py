"""Logs as the templates that their lines follow: what was said, how often, when, and first where."""

from __future__ import annotations

import math
from typing import NamedTuple

from pydantic import Field

from octad.records.base import Bucket, Count, Moment, Record
from octad.records.series import Series

VARIES = "<*>"
"""Stands in a template where the lines differ."""


class Request(NamedTuple):
    """What an access log says of one request: its HTTP status and how many seconds it took, if it says so."""

    status: int
    seconds: float | None = None


class LogLine(NamedTuple):
    """One message as reading parted it: Unix seconds or None, service, level in lower case, text, line.

    `message` may span lines (a stack trace); `line` is where it begins, 1-based. `request` is that of a
    line of an access log.
    """

    time: float | None
    service: str
    level: str
    message: str
    line: int
    request: Request | None = None


class LogTemplate(Record):
    """Lines of one shape.

    `template` has `<*>` where the lines differ, and `parameters` holds a few of the values seen in each
    such place. `first` and `last` are Unix seconds, None where lines carry no time; `counts` are (bucket,
    lines) in buckets of the log's interval, in the order of time. `example` is the first line as it was,
    `line` its number in `source`.
    """

    template: str
    service: str = ""
    level: str = ""
    count: Count
    first: Moment | None = None
    last: Moment | None = None
    counts: tuple[tuple[Bucket, Count], ...] = ()
    parameters: tuple[tuple[str, ...], ...] = ()
    example: str = ""
    source: str = ""
    line: int = 1


class Logs(Record):
    """The templates of one or more logs; bucket b covers `start + b * interval` seconds and on.

    `lines` counts the messages (a stack trace is one), `flags` names what reading noticed: `binary`,
    `no-times`, `clock-skew`, `truncated`, `mixed-zones`. `series` are what access logs count: requests
    by class of status, and how long they took.
    """

    templates: tuple[LogTemplate, ...] = ()
    lines: Count = 0
    start: Moment | None = None
    interval: float = Field(default=1.0, gt=0, le=1e11)
    flags: tuple[str, ...] = ()
    series: tuple[Series, ...] = ()


def until(logs: Logs, time: float) -> Logs:
    """What had been said before a time, in whole buckets; templates without a line are not there.

    Nothing can be said of a log without times: it is given as empty.
    """
    if logs.start is None:
        return Logs(flags=logs.flags)
    last = math.ceil((time - logs.start) / logs.interval)
    templates = []
    for one in logs.templates:
        counts = tuple((bucket, lines) for bucket, lines in one.counts if bucket < last)
        if counts:
            end = logs.start + counts[-1][0] * logs.interval
            update = {"counts": counts, "count": sum(lines for _, lines in counts), "last": end}
            templates.append(one.model_copy(update=update))
    lines = sum(one.count for one in templates)
    return logs.model_copy(update={"templates": tuple(templates), "lines": lines})
