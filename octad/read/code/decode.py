"""Bytes to text: every odd thing is either repaired and flagged, or a reason to pass the file over.

Flags, in the order in which they are noticed: `bom`, `utf-16`, `encoding` (a PEP 263 cookie names an
encoding that does not exist), `invalid-utf8` (also for another declared encoding), `nul`, `crlf`,
`bidi` (characters that reorder the display), `homoglyph` (words that mix look-alike letters).
"""

from __future__ import annotations

import codecs
import re
from typing import NamedTuple

from octad.errors import UnreadableInput
from octad.records.code import Language

MAX_LINE = 1_000_000
SAMPLE = 65_536

_MAGIC = (
    b"\x7fELF",
    b"\x89PNG",
    b"PK\x03\x04",
    b"\x1f\x8b",
    b"%PDF-",
    b"GIF8",
    b"\xff\xd8\xff",
    b"\xca\xfe\xba\xbe",
)
_CONTROL = bytes(code for code in range(32) if code not in b"\t\n\r\f\b\x1b")
_COOKIE = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]{1,40})")
# These decode text to something else than what the author saw, or take quadratic time.
_REFUSED = frozenset({"idna", "punycode", "undefined", "unicode-escape", "raw-unicode-escape", "utf-7"})
_BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
# Cyrillic small, Cyrillic capital, Greek, full width.
_LOOKALIKE = (
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u0501\u051b\u051d"
    "\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0425\u0406\u0408\u0405"
    "\u03bf\u03bd\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7"
    "\uff21-\uff3a\uff41-\uff5a"
)
_HOMOGLYPH = re.compile(rf"[A-Za-z][0-9_]*[{_LOOKALIKE}]|[{_LOOKALIKE}][0-9_]*[A-Za-z]")


class Decoded(NamedTuple):
    """Text whose lines end in a line feed, and what was repaired or noticed on the way."""

    text: str
    flags: tuple[str, ...]


def decode(data: bytes, language: Language = "unknown") -> Decoded:
    """Text of `data`; raises UnreadableInput with the reason when it is binary or has a giant line."""
    text, flags = _characters(data, language)
    if "\0" in text:
        flags.append("nul")
        text = text.replace("\0", "\ufffd")
    if "\r\n" in text:
        flags.append("crlf")
        text = text.replace("\r\n", "\n")
    elif "\r" in text and "\n" not in text:
        flags.append("crlf")
        text = text.replace("\r", "\n")
    if len(text) > MAX_LINE and max(map(len, text.split("\n"))) > MAX_LINE:
        raise UnreadableInput(f"a line is longer than {MAX_LINE:,} characters")
    if not text.isascii():
        flags.extend(
            name for name, found in (("bidi", _BIDI), ("homoglyph", _HOMOGLYPH)) if found.search(text)
        )
    return Decoded(text, tuple(flags))


def _characters(data: bytes, language: Language) -> tuple[str, list[str]]:
    """Decode by byte order mark, shape, coding cookie, or else as UTF-8."""
    if data.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise UnreadableInput("UTF-32 text")
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _replacing(data, "utf-16", ["bom", "utf-16"])
    flags: list[str] = []
    if data.startswith(codecs.BOM_UTF8):
        flags.append("bom")
        data = data[len(codecs.BOM_UTF8) :]
    if (wide := _utf16_without_mark(data)) is not None:
        return _replacing(data, wide, [*flags, "utf-16"])
    if is_binary(data):
        raise UnreadableInput("binary file")
    encoding = "utf-8"
    if language == "python" and (declared := _cookie(data)) is not None:
        encoding = declared
        if not _known(encoding):
            flags.append("encoding")
            encoding = "utf-8"
    return _replacing(data, encoding, flags)


def is_binary(data: bytes) -> bool:
    """Whether `data` is no text: a known magic number, or too many control bytes in its beginning."""
    sample = data[:SAMPLE]
    if sample.startswith(_MAGIC):
        return True
    n_control = len(sample) - len(sample.translate(None, _CONTROL))
    return n_control > max(2, len(sample) // 50)


def _utf16_without_mark(data: bytes) -> str | None:
    """UTF-16 without a mark: text of few scripts has a zero in nearly every second byte."""
    sample = data[:SAMPLE]
    if len(sample) < 8 or len(data) % 2:
        return None
    half = len(sample) // 2
    for encoding, zeros, others in (
        ("utf-16-le", sample[1::2], sample[::2]),
        ("utf-16-be", sample[::2], sample[1::2]),
    ):
        if zeros.count(0) > 0.7 * half and others.count(0) == 0:
            return encoding
    return None


def _cookie(data: bytes) -> str | None:
    """The encoding that a comment in the first two lines declares (PEP 263)."""
    for line in data[:1000].splitlines()[:2]:
        if (match := _COOKIE.match(line)) is not None:
            return match.group(1).decode("ascii", "replace")
        if line.strip() and not line.lstrip().startswith(b"#"):
            return None
    return None


def _known(encoding: str) -> bool:
    """Whether `encoding` names a text encoding that is safe to use."""
    try:
        name = codecs.lookup(encoding).name
        # The cookie itself was read as ASCII: an encoding that reads it otherwise (UTF-16, EBCDIC) is a lie.
        return name not in _REFUSED and b"coding".decode(encoding) == "coding"
    except (LookupError, UnicodeError, ValueError):
        return False


def _replacing(data: bytes, encoding: str, flags: list[str]) -> tuple[str, list[str]]:
    """Decode strictly, and where that fails with replacement characters and a flag."""
    try:
        return data.decode(encoding), flags
    except UnicodeError:
        return data.decode(encoding, "replace"), [*flags, "invalid-utf8"]
