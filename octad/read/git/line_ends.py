"""How git would store the line ends of a file: what `text`, `eol` and `core.autocrlf` make of them.

Nothing else that attributes can do to the contents of a file is done: no filter, no encoding, no `$Id$`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from typing import Literal

from octad.read.git.sealed import Sealed

Rule = Literal["kept", "text", "guessed"]
"""Stored as they are; always as LF; as LF where the contents look like text and are not stored otherwise."""
_OF_VALUE: dict[str, Rule] = {"set": "text", "input": "text", "unset": "kept", "auto": "guessed"}
_ASKED = ("text", "crlf", "eol")
_ODD = bytes(byte for byte in range(128) if (byte < 32 and byte not in b"\b\t\x1b\f\r\n") or byte == 127)
_LONE = re.compile(rb"\r(?!\n)")


def rules_of(repository: Sealed, paths: Sequence[str]) -> dict[str, Rule]:
    """The rule of each path, as the attributes and settings of the repository have it."""
    if not paths:
        return {}
    wanted = b"".join(os.fsencode(path) + b"\0" for path in paths)
    output = os.fsdecode(repository.run("check-attr", "-z", "--stdin", *_ASKED, stdin=wanted)).split("\0")
    setting = repository.settings.text("core.autocrlf").lower()
    guesses = setting == "input" or repository.settings.flag("core.autocrlf", default=False)
    width = 3 * len(_ASKED)
    return {
        output[at]: _rule(*output[at + 2 : at + width : 3], guesses=guesses)
        for at in range(0, len(output) - 1, width)
    }


def _rule(text: str, crlf: str, eol: str, *, guesses: bool) -> Rule:
    value = crlf if text == "unspecified" else text
    if value in _OF_VALUE:
        return _OF_VALUE[value]
    if eol in ("lf", "crlf"):
        return "text"
    return "guessed" if guesses else "kept"


def looks_like_text(data: bytes) -> bool:
    """Whether git takes contents for text where nothing says what they are."""
    data = data.removesuffix(b"\x1a")
    if b"\0" in data or _LONE.search(data):
        return False
    rest = len(data.translate(None, _ODD))
    odd = len(data) - rest
    printable = rest - data.count(b"\r\n") * 2 - (data.count(b"\n") - data.count(b"\r\n"))
    return printable >> 7 >= odd


def with_lf(data: bytes) -> bytes:
    """Contents as they are stored where their lines end with LF."""
    return data.replace(b"\r\n", b"\n")
