"""Structured records that no logger wrote: of clouds, operating systems and collectors.

Each is put as the plain record that `fields_of` reads: time, level, service, message.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping

from octad.read.logs.levels import CRITICAL, DEBUG, ERROR, INFO, TRACE, WARNING

Fields = Mapping[str, object]
_WINDOWS = (INFO, CRITICAL, ERROR, WARNING, INFO, TRACE)
_HEX, _FAILED = re.compile("0x[0-9a-fA-F]{1,16}"), 1 << 52
_SEVERITIES = (TRACE, DEBUG, INFO, WARNING, ERROR, CRITICAL)  # of OpenTelemetry, four numbers each
_SINCE = re.compile(r"\\?/Date\((\d{12,14})(?:[+-]\d{4})?\)\\?/")
_LOCAL = re.compile(r"(\d\d?)[/.](\d\d?)[/.](\d{4}),? (\d\d?):(\d\d)(?::(\d\d))?(?: ?([AaPp][Mm]))?")
_LONGEST = 2_000
"""Characters of what a record says in pairs."""


def plain(record: Fields) -> Fields:
    """The record as a plain one where it is of a known make, itself where it is not."""
    for mark, put in _MAKES:
        if mark in record and (found := put(record)) is not None:
            return found
    return record


def telemetry(record: Fields) -> Iterator[Fields]:
    """The log records of an export of OpenTelemetry, whose resources name the services."""
    for resource in _dicts(record.get("resourceLogs")):
        about = _attributes(_dict(resource.get("resource")))
        for scope in (
            *_dicts(resource.get("scopeLogs")),
            *_dicts(resource.get("instrumentationLibraryLogs")),
        ):
            for line in _dicts(scope.get("logRecords")):
                yield _telemetry_line(line, about)


def _telemetry_line(line: Fields, about: Fields) -> Fields:
    attributes = _attributes(line)
    number = _number(line.get("severityNumber"))
    level: object = _SEVERITIES[(number - 1) // 4] if 1 <= number <= 24 else line.get("severityText")
    body = _value(line.get("body"))
    service = about.get("service.name") or about.get("k8s.deployment.name") or about.get("k8s.container.name")
    time = line.get("timeUnixNano") or None
    if time in (None, "0"):
        time = line.get("observedTimeUnixNano")
    return {
        "time": time,
        "level": level,
        "service": service,
        "message": body if isinstance(body, str) and body else _said(attributes),
        "exception.stacktrace": attributes.get("exception.stacktrace"),
        "exception.message": attributes.get("exception.message"),
    }


def _cloudtrail(record: Fields) -> Fields | None:
    """A call of an API in an account of AWS: one that failed is an error, one that was refused a warning.

    Sign-ins that failed have a message of an error, and no code of one.
    """
    source, name = record.get("eventSource"), record.get("eventName")
    if not isinstance(source, str):
        return None
    error = record.get("errorCode")
    refused = isinstance(error, str) and ("Denied" in error or "Unauthorized" in error)
    said, text = f"{error}: " if error else "", record.get("errorMessage")
    return {
        "time": record.get("eventTime"),
        "level": (WARNING if refused else ERROR) if error else WARNING if text else INFO,
        "service": source.removesuffix(".amazonaws.com"),
        "message": f"{said}{name}{f' {text}' if text else ''}",
    }


def _windows_event(record: Fields) -> Fields | None:
    """An event of Windows as its XML has it: `Event.System` and `Event.EventData`."""
    event = _dict(record["Event"])
    system = _dict(event.get("System"))
    if not system:
        return None
    data = _dict(event.get("EventData")) or _dict(event.get("UserData"))
    created, provider = _inner(system.get("TimeCreated")), _inner(system.get("Provider"))
    rendered = _dict(event.get("RenderingInfo")).get("Message")
    identity = system.get("EventID")
    shown = _dict(identity).get("#text", identity) if isinstance(identity, Mapping) else identity
    return {
        "time": created.get("SystemTime"),
        "level": _audited(system) or windows_level(system.get("Level")),
        "service": provider.get("Name"),
        "message": rendered or f"event {shown}: {_said(data)}".rstrip(),
    }


def _audited(system: Fields) -> str:
    """The level of what Windows audits, whose events have none: a failure is a warning."""
    words = system.get("Keywords")
    failed = isinstance(words, str) and _HEX.fullmatch(words.strip()) and int(words, 16) & _FAILED
    return WARNING if failed and not _number(system.get("Level")) else ""


def _windows_record(record: Fields) -> Fields | None:
    """An event of Windows as PowerShell and shippers export it, one column a property."""
    level = record.get("LevelDisplayName") or record.get("Severity") or record.get("SeverityValue")
    level = level if level and not isinstance(level, int) else windows_level(record.get("Level"))
    time = record.get("TimeCreated") or record.get("EventTime") or record.get("Date and Time")
    if isinstance(time, Mapping):
        time = time.get("value") or time.get("DateTime")
    number = record.get("EventID") or record.get("Id") or record.get("Event ID") or record.get("EventId")
    message = record.get("Message") or record.get("MapDescription") or record.get("Task Category")
    if time is None or (number is None and message is None):
        return None
    service = next((record[name] for name in _PROVIDERS if record.get(name)), None)
    at = _windows_time(time) if isinstance(time, str) else time
    return {"time": at, "level": level, "service": service, "message": message or f"event {number}"}


def _windows_time(text: str) -> str:
    """A time as PowerShell or the event viewer writes it, in a form that is read everywhere.

    With AM and PM the month comes first; else the day, as in most of the world.
    """
    since = _SINCE.fullmatch(text.strip())
    if since is not None:
        return since.group(1)
    match = _LOCAL.match(text.strip())
    if match is None:
        return text
    first, second, year, hour, minute, seconds, half = match.groups()
    month, day = (first, second) if half or int(second) > 12 else (second, first)
    hours = int(hour) % 12 + 12 * (half.upper() == "PM") if half else int(hour)
    return f"{year}-{int(month):02}-{int(day):02}T{hours:02}:{minute}:{seconds or '00'}"


def _journal(record: Fields) -> Fields | None:
    """A record of systemd's journal; it gives a message that is no text as the numbers of its bytes."""
    given = record["MESSAGE"]
    if str(record.get("_SYSTEMD_UNIT")).endswith(".scope"):  # a session is no service
        record = {name: value for name, value in record.items() if name != "_SYSTEMD_UNIT"}
    if not isinstance(given, list) or not all(isinstance(one, int) and 0 <= one < 256 for one in given):
        return record
    return {**record, "MESSAGE": bytes(given).decode("utf-8", "replace")}


