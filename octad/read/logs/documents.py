"""Logs that are documents and not lines: JSON arrays and exports, XML and CSV of Windows events.

Their records become lines of JSON, which the readers of lines take; `places` says on which line of the file
each of them begins.
"""

from __future__ import annotations

import csv
import json
import re
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping
from html import unescape
from itertools import chain
from typing import BinaryIO

from octad.errors import UnreadableInput
from octad.read.code.decode import MAX_LINE
from octad.read.logs.stream import CHUNK, lines_in
from octad.read.logs.vendors import telemetry

MAX_DOCUMENT = 128 << 20
"""Bytes of a document, which is read as a whole."""
_HEAD = 4_096
_NESTED = re.compile(rb'"(?:Records|resourceLogs|logEvents)"\s*:\s*\[')
_JSON = re.compile(rb"\s*(?:\[\s*\{|\{\s*\n)")
_XML = re.compile(rb"[\s-]{0,100}(?:<\?xml[^>]{0,200}\?>[\s-]{0,100})?<Events?[\s>]")  # browsers print dashes
_CSV = re.compile(
    rb'[^\n]*?(?:Date and Time|TimeCreated|TimeGenerated)[^\n]*\n|"?Level"?,"?Date and Time', re.IGNORECASE
)
_BOMS = (b"\xff\xfe", b"\xfe\xff")
_EVENT, _END = re.compile(r"<Event[\s>]"), "</Event>"
_ELEMENT = re.compile(r"<(Level|EventID|Keywords|Message)(?:\s[^<>]{0,500})?>([^<]{0,65536})<")
_CREATED = re.compile(r"<TimeCreated\s[^<>]{0,200}?SystemTime=[\"']([^\"'<>]{1,60})[\"']")
_PROVIDER = re.compile(r"<Provider\s[^<>]{0,500}?Name=[\"']([^\"'<>]{1,200})[\"']")
_DATA = re.compile(r"<Data(?:\s+Name=[\"']([^\"'<>]{0,200})[\"'])?\s*>([^<]{0,65536})</Data>")
_LISTS = ("Records", "logEvents")
_SPACE = re.compile(r"[\s,]*")
_decode = json.JSONDecoder().raw_decode
Placed = Iterator[tuple[int, int, object]]
"""Records, each after the offsets where it begins and where what follows it does."""


def lines_of(
    stream: BinaryIO | Iterable[bytes], name: str, flags: set[str], places: array[int]
) -> Iterator[list[str]]:
    """Lists of lines of a log, or of the records of a document; raises UnreadableInput as `lines_in` does.

    The lines on which a document's records begin are appended to `places`.
    """
    chunks = iter(stream if not hasattr(stream, "read") else iter(lambda: stream.read(CHUNK), b""))
    first: list[bytes] = []
    for data in chunks:
        first.append(data)
        if sum(map(len, first)) >= _HEAD or len(first) >= _HEAD:
            break
    read = _kind(b"".join(first)[:_HEAD])
    if read is None:
        yield from lines_in(chain(first, chunks), name, flags)
        return
    whole = _whole(chain(first, chunks), name)
    text = whole.decode("utf-16" if whole[:2] in _BOMS else "utf-8-sig", "replace")
    text = text.replace("\r\n", "\n")
    line = before = end = 0
    for at, after, record in read(text):
        line, before, end = line + text.count("\n", before, at), at, after
        places.append(line + 1)
        yield [json.dumps(record)]
    if not places:
        yield from lines_in([whole], name, flags)
    elif rest := text[end:].rstrip("\n\t ,]"):
        number = text.count("\n", 0, end) + 1
        lines = [one[:MAX_LINE] for one in rest.split("\n")]
        places.extend(range(number, number + len(lines)))
        yield lines


