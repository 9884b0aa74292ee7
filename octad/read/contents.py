"""Bytes of one export, expanded where it is compressed, never more than a stated bound."""

from __future__ import annotations

import gzip
import io
import lzma
import os
import zlib
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

from octad.errors import MissingExtra, UnreadableInput
from octad.host.files import read_bytes, standard_input

MAX_BYTES = 64_000_000
COMPRESSED = (".gz", ".xz", ".zst")
"""Endings of compressed files; what is compressed without one is known by how it begins."""
_DICTIONARY = 1 << 27
"""Bytes that expanding may hold beside what it gives, as much as xz and zstd mostly ask for."""

_SIP = 1024
"""Bytes that zstd is given at a time: it gives no more than 32,768 for each."""


def shown_name(path: Path) -> str:
    """The path as the user gave it, without bytes that are no characters."""
    return "standard input" if str(path) == "-" else os.fsencode(path).decode("utf-8", "replace")


def contents(path: Path, limit: int = MAX_BYTES) -> bytes:
    """What a file holds, or standard input where it is `-`, expanded where it is compressed.

    Raises UnreadableInput, naming the file, beyond `limit` bytes; MissingExtra for zstd without its package.
    """
    name = shown_name(path)
    try:
        data = standard_input(limit) if str(path) == "-" else read_bytes(str(path), limit)
        return _expanded(data, path.suffix, limit)
    except UnreadableInput as error:
        hint = "cut it to the hours in question" if "larger than" in error.message else "check the path"
        raise UnreadableInput(f"{name}: {error.message}", hint=error.hint or hint) from error
    except MissingExtra as error:
        raise MissingExtra(f"{name}: {error.message}", hint=error.hint) from error


def text_of(path: Path, limit: int = MAX_BYTES) -> str:
    """The text of a file, or of standard input where it is `-`; raises UnreadableInput."""
    return contents(path, limit).decode("utf-8-sig", "replace")


def _expanded(data: bytes, suffix: str, limit: int) -> bytes:
    """Bytes as they were before they were compressed, if they were."""
    packed = (one for one in _FORMATS if suffix == one.ending or data.startswith(one.magic))
    found = next(packed, None)
    if found is None:
        return data
    try:
        expanded = found.expand(data, limit)
    except (OSError, EOFError, zlib.error, lzma.LZMAError) as error:
        raise UnreadableInput(f"not {found.name}, or cut off") from error
    if len(expanded) > limit:
        raise UnreadableInput(f"larger than {limit:,} bytes when expanded")
    return expanded


def _gzip(data: bytes, limit: int) -> bytes:
    """Expand; a small file can hold terabytes, so that one byte beyond the bound is enough."""
    with gzip.GzipFile(fileobj=io.BytesIO(data)) as file:
        return file.read(limit + 1)


def _xz(data: bytes, limit: int) -> bytes:
    """The same for xz, with a bound on its dictionary; several streams may stand behind each other."""
    chunks, size = [], 0
    while data and size <= limit:
        one = lzma.LZMADecompressor(memlimit=_DICTIONARY)
        chunks.append(one.decompress(data, limit + 1 - size))
        size += len(chunks[-1])
        if not one.eof and size <= limit:
            raise EOFError
        data = one.unused_data.lstrip(b"\0")
    return b"".join(chunks)


def _zstd(data: bytes, limit: int) -> bytes:
    """The same for zstd, which Python has no module for."""
    try:
        zstandard: Any = import_module("zstandard")
    except ImportError as error:
        raise MissingExtra("reading zstd needs zstandard", hint="pip install 'octad[ops]'") from error
    made, chunks, size = zstandard.ZstdDecompressor(max_window_size=_DICTIONARY), [], 0
    one = made.decompressobj()
    try:
        for start in range(0, len(data), _SIP):
            rest = data[start : start + _SIP]
            while rest and size <= limit:
                one = made.decompressobj() if one.eof else one
                chunks.append(one.decompress(rest))
                size += len(chunks[-1])
                rest = one.unused_data
    except zstandard.ZstdError as error:
        raise OSError from error
    if not one.eof and size <= limit:
        raise EOFError
    return b"".join(chunks)


class _Format(NamedTuple):
    """A way to compress: its ending and name, how it begins, and what expands it to a bound and a byte."""

    ending: str
    name: str
    magic: bytes
    expand: Callable[[bytes, int], bytes]


_FORMATS = (
    _Format(".gz", "gzip", b"\x1f\x8b\x08", _gzip),
    _Format(".xz", "xz", b"\xfd7zXZ\0", _xz),
    _Format(".zst", "zstd", b"\x28\xb5\x2f\xfd", _zstd),
)
