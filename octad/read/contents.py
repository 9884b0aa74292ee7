"""Bytes of one export, expanded where it is compressed, never more than a stated bound."""

from __future__ import annotations

import gzip
import io
import os
import sys
import zlib
from pathlib import Path

from octad.errors import UnreadableInput
from octad.read.code.files import read_bytes

MAX_BYTES = 64_000_000


def shown_name(path: Path) -> str:
    """The path as the user gave it, without bytes that are no characters."""
    return os.fsencode(path).decode("utf-8", "replace")


def contents(path: Path, limit: int = MAX_BYTES) -> bytes:
    """What a file holds, `.gz` expanded; raises UnreadableInput, naming the file, beyond `limit` bytes."""
    try:
        data = read_bytes(str(path), limit)
        return _expanded(data, limit) if path.suffix == ".gz" else data
    except UnreadableInput as error:
        hint = "cut it to the hours in question" if "larger than" in error.message else "check the path"
        raise UnreadableInput(f"{shown_name(path)}: {error.message}", hint=hint) from error


def _expanded(data: bytes, limit: int) -> bytes:
    """Expand gzip; a small file can hold terabytes, so that no more than the bound is ever asked for."""
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as file:
            expanded = file.read(limit + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise UnreadableInput("not gzip, or cut off") from error
    if len(expanded) > limit:
        raise UnreadableInput(f"larger than {limit:,} bytes when expanded")
    return expanded


def text_of(path: Path, limit: int = MAX_BYTES) -> str:
    """The text of a file, or of standard input where it is `-`; raises UnreadableInput."""
    if str(path) != "-":
        return contents(path, limit).decode("utf-8-sig", "replace")
    if sys.stdin is None or sys.stdin.isatty():
        raise UnreadableInput("nothing on standard input", hint="name a file")
    data = sys.stdin.buffer.read(limit + 1)
    if len(data) > limit:
        raise UnreadableInput(f"standard input is larger than {limit:,} bytes")
    return data.decode("utf-8-sig", "replace")
