"""What the parts of a line are, and the names that structured logs give to them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from octad.read.logs.levels import level_of
from octad.read.logs.times import Clock
from octad.read.logs.vendors import plain
from octad.records.logs import Request

Fields = tuple[float | None, str, str, str]
"""Time, service, level, message of a line."""


class Wrapped(NamedTuple):
    """A line in the envelope of a runtime; `whole` is false where the next line of its stream goes on."""

    time: float | None
    service: str
    level: str
    content: str
    whole: bool = True
    stream: str = ""


class Access(NamedTuple):
    """The same of a line of an access log, with the request that it tells of."""

    time: float | None
    service: str
    level: str
    message: str
    request: Request


def names(text: str) -> tuple[str, ...]:
    """Names parted by blanks, in the order in which they are looked for."""
    return tuple(text.split())


_TIME = names(
    "time timestamp @timestamp ts @t t datetime date asctime eventTime timeMillis t.$date "
    "__REALTIME_TIMESTAMP _SOURCE_REALTIME_TIMESTAMP timeUnixNano time_local time_iso8601 EventTime"
)
_LEVEL = names(
    "level severity lvl levelname log.level loglevel log_level severityText error_severity @l PRIORITY s"
)
MESSAGE = names("message msg event log @m @mt MESSAGE text body textPayload short_message")
"""The names of what a structured line says."""
_SERVICE = names(
    "service.name service service_name app application app_name kubernetes.labels.app "
    "kubernetes.container_name kubernetes.container.name container_name container.name container "
    "resource.labels.container_name unit _SYSTEMD_UNIT SYSLOG_IDENTIFIER program"
)
# A logger is a part of a service; it stands for the service where nothing better does.
_LOGGER = names("name logger logger_name log.logger loggerName component module")
_CAUSE = names("error err error.message err.message exception.message")
_STACK = names(
    "exception exc_info stack stack_trace stacktrace traceback error.stack_trace error.stack err.stack "
    "exception.stacktrace"
)
_HEADER = frozenset(_TIME + _LEVEL + MESSAGE + _SERVICE + _LOGGER)


def fields_of(record: Mapping[str, object], clock: Clock, *, loggers: bool) -> Fields | None:
    """The parts of a structured line; None when it has neither a message nor a time.

    `loggers`: a logger's name may stand for the service.
    """
    record = plain(record)
    time = next((at for value in values(record, _TIME) if (at := clock.read(value)) is not None), None)
    message = next(
        (text for value in values(record, MESSAGE) if isinstance(value, str) and (text := value)),
        None,
    )
    if message is None and time is None:
        return None
    level = next((name for value in values(record, _LEVEL) if (name := level_of(value))), "")
    service = text_of(record, _SERVICE).removesuffix(".service")
    if not service and (loggers or "hostname" in record):  # bunyan and pino: name is the application
        service = text_of(record, _LOGGER)
    if message is None:
        return time, service, level, _pairs(record)
    cause = text_of(record, _CAUSE)
    if cause and cause not in message:
        message = f"{message}: {cause}"
    stack = text_of(record, _STACK)
    return time, service, level, f"{message}\n{stack}" if stack else message


def values(record: Mapping[str, object], names: Iterable[str]) -> Iterable[object]:
    """The values under these names; a dotted name is also a way through objects."""
    for name in names:
        value = record.get(name)
        if value is None and "." in name:
            value = record
            for part in name.split("."):
                value = value.get(part) if isinstance(value, Mapping) else None
        if value is not None:
            yield value


def text_of(record: Mapping[str, object], names: Iterable[str]) -> str:
    """The first of these that is a text."""
    return next(
        (value.strip() for value in values(record, names) if isinstance(value, str) and value.strip()), ""
    )


def _pairs(record: Mapping[str, object]) -> str:
    """A record without a message, as the pairs that it consists of."""
    return " ".join(f"{name}={value}" for name, value in record.items() if name not in _HEADER)


_RANDOM = "[bcdfghjklmnpqrstvwxz2456789]"  # what Kubernetes draws its suffixes from
_POD = re.compile(rf"-(?:[0-9a-f]{{8,10}}-{_RANDOM}{{5}}|{_RANDOM}{{5}}|\d{{1,4}})$")


def workload_of(pod: str) -> str:
    """The name of what a pod or a numbered container is a replica of."""
    return _POD.sub("", pod) or pod
