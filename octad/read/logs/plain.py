"""Lines that begin with a time or a level, as most programs print them."""

from __future__ import annotations

import re
from collections.abc import Callable

from octad.read.logs.fields import Fields
from octad.read.logs.levels import LETTERS, NAMES
from octad.read.logs.times import COMPACT, EPOCH, ISO, NAMED, YEARLESS, Clock

_WORDS = "|".join(sorted(NAMES, key=len, reverse=True))
# Upper case, or in brackets, or before a colon, bar, tab or column: else it is a word of the message.
_LEVEL = (
    rf"[\[(<]?(?:[a-z_\d]{{0,20}}:)?((?:{_WORDS.upper()})(?=[\s:|,\]\[)>-]|$)|(?i:{_WORDS})(?=\s*[\])>:|]|\t|\s\s|$))"
    r"\s{0,8}[\])>]?"
)
# What stands between time and level: process, thread, logger.
_LEAD = r"(?:[\s|:,-]{0,8}(?:\[[^\]\n]{1,60}\]|#?\d{1,10}\]?|---|[A-Za-z_][\w.$/]{0,80}(?= - |: )))"
_HEADER = (
    rf"(?:{_LEAD}{{0,3}}?[\s|:,-]{{0,8}}{_LEVEL}(?:\s{{0,4}}\d{{1,10}} ---)?)?"
    r"[\s|:,]{0,8}(?:-{1,2} )?[\s:]{0,4}"
)
_ANDROID = re.compile(rf"{YEARLESS} +\d+ +\d+ ([VDIWEFA]) (.*)", re.DOTALL)
_ALONE = re.compile(rf"(?!panic: ){_LEVEL}[\s|:,]{{0,8}}(?:- )?")
_LOGGER = re.compile(r"([A-Za-z_$][\w$]{0,60}(?:(?:\.|::)[\w$]{1,60}){1,12})(?:\[\d{1,10}\])?(?::| ?:| -) ")
Read = Callable[[str], Fields | None]


def timestamped(stamp: str, clock: Clock, before: str = r"\[?") -> Read:
    """A reader of lines that begin with a time of this pattern, and of their level."""
    match_header = re.compile(rf"{before}{stamp}\]?{_HEADER}").match
    seconds, names = clock.seconds, NAMES

    def read(text: str) -> Fields | None:
        match = match_header(text)
        if match is None:
            return None
        at, fraction, zone, level = match.groups()
        time = seconds(at, fraction, zone)
        if time is None:
            return None
        return time, "", names[level.lower()] if level else "", text[match.end() :]

    return read


def plain_readers(clock: Clock) -> dict[str, Read]:
    """Readers of plain lines by the name of their time, those that could be taken for another first."""
    return {
        "android": lambda text: _read_android(text, clock),
        "iso": timestamped(ISO, clock, r"(?:[DIWEFA], )?\[?"),
        "compact": timestamped(COMPACT, clock),
        "named": timestamped(NAMED, clock, r"(?:\d{1,8}:[A-Z] )?\[?"),
        "yearless": timestamped(YEARLESS, clock),
        "epoch": timestamped(EPOCH, clock),
    }


def read_level(text: str) -> Fields | None:
    """A line that begins with its level and has no time."""
    match = _ALONE.match(text)
    return (None, "", NAMES[match.group(1).lower()], text[match.end() :]) if match else None


def part_logger(message: str) -> tuple[str, str]:
    """The logger that a message begins with, and the rest; an exception's class is none."""
    match = _LOGGER.match(message)
    if match is None or match.group(1).endswith(("Exception", "Error", "Throwable")):
        return "", message
    return match.group(1), message[match.end() :].lstrip()


def _read_android(text: str, clock: Clock) -> Fields | None:
    """`03-17 16:13:38.811  1702  2395 D WindowManager: message`."""
    match = _ANDROID.match(text)
    if match is None:
        return None
    stamp, fraction, _, letter, content = match.groups()
    time = clock.seconds(stamp, fraction, None)
    return None if time is None else (time, "", LETTERS[letter], content)
