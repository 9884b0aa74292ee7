"""What happened and when, from JSON: an `Events` record, a list of events, or one event per line.

An event has `time` (Unix time or ISO 8601, UTC without a zone), `kind` and `subject`; other fields with
plain values become attributes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from octad.errors import InputError
from octad.read.contents import contents, shown_name
from octad.read.instants import instant
from octad.records.events import Event, Events

MAX_EVENTS = 100_000
_SHAPE = 'an event is {"time": "2026-01-31T12:00:00Z", "kind": "deployed", "subject": "api"}'


def read_events(path: Path) -> Events:
    """The events of a file, by time; raises InputError, naming file and event, for what is none."""
    source = shown_name(path)
    data = contents(path)
    if not data.strip():
        raise InputError(f"{source}: empty file", hint=_SHAPE)
    found = _found(data, source)
    if len(found) > MAX_EVENTS:
        raise InputError(f"{source}: more than {MAX_EVENTS:,} events", hint="cut it to the recent ones")
    events = [_event(one, f"{source}: event {number}") for number, one in enumerate(found, 1)]
    return Events(events=tuple(sorted(events, key=lambda one: one.time)))


def _found(data: bytes, source: str) -> list[object]:
    """The events as JSON has them."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{source}: not JSON: not UTF-8", hint=_SHAPE) from error
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return list(_lines(text, source))
    if isinstance(document, dict) and "events" in document:
        document = document["events"]
    elif isinstance(document, dict):
        document = [document]
    if not isinstance(document, list):
        raise InputError(f"{source}: no list of events", hint=_SHAPE)
    return document


def _lines(text: str, source: str) -> Iterable[object]:
    """JSON lines; raises InputError, naming the row, for a line that is none."""
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                yield json.loads(line)
            except (ValueError, RecursionError) as error:
                raise InputError(f"{source}: row {number}: not JSON", hint=_SHAPE) from error


def _event(one: object, place: str) -> Event:
    """One event, its fields checked."""
    if not isinstance(one, dict):
        raise InputError(f"{place} is no object", hint=_SHAPE)
    fields = {name: value for name, value in one.items() if name != "attributes"}
    nested = one.get("attributes", {})
    if not isinstance(nested, dict):
        raise InputError(f"{place}: attributes are no object", hint=_SHAPE)
    for name in ("time", "kind", "subject"):
        if not isinstance(fields.get(name), str | int | float) or not str(fields[name]).strip():
            raise InputError(f"{place} has no {name}", hint=_SHAPE)
    try:
        time = datetime.fromtimestamp(instant(str(fields.pop("time"))).seconds, UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise InputError(f"{place}: {str(one['time'])[:40]!r} is no time", hint=_SHAPE) from error
    kind, subject = str(fields.pop("kind")), str(fields.pop("subject"))
    attributes = {name: value for name, value in {**fields, **nested}.items() if value is not None}
    if any(isinstance(value, dict | list) for value in attributes.values()):
        raise InputError(f"{place}: attributes must be plain values", hint=_SHAPE)
    return Event(
        time=time, kind=kind, subject=subject,
        attributes={name: str(value) for name, value in attributes.items()},
    )  # fmt: skip
