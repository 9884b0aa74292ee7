"""A file of traces to its lines, and to the JSON documents in it, one at a time.

JSON lines of any number are read one by one. A single document, or one line, may have MAX_DOCUMENT bytes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

from octad.errors import InputError, UnreadableInput

MAX_DOCUMENT = 64_000_000
_TOO_LARGE = "write JSON lines, or cut it to the hours in question"


def lines_of(chunks: Iterable[bytes], source: str) -> Iterator[bytes]:
    """Lines without their ends; raises UnreadableInput for one of more than MAX_DOCUMENT bytes."""
    held: list[bytes] = []
    size = 0
    for data in chunks:
        *ended, rest = data.split(b"\n")
        for line in ended:
            yield _whole([*held, line], size + len(line), source)
            held, size = [], 0
        held.append(rest)
        size += len(rest)
        if size > MAX_DOCUMENT:
            break
    yield _whole(held, size, source)


def _whole(parts: list[bytes], size: int, source: str) -> bytes:
    """The line of these parts; raises UnreadableInput where it is too long."""
    if size > MAX_DOCUMENT:
        raise UnreadableInput(f"{source}: more than {MAX_DOCUMENT:,} bytes on one line", hint=_TOO_LARGE)
    return b"".join(parts)


def documents(lines: Iterator[bytes], source: str, flags: set[str]) -> Iterator[Any]:
    """The JSON values of a file, of JSON lines or of a single document; raises InputError for neither.

    A last line that breaks off is left out, and flagged `truncated`.
    """
    first = next(lines, b"")
    value, wrong = _parsed(first)
    if wrong is not None:
        yield _single(chain([first], lines), source)
        return
    yield value
    broken = 0
    for number, line in enumerate(lines, 2):
        if not line.strip():
            continue
        if broken:
            raise InputError(
                f"{source}: line {broken} is not JSON", hint="give one document, or one on each line"
            )
        value, wrong = _parsed(line)
        if wrong is None:
            yield value
        else:
            broken = number
    if broken:
        flags.add("truncated")


def _parsed(data: bytes) -> tuple[Any, Exception | None]:
    try:
        return json.loads(data), None
    except (ValueError, RecursionError) as error:
        return None, error


def _single(lines: Iterable[bytes], source: str) -> Any:
    """One document over all lines."""
    held, size = [], 0
    for line in lines:
        held.append(line)
        size += len(line) + 1
        if size > MAX_DOCUMENT:
            raise UnreadableInput(
                f"{source}: one JSON document of more than {MAX_DOCUMENT:,} bytes", hint=_TOO_LARGE
            )
    value, wrong = _parsed(b"\n".join(held))
    if wrong is not None:
        at = f", line {wrong.lineno}" if isinstance(wrong, json.JSONDecodeError) else ""
        raise InputError(f"{source}{at}: not JSON", hint="check that the export is whole") from wrong
    return value
