"""Bytes of a log to lists of lines, with bounded memory whatever the bytes are.

Flags: `binary` (NULs or control bytes, shown as U+FFFD or kept), `truncated` (a giant line was cut, or a
compressed log breaks off).
"""

from __future__ import annotations

import codecs
import gzip
import re
import zlib
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO

from octad.errors import UnreadableInput
from octad.host.files import opened
from octad.read.code.decode import MAX_LINE, is_binary

CHUNK = 1 << 20
MAX_EXPANSION = 500
"""A compressed log that grows beyond this factor is refused: text does not compress that well."""

_ALLOWANCE = 64 << 20  # small files may be as repetitive as they like
_COLOUR = re.compile(r"\x1b\[[\d;]{0,20}[A-Za-z]")


def lines_in(stream: BinaryIO | Iterable[bytes], name: str, flags: set[str]) -> Iterator[list[str]]:
    """Lists of whole lines without their ends; raises UnreadableInput when the log begins with no text."""
    decoder: codecs.IncrementalDecoder | None = None
    carry = ""
    cutting = False  # inside a giant line whose beginning was given already
    for data in _chunks(stream):
        if decoder is None:
            data = _begin(data, flags)
            if not data:
                continue
            decoder = _decoder(data, name)
        elif is_binary(data):
            flags.add("binary")
        text = carry + _clean(decoder.decode(data), flags)
        if cutting:
            _, end, text = text.partition("\n")
            cutting = not end
        lines = text.split("\n")
        carry = lines.pop()
        if len(carry) > MAX_LINE:
            lines.append(carry)
            carry, cutting = "", True
        yield _cut(lines, flags)
    if decoder is not None:
        yield _cut([*(carry + _clean(decoder.decode(b"", True), flags)).split("\n")], flags)


@contextmanager
def open_log(path: Path, flags: set[str]) -> Iterator[Iterable[bytes]]:
    """The bytes of a log file in chunks, expanded where its name ends in `.gz`."""
    if path.is_dir():
        raise UnreadableInput(f"{path} is a folder", hint="name the log files in it")
    with ExitStack() as stack:
        try:
            file = stack.enter_context(opened(path))
        except UnreadableInput as error:
            raise UnreadableInput(f"{path}: {error.message}", hint="check the path") from error
        yield _expanded(file, path, flags) if path.suffix == ".gz" else _chunks(file)


def _expanded(file: BinaryIO, path: Path, flags: set[str]) -> Iterator[bytes]:
    """Chunks of a gzip file; one that breaks off is used as far as it goes."""
    size = 0
    with gzip.GzipFile(fileobj=file) as log:
        try:
            while data := log.read1(CHUNK):
                size += len(data)
                if size > _ALLOWANCE and size > MAX_EXPANSION * max(file.tell(), 1):
                    raise UnreadableInput(
                        f"{path} expands to more than {MAX_EXPANSION} times its size", hint="expand it first"
                    )
                yield data
        except (EOFError, zlib.error):
            flags.add("truncated")
        except gzip.BadGzipFile as error:
            reason = "cannot be read: not compressed as its name says"
            raise UnreadableInput(f"{path}: {reason}", hint="check the name") from error


def _chunks(stream: BinaryIO | Iterable[bytes]) -> Iterator[bytes]:
    """Chunks of a stream or of an iterable, in any size."""
    read = getattr(stream, "read", None)
    if read is None:
        yield from stream
        return
    while data := read(CHUNK):
        yield data


def _begin(data: bytes, flags: set[str]) -> bytes:
    """A log that was truncated while its writer went on begins with NULs: what counts is after them."""
    if data.startswith(b"\0\0"):
        flags.add("binary")
        return data.lstrip(b"\0")
    return data


def _decoder(data: bytes, name: str) -> codecs.IncrementalDecoder:
    """The decoder for a log that begins with `data`."""
    wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    if not wide and is_binary(data):
        raise UnreadableInput(f"{name}, line 1: binary data, no log", hint="give text, or gzip as *.gz")
    return codecs.getincrementaldecoder("utf-16" if wide else "utf-8-sig")("replace")


def _clean(text: str, flags: set[str]) -> str:
    """Text without NULs, carriage returns at ends of lines and colours."""
    if "\0" in text:
        flags.add("binary")
        text = text.replace("\0", "\ufffd")
    if "\x1b" in text:
        text = _COLOUR.sub("", text)
    return text.replace("\r\n", "\n") if "\r" in text else text


def _cut(lines: list[str], flags: set[str]) -> list[str]:
    """The lines, none longer than MAX_LINE."""
    if lines and max(map(len, lines)) > MAX_LINE:
        flags.add("truncated")
        return [line[:MAX_LINE] for line in lines]
    return lines
