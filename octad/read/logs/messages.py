"""Lines of one log to messages: formats taken apart, envelopes opened, stack traces put together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import cast

from octad.read.code.decode import MAX_LINE
from octad.read.logs.clocks import Apart, Noticed
from octad.read.logs.fields import Access, Fields, Wrapped
from octad.read.logs.formats import Formats
from octad.read.logs.levels import ERROR
from octad.read.logs.plain import part_logger
from octad.read.logs.postgres import QUOTED
from octad.read.logs.stack_traces import Traces
from octad.read.logs.times import Clock
from octad.records.logs import LogLine

MAX_MESSAGE = 65_536
"""Characters of a message that are kept."""

_SAMPLE = 200  # lines that decide the format
_DEPTH = 3  # envelopes within envelopes
_UNFINISHED = 64  # streams whose last line was not whole


class Messages:
    """Takes the lines of one source as they come and gives its messages."""

    def __init__(self, service: str, now: float, noticed: Noticed) -> None:
        self._service = service
        self._flags = noticed.flags
        self._outer = Formats(Clock(now, noticed.zones), loggers=not service)
        self._inner = Formats(Clock(now, set()), loggers=not service)
        self._apart = Apart(noticed.flags)
        self._traces = Traces()
        self._number = 0
        self._time: float | None = None
        self._last: LogLine | None = None  # what the lines to come may still belong to
        self._tail: list[str] = []  # those that do
        self._stream = ""  # where they come from
        self._parts: dict[str, tuple[int, Wrapped]] = {}  # beginnings of lines, by stream

    def add(self, lines: Sequence[str]) -> Iterator[LogLine]:
        """The messages that end before or within these lines."""
        if not self._number:
            self._learn(lines[:_SAMPLE])
        first, service, last = self._outer.first, self._service, self._last
        for number, text in enumerate(lines, self._number + 1):
            found = first(text)
            # The common case, kept short: a whole line of a known service.
            if type(found) is tuple and service and len(text) <= MAX_MESSAGE:
                time, named, level, message = cast("Fields", found)
                line: LogLine | None = LogLine(time, named or service, level, message, number)
                self._stream, self._time = "", time
            else:
                line = self._line(text, found, number)
            if line is not None:
                if last is not None:
                    yield self._joined(last) if self._tail else last
                self._last = last = line
        self._number += len(lines)

    def end(self) -> Iterator[LogLine]:
        """The last message, and lines that were never finished."""
        if self._last is not None:
            yield self._joined(self._last)
        for number, part in self._parts.values():
            yield self._made(self._opened(part), number)
        self._apart.conclude()

    def _learn(self, sample: Sequence[str]) -> None:
        """Decide the format, also of what is in the envelopes."""
        self._outer.learn([text.lstrip() for text in sample])
        found = map(self._outer.read, sample)
        self._inner.learn([one.content for one in found if isinstance(one, Wrapped)])

    def _line(self, text: str, found: Fields | Access | Wrapped | None, number: int) -> LogLine | None:
        """The message that begins with this line; None where the line goes on with another."""
        if found is None and text[:1].isspace():  # a log may be indented as a whole
            found = self._outer.first(text.lstrip())
            found = found if found is not None and found[0] is not None else None
        if found is None and QUOTED in self._parts:
            found = Wrapped(None, "", "", "", text.count('"') % 2 == 1, QUOTED)
        if found is None:
            if self._goes_on(text, ""):
                return None
            found = self._outer.other(text)
        if isinstance(found, Wrapped):
            if not found.whole or found.stream in self._parts:
                number, found = self._together(number, found)
            if not found.whole or self._goes_on(found.content, found.stream):
                return None
            self._stream = found.stream
            return self._made(self._opened(found), number)
        self._stream = ""
        if found is None or (found[0] is None and Traces.begins(text)):
            # A crash printed without a time is of the time of the line before.
            found = (self._time, "", ERROR, text) if Traces.begins(text) else (None, "", "", text)
        return self._made(found, number)

    def _goes_on(self, text: str, stream: str) -> bool:
        """Whether a line, or what is in its envelope, belongs to the message before; blank ones to none."""
        if self._last is None or stream != self._stream:
            return not text.strip()
        if not self._traces.goes_on(text, self._last):
            return not text.strip()
        self._tail.append(text)
        return True

    def _together(self, number: int, part: Wrapped) -> tuple[int, Wrapped]:
        """What a stream has given of its line so far; kept until the line is whole."""
        begun, before = self._parts.pop(part.stream, (number, part._replace(content="")))
        so_far = before._replace(content=(before.content + part.content)[:MAX_LINE], whole=part.whole)
        if not part.whole:
            if len(self._parts) >= _UNFINISHED:
                self._flags.add("truncated")
                self._parts.clear()
            self._parts[part.stream] = (begun, so_far)
        return begun, so_far

    def _opened(self, outer: Wrapped) -> Fields | Access:
        """The parts of what is in an envelope; the outer time counts, and the inner service."""
        time, service, level, content, *_ = outer
        for _ in range(_DEPTH):
            found = self._inner.read(content)
            if found is None:
                break
            at, name, said, content = found[:4]
            if at is not None and time is not None:
                if _years_apart(time, at):  # syslog does not say the year
                    time = at
                self._apart.add(time, at)
            time, service, level = at if time is None else time, name or service, said or level
            if isinstance(found, Access):
                return found._replace(time=time, service=service, level=level)
            if not isinstance(found, Wrapped):
                break
        return time, service, level, content

    def _made(self, fields: Fields | Access, number: int) -> LogLine:
        """A message of these parts; without a service, its logger's name is taken for one."""
        time, service, level, message = fields[:4]
        service = service or self._service
        if not service:
            service, message = part_logger(message)
        if len(message) > MAX_MESSAGE:
            self._flags.add("truncated")
            message = message[:MAX_MESSAGE]
        self._time = self._time if time is None else time
        request = fields.request if isinstance(fields, Access) else None
        return LogLine(time, service, level, message, number, request)

    def _joined(self, line: LogLine) -> LogLine:
        """A message with the lines that belong to it."""
        message = "\n".join([line.message, *self._tail]).rstrip() if self._tail else line.message
        self._tail.clear()
        if len(message) > MAX_MESSAGE:
            self._flags.add("truncated")
        return line._replace(message=message[:MAX_MESSAGE])


def _years_apart(one: float, other: float) -> bool:
    """Whether two times differ by whole years, give or take a day."""
    days = abs(one - other) / 86400
    return days > 300 and abs(days / 365.25 - round(days / 365.25)) * 365.25 < 1.5
