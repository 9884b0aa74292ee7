"""Time stamps of logs to Unix seconds.

A stamp without a zone is UTC. One without a year is of the latest year that does not put it in the future.
"""

from __future__ import annotations

import calendar
import re
import time
from collections.abc import Sequence
from datetime import UTC, datetime

_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTH = "(?:" + "|".join(_NAMES) + ")"
_DAY = "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)"
_CLOCK = r"\d\d:\d\d:\d\d"
_FRACTION = r"(?:[.,](\d{1,9}))?"
# Hours east of Greenwich, only of the abbreviations that mean one zone in practice.
_ZONES = {"Z": 0.0, "UTC": 0.0, "GMT": 0.0, "CET": 1.0, "CEST": 2.0, "EET": 2.0, "EEST": 3.0, "JST": 9.0}
_ZONES |= {"EST": -5.0, "EDT": -4.0, "CDT": -5.0, "MST": -7.0, "MDT": -6.0, "PST": -8.0, "PDT": -7.0}
_ZONE = (
    r"(?: ?((?:"
    + "|".join(sorted(_ZONES, reverse=True))
    + r")\b|[+-]\d\d:?\d\d\b|(?<=\d)[+-]\d\d(?![\d:])))?"
)

# Every pattern has three groups: the stamp up to its seconds, the digits of the fraction, the zone.
ISO = rf"(\d{{4}}[-/.]\d\d[-/.]\d\d[T ]{_CLOCK}){_FRACTION}{_ZONE}"
COMPACT = r"(\d{6} \d{6}|\d\d/\d\d/\d\d \d\d:\d\d:\d\d|\d{8}-\d\d:\d\d:\d\d)(?:[.,:](\d{1,9}))?()"
YEARLESS = rf"(\d\d[-.]\d\d {_CLOCK}){_FRACTION}()"
NAMED = (
    rf"((?:{_DAY} )?{_MONTH} [ \d]?\d (?:\d{{4}} )?{_CLOCK}(?:\.\d{{1,9}})? \d{{4}}(?![\d:])"
    rf"|(?:{_DAY} )?{_MONTH} [ \d]?\d (?:\d{{4}} )?{_CLOCK}"
    rf"|\d\d?[ /-]{_MONTH}[ /-]\d{{4}}[ :]{_CLOCK}){_FRACTION}{_ZONE}"
)
EPOCH = r"(1\d{9})(?:\.?(\d{9}|\d{6}|\d{3}|(?<=\.)\d{1,9}))?()(?![\d.])"

_ANY = re.compile(
    "|".join(f"(?:{one})" for one in (ISO, COMPACT, YEARLESS, NAMED, EPOCH)).join((r"\s*\[?(?:", r")\]?\s*$"))
)
_CALENDAR = re.compile(_MONTH)
_YEAR = re.compile(r"(?<![\d:.])\d{4}(?!\d)")
_DATE = re.compile(r"(?<![\d:.])\d\d?(?![\d:.])")
_OF_DAY = re.compile(r"(?<!\d)(\d\d):(\d\d):(\d\d)")
_KEPT = 20_000  # stamps of one second recur; more of them at once would be a waste of memory


class Clock:
    """Reads stamps; the offsets that they give, None for none, are added to `zones`."""

    def __init__(self, now: float, zones: set[float | None]) -> None:
        self.now = now
        self.zones = zones
        self._known: dict[tuple[str, str | None], float] = {}

    def seconds(self, stamp: str, fraction: str | None, zone: str | None) -> float | None:
        """Unix seconds of the groups of one of the patterns; None when there is no such time."""
        whole = self._known.get((stamp, zone))
        if whole is None:
            try:
                whole = self._learn(stamp, zone)
            except (ValueError, OverflowError):
                return None
        return whole + float("." + fraction) if fraction else whole

    def read(self, value: object) -> float | None:
        """Unix seconds of a field's value: a stamp in any of the patterns, or a number of s, ms, µs or ns."""
        if isinstance(value, str):
            match = _ANY.match(value)
            if match is None:
                return _number(value)
            stamp, fraction, zone = (match.groups()[at::3] for at in range(3))
            at = next(index for index, one in enumerate(stamp) if one)
            return self.seconds(stamp[at], fraction[at], zone[at])
        return _scaled(float(value)) if isinstance(value, int | float) and value is not True else None

    def _learn(self, stamp: str, zone: str | None) -> float:
        """Unix seconds of a stamp seen for the first time."""
        if len(self._known) >= _KEPT:
            self._known.clear()
        if stamp.isdigit():
            whole = float(stamp)
        else:
            offset = _offset(zone) if zone else None
            whole = self._date(stamp) - (offset or 0.0)
            self.zones.add(offset)
        self._known[stamp, zone] = whole
        return whole

    def _date(self, stamp: str) -> float:
        """Unix seconds of a stamp read as UTC; raises ValueError."""
        year, month, day, *clock = _named(stamp) if _CALENDAR.search(stamp) else _digits(stamp)
        if year is not None:
            return _utc(year, month, day, clock)
        # 29 February skips the years that have none.
        for guess in range(time.gmtime(self.now).tm_year + 1, 1970, -1):
            if month != 2 or day <= calendar.monthrange(guess, month)[1]:
                seconds = _utc(guess, month, day, clock)
                if seconds <= self.now + 86400:
                    return seconds
        raise ValueError(stamp)


def _utc(year: int, month: int, day: int, clock: Sequence[int]) -> float:
    """Unix seconds of a date and an hour, minute, second; raises ValueError where there is no such time."""
    hour, minute, second = clock
    leap = second == 60
    date = datetime(year, month, day, hour, minute, second - leap, tzinfo=UTC)
    return date.timestamp() + leap


def _digits(stamp: str) -> tuple[int | None, int, int, int, int, int]:
    """Year or None, month, day, hour, minute, second of a stamp that is all numbers."""
    digits = "".join(filter(str.isdigit, stamp))
    year = int(digits[:-10]) if len(digits) > 10 else None
    if year is not None and year < 100:
        year += 2000
    month, day, hour, minute, second = (
        int(digits[at : at + 2]) for at in range(len(digits) - 10, len(digits), 2)
    )
    return year, month, day, hour, minute, second


def _named(stamp: str) -> tuple[int | None, int, int, int, int, int]:
    """The same of a stamp with the name of its month."""
    month, clock, year = _CALENDAR.search(stamp), _OF_DAY.search(stamp), _YEAR.search(stamp)
    assert month is not None and clock is not None
    day = _DATE.search(stamp)
    assert day is not None
    hour, minute, second = map(int, clock.groups())
    number = _NAMES.index(month.group()) + 1
    return int(year.group()) if year else None, number, int(day.group()), hour, minute, second


def _offset(zone: str) -> float:
    """Seconds east of Greenwich."""
    if zone in _ZONES:
        return _ZONES[zone] * 3600
    hours, minutes = int(zone[1:3]), int(zone[3:].lstrip(":") or 0)
    return (hours * 3600 + minutes * 60) * (-1 if zone[0] == "-" else 1)


def _number(text: str) -> float | None:
    """A number of seconds or finer units written as text."""
    try:
        return _scaled(float(text))
    except ValueError:
        return None


def _scaled(value: float) -> float | None:
    """Seconds from a count of s, ms, µs or ns since 1970; what is before 2001 is no such count."""
    for unit in (1.0, 1e3, 1e6, 1e9):
        if 1e9 <= value / unit < 1e10:
            return value / unit
    return None