def _kind(head: bytes) -> Callable[[str], Placed] | None:
    """How a document that begins so is read; None for a log of lines."""
    if head[:2] in _BOMS:
        head = head[: len(head) // 2 * 2].decode("utf-16", "replace").encode()
    head = head.removeprefix(b"\xef\xbb\xbf")
    start = head.lstrip()[:1]
    if (start == b"{" and _NESTED.search(head)) or _JSON.match(head):
        return _json
    if _XML.match(head):
        return _events
    return _table if _CSV.match(head) else None


def _whole(chunks: Iterable[bytes], name: str) -> bytes:
    """All of a document; raises UnreadableInput where that is too much."""
    held = bytearray()
    for data in chunks:
        held += data
        if len(held) > MAX_DOCUMENT:
            raise UnreadableInput(
                f"{name}: a document of more than {MAX_DOCUMENT >> 20} MB",
                hint="write its records one a line, say with jq -c",
            )
    return bytes(held)


def _json(text: str) -> Placed:
    """The objects of JSON values one after another, of arrays, and of what exports wrap them in."""
    at = 0
    while True:
        at = _after_space(text, at)
        if text.startswith(("[", "]"), at):
            at += 1
            continue
        try:
            value, end = _decode(text, at)
        except (ValueError, RecursionError):
            return
        if not isinstance(value, Mapping):
            return
        yield from _unwrapped(text, at, end, value)
        at = end


def _unwrapped(text: str, at: int, end: int, value: Mapping[str, object]) -> Placed:
    """The records in an export; any other object is one itself."""
    if "resourceLogs" in value:
        yield from ((at, end, line) for line in telemetry(value))
        return
    line = any(name in value for name in ("message", "msg", "level"))
    name = next((name for name in _LISTS if not line and isinstance(value.get(name), list)), None)
    held = value[name] if name else None
    if name is None or not isinstance(held, list):
        yield at, end, value
        return
    opened = re.compile(rf'"{name}"\s*:\s*\[').search(text, at, end)
    inner = opened.end() if opened else at
    for record in held:
        inner = _after_space(text, inner)
        yield inner, end, record
        try:
            inner = _decode(text, inner)[1]
        except ValueError:  # the name stood elsewhere before
            inner = at


def _after_space(text: str, at: int) -> int:
    """Where the next value begins."""
    match = _SPACE.match(text, at)
    return match.end() if match else at


def _events(text: str) -> Placed:
    """The events of an XML export of Windows."""
    end = 0
    while begun := _EVENT.search(text, end):
        found = text.find(_END, begun.start())
        if found < 0:
            return
        end = found + len(_END)
        yield begun.start(), len(text), _event(text[begun.start() : end])


def _event(event: str) -> object:
    """An event as a record; only what a log is made of is looked at."""
    created, provider = _CREATED.search(event), _PROVIDER.search(event)
    held = {name: unescape(one.strip()) for name, one in reversed(_ELEMENT.findall(event))}
    data = {name or f"{at}": unescape(one) for at, (name, one) in enumerate(_DATA.findall(event))}
    system = {
        "TimeCreated": {"SystemTime": created.group(1) if created else None},
        "Provider": {"Name": unescape(provider.group(1)) if provider else None},
        "Level": held.get("Level"),
        "EventID": held.get("EventID"),
        "Keywords": held.get("Keywords"),
    }
    rendered = {"Message": held.get("Message")}
    return {"Event": {"System": system, "EventData": data, "RenderingInfo": rendered}}


def _table(text: str) -> Placed:
    """The rows of a CSV export of Windows events; a message may span lines, and its column lack a name."""
    offsets = [0]

    def fed() -> Iterator[str]:
        for line in text.splitlines(keepends=True):
            offsets.append(offsets[-1] + len(line))
            yield line

    rows = csv.reader(fed())
    try:
        header = next(rows)
        before = rows.line_num
        for row in rows:
            start, before = offsets[before], rows.line_num
            named = dict(zip(header, row, strict=False))
            if len(row) > len(header):
                named["Message"] = row[len(header)]
            yield start, len(text), named
    except (csv.Error, StopIteration):
        return
