"""Lines that are JSON objects or logfmt pairs."""

from __future__ import annotations

import json
import re

from octad.read.logs.access_records import access_of
from octad.read.logs.fields import Access, Fields, Wrapped, fields_of
from octad.read.logs.times import Clock

_PAIR = re.compile(r'([A-Za-z_@][\w.@/-]{0,60})=(?:"((?:[^"\\]|\\.)*)"|([^\s"=]*))(?=\s|$)')
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_MEANT = {"n": "\n", "t": "\t", "r": "\r"}


def read_json(text: str, clock: Clock, *, loggers: bool) -> Fields | Access | Wrapped | None:
    """A JSON object of the usual loggers, or of docker's json-file, whose content is a line of its own."""
    if not text.startswith("{"):
        return None
    try:
        record = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(record, dict):
        return None
    content = record.get("log")
    if isinstance(content, str) and "stream" in record:
        fields = fields_of(
            {name: value for name, value in record.items() if name != "log"}, clock, loggers=False
        )
        time, service = (fields[0], fields[1]) if fields else (None, "")
        whole = content.endswith("\n")
        return Wrapped(time, service, "", content.rstrip("\r\n"), whole, str(record["stream"]))
    fields = fields_of(record, clock, loggers=loggers)
    return fields and (access_of(record, fields) or fields)


def read_logfmt(text: str, clock: Clock, *, loggers: bool) -> Fields | Access | None:
    """Pairs `key=value key="quoted value"` and nothing else, two at least."""
    record: dict[str, object] = {}
    at = 0
    while at < len(text):
        match = _PAIR.match(text, at)
        if match is None:
            return None
        name, quoted, bare = match.groups()
        record.setdefault(name, bare if quoted is None else _ESCAPE.sub(_unescaped, quoted))
        at = match.end()
        while at < len(text) and text[at].isspace():
            at += 1
    fields = fields_of(record, clock, loggers=loggers) if len(record) > 1 else None
    return fields and (access_of(record, fields) or fields)


def _unescaped(match: re.Match[str]) -> str:
    """What an escape in quotes means."""
    return _MEANT.get(match.group(1), match.group(1))
