"""A time as it is written in exports, to Unix seconds in UTC."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import NamedTuple

# The unit of a number follows from its size: seconds reach to the year 5138 and milliseconds go back to
# 1973 before they meet, and so on. A number is never read as a date without separators (20260131).
UNITS = ((1e11, 1.0), (1e14, 1e3), (1e17, 1e6), (1e20, 1e9))
_ZONE = re.compile(r"[ \t]+(?=[+-]\d\d:?\d\d$)|[ \t]*(?:UTC|GMT)$")


class Instant(NamedTuple):
    """Unix seconds, and whether the text said of which time zone."""

    seconds: float
    zoned: bool


def unix_seconds(number: float) -> float:
    """Seconds of a number of seconds, milli-, micro- or nanoseconds; raises ValueError beyond all years."""
    for below, per_second in UNITS:
        if abs(number) < below:
            return number / per_second
    raise ValueError("not a time")


def instant(text: str) -> Instant:
    """The time that `text` names: a Unix number or ISO 8601, UTC without a zone; raises ValueError."""
    try:
        number = float(text)
    except ValueError:
        return instant_of(datetime.fromisoformat(_ZONE.sub(_joined, text.strip())))
    return Instant(unix_seconds(number), True)


def instant_of(moment: datetime) -> Instant:
    """The time of a datetime, in UTC where it has no zone."""
    zoned = moment.tzinfo is not None
    return Instant((moment if zoned else moment.replace(tzinfo=UTC)).timestamp(), zoned)


def _joined(match: re.Match[str]) -> str:
    """How ISO 8601 writes the end of a time: its offset without a space, UTC as Z."""
    return "Z" if match.group().strip() else ""
