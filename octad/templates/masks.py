"""Masks: what is a value wherever it stands (numbers, addresses, paths, times) becomes `<*>`."""

from __future__ import annotations

import re
from functools import cache

from octad.records.logs import VARIES

Shape = tuple[str, ...]
"""The tokens of a masked message; joined they are the message, spaces included."""

LONGEST = 200
"""Tokens that are read of a message; what follows them is one value."""

# Letters count as hexadecimal digits only where a token begins: `node1` keeps its name.
_DIGITS = re.compile(r"[0-9][0-9a-fA-F]*")
_NUMBER = re.compile(r"[0-9](?:[xX][0-9a-fA-F]+|[0-9a-fA-F]*)|(?<![A-Za-z])[a-fA-F]+[0-9][0-9a-fA-F]*")
_DAY = "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)"
_MONTH = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_TOP = "(?:com|net|org|edu|gov|mil|info|biz|arpa|local|localdomain|internal|lan|test|invalid)"
_WORD = r"[\w@~+%*$^-]"
_FREE = r"""[^\s,;="'()\[\]{}<>|]"""
_STEP = r"""[^\s,;:="'()\[\]{}<>|\\]"""
# Each alternative begins where a run of its characters does, so that long runs are not read over again.
# Beside each stands what a text must hold for it to match: the others are left out, for speed.
_ALTERNATIVES = (
    ("", rf"(?<!{_FREE}){_FREE}{{101,}}"),  # too long to be a word
    # A date.
    ("0", rf"\b(?:{_DAY},?\s)?{_MONTH}\s{{1,2}}0(?:,?\s0:0:0(?:\.0)?)?(?:\s[A-Z]{{3,4}}\b)?(?:,?\s0\b)?"),
    # A quoted request keeps its method; any other quoted text is a value.
    ('"', r'(?P<method>"[A-Z]{3,10}\s)(?=[^\s"]*/)[^"]*(?P<end>")'),
    ('"', r'"[^"]*"'),
    ("'", r"(?<!\w)'[^']*'(?!\w)"),
    # What a name is set to, which may be nothing.
    ("=", r"""(?:(?<==)|(?<==\s)(?!\S*=))(?![\s=>])(?:[^\s,;"'()\[\]{}<>|]|{[^{}]*})+"""),
    ("=", r"(?<=\w=)(?=[\s,;)\]}]|$)"),
    # Addresses: with a scheme, of mail, of a host by its name, of version 6.
    ("://", r"""\b[A-Za-z][\w+.-]*://[^\s,;"'()\[\]{}<>]+"""),
    ("@", r"(?<![\w.+%-])[\w.+%-]+@[\w-]+(?:\.[\w-]+)+"),
    (".", rf"(?<![\w.-])(?:\w[\w-]*\.)+{_TOP}\b(?![.\w-])(?::0\b)?"),
    (":", r"(?<![\w:])(?:[0a-fA-F]{0,4}:){2,7}[0a-fA-F.]*(?![\w:])"),
    # Paths of Windows; of Unix, or an address after a slash.
    ("\\", rf"(?<!{_STEP}){_STEP}*(?::?\\+{_STEP}+){{2,}}"),
    ("/", r"(?<![\w<>/.~-])[\w.~-]*(?:/+[\w.@%+~$-]+)+(?::0)*/?"),
    # A name with its number keeps the name; any other word with a number is a value.
    ("0", rf"(?<!{_WORD})(?<![.:])(?P<stem>[A-Za-z]{{2,}}[_-]?)0(?![.:]?{_WORD})"),
    ("0", rf"(?<!{_WORD})(?:\w{_WORD}*(?:[.:]\w{_WORD}*)*[.:])?{_WORD}*0(?:{_WORD}|[.:]\w)*"),
    # Numbers: a bound of one, in bare hexadecimal letters, or wherever else they are.
    ("0", r"(?:(?<=\s)|(?<=\())[<>]=?\s?0(?:\.0)?(?![^\s,;)])"),
    ("0", "0"),
    ("", r"\b[a-f]{8,}\b"),
    ("[", r"(?<=\[)[^\[\]\s,][^\[\]]{0,300},[^\[\]]{1,300}(?=\])"),  # a list in brackets
    ("", r"\b(?:true|false|null|None|True|False)\b"),
)
_MARKS = tuple(sorted({mark for mark, _ in _ALTERNATIVES if mark}))
_TOKENS = re.compile(
    r"\s+|<\*>|[A-Za-z]{2,}[_-]?<\*>|[\w@/\\$*+~^%&-]+(?:\.+[\w@/\\$*+~^%&-]+)*|.", re.DOTALL
)


def digits(message: str) -> str:
    """The message with 0 for every number that begins with a digit: very cheap, and enough for most."""
    return _DIGITS.sub("0", message.strip())


def numbered(message: str) -> str:
    """The message with 0 for every number, hexadecimal ones too: mostly one text per shape, and cheap."""
    return _NUMBER.sub("0", digits(message))


def mask(plain: str) -> Shape:
    """Tokens of a message that `numbered` has gone over, values as `<*>`."""
    tokens = _TOKENS.findall(_values(tuple(mark in plain for mark in _MARKS)).sub(_value, plain))
    if len(tokens) > LONGEST:
        tokens = [*tokens[:LONGEST], VARIES]
    return tuple(" " if token.isspace() else token for token in tokens)


@cache
def _values(held: tuple[bool, ...]) -> re.Pattern[str]:
    """The pattern of values for texts that hold these of the marks."""
    marks = {"", *(mark for mark, is_held in zip(_MARKS, held, strict=True) if is_held)}
    return re.compile("|".join(pattern for mark, pattern in _ALTERNATIVES if mark in marks))


def _value(match: re.Match[str]) -> str:
    """What stands for a value: all of it varies, but for a method or the name before a number."""
    if match.lastgroup == "stem":
        return match["stem"] + VARIES
    return match["method"] + VARIES + match["end"] if match.lastgroup == "end" else VARIES