def windows_level(value: object) -> str:
    """The level by the number that Windows gives to it, or by its word in one of the usual languages."""
    if isinstance(value, str) and not value.strip().isdigit():
        return value if value.strip().lower() != "informational" else INFO
    number = _number(value, -1)
    return _WINDOWS[number] if 0 <= number < len(_WINDOWS) else ""


_PROVIDERS = ("ProviderName", "Provider", "SourceName", "Source")
_MAKES: tuple[tuple[str, Callable[[Fields], Fields | None]], ...] = (
    ("eventName", _cloudtrail),
    ("Event", _windows_event),
    ("ProviderName", _windows_record),
    ("Provider", _windows_record),
    ("SourceName", _windows_record),
    ("Date and Time", _windows_record),
    ("MESSAGE", _journal),
)
"""A key that only such records have, and what puts them plainly."""


def _dict(value: object) -> Fields:
    return value if isinstance(value, Mapping) else {}


def _dicts(value: object) -> Iterator[Fields]:
    return (one for one in value if isinstance(one, Mapping)) if isinstance(value, list) else iter(())


def _inner(value: object) -> Fields:
    """The attributes of an element, under whichever name a converter of XML puts them."""
    found = _dict(value)
    return _dict(found.get("#attributes")) or {name.lstrip("@"): one for name, one in found.items()}


def _attributes(record: Fields) -> dict[str, object]:
    """Attributes as OpenTelemetry lists them, by their keys."""
    return {str(one.get("key")): _value(one.get("value")) for one in _dicts(record.get("attributes"))}


def _value(value: object) -> object:
    """What an `AnyValue` of OpenTelemetry holds; structures as JSON."""
    if not isinstance(value, Mapping):
        return value
    held = next(iter(value.values()), None)
    return json.dumps(held)[:_LONGEST] if isinstance(held, list | Mapping) else held


def _said(data: Fields) -> str:
    """Pairs of a record, in their order."""
    return " ".join(f"{name}={value}" for name, value in data.items() if name != "#attributes")[:_LONGEST]


def _number(value: object, otherwise: int = 0) -> int:
    """A whole number, also in digits."""
    try:
        return int(value) if isinstance(value, str | int) else otherwise
    except ValueError:
        return otherwise
