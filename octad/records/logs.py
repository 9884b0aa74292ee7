"""Logs as the templates that their lines follow: what was said, how often, when, and first where."""

from __future__ import annotations

from typing import NamedTuple

from octad.records.base import Record

VARIES = "<*>"
"""Stands in a template where the lines differ."""


class LogLine(NamedTuple):
    """One message as reading parted it: Unix seconds or None, service, level in lower case, text, line.

    `message` may span lines (a stack trace); `line` is where it begins, 1-based.
    """

    time: float | None
    service: str
    level: str
    message: str
    line: int


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
    count: int
    first: float | None = None
    last: float | None = None
    counts: tuple[tuple[int, int], ...] = ()
    parameters: tuple[tuple[str, ...], ...] = ()
    example: str = ""
    source: str = ""
    line: int = 1


class Logs(Record):
    """The templates of one or more logs; bucket b covers `start + b * interval` seconds and on.

    `lines` counts the messages (a stack trace is one), `flags` names what reading noticed: `binary`,
    `no-times`, `clock-skew`, `truncated`, `mixed-zones`.
    """

    templates: tuple[LogTemplate, ...] = ()
    lines: int = 0
    start: float | None = None
    interval: float = 1.0
    flags: tuple[str, ...] = ()
