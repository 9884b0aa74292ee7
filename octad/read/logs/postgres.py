"""Logs of PostgreSQL: what it writes to its standard error, and its CSV."""

from __future__ import annotations

import csv
import re

from octad.read.logs.fields import Fields, Wrapped
from octad.read.logs.levels import INFO, NAMES
from octad.read.logs.times import ISO, Clock

QUOTED = '"'
"""The stream of a row whose quotes are still open: the next lines belong to it."""

_DETAILS = "DETAIL|HINT|QUERY|CONTEXT|STATEMENT|LOCATION|BACKTRACE"
# The two spaces are its own; before them stands what `log_line_prefix` asks for.
_PLAIN = re.compile(
    rf"{ISO}(?: [A-Z]{{3,5}}\b(?!:  )|[+-]\d\d)?[ :](?:[^\n]{{0,300}}?[ :\]])??"
    rf"(DEBUG|LOG|INFO|NOTICE|WARNING|ERROR|FATAL|PANIC|{_DETAILS})[1-5]?:  (.*)",
    re.DOTALL,
)
_ROW = re.compile(rf'{ISO}(?: [A-Z]{{3,5}})?,(?:"[^"]{{0,200}}")?,(?:"[^"]{{0,200}}")?,\d{{1,10}},')
_SEVERITY, _MESSAGE, _LAST = 11, 13, 22


def read_postgres(text: str, clock: Clock) -> Fields | None:
    """`2024-03-12 10:00:00.123 UTC [42] bob@shop ERROR:  relation is missing`, whatever the prefix."""
    match = _PLAIN.match(text)
    if match is None:
        return None
    stamp, fraction, zone, word, message = match.groups()
    time = clock.seconds(stamp, fraction, zone)
    level = NAMES.get(word.lower())
    return None if time is None else (time, "", level or INFO, message if level else f"{word}: {message}")


def read_postgres_row(text: str, clock: Clock) -> Fields | Wrapped | None:
    """A row of its CSV, perhaps only the first line of it."""
    match = _ROW.match(text)
    if match is None:
        return None
    try:
        row = next(csv.reader([text]))
    except (csv.Error, StopIteration):
        return None
    time = clock.seconds(*match.groups())
    if time is None or len(row) <= _MESSAGE:
        return None
    level = NAMES.get(row[_SEVERITY].lower().rstrip("12345"), "")
    if text.count('"') % 2:
        return Wrapped(time, "", level, row[_MESSAGE], False, QUOTED)
    return time, "", level, row[_MESSAGE]
