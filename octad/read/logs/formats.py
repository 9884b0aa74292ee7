"""Which format a log is in: decided once from its first lines, and again for a line that does not fit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from octad.read.logs.access import read_access, read_dated_access, read_haproxy
from octad.read.logs.envelopes import (
    read_bgl,
    read_compose,
    read_cri,
    read_klog,
    read_kubectl,
    read_syslog,
    read_syslog5424,
)
from octad.read.logs.fields import Access, Fields, Wrapped
from octad.read.logs.plain import plain_readers, read_level
from octad.read.logs.postgres import read_postgres, read_postgres_row
from octad.read.logs.structured import read_json, read_logfmt
from octad.read.logs.times import Clock

Reader = Callable[[str], Fields | Access | Wrapped | None]

# These fit many a line that is something else: only where the first lines said so.
_ASKED = frozenset({"epoch", "compose"})

_DIGITS = "0123456789"
# What lines of these formats begin with; the others may begin with anything.
_INITIALS = {
    "json": "{",
    "cri": _DIGITS,
    "kubectl": "[",
    "syslog5424": "<",
    "syslog": f"<{_DIGITS}ADFJMNOSTW",
    "dated access": "[",
    "klog": "IWEF",
    "postgres": _DIGITS,
    "postgres row": _DIGITS,
    "android": _DIGITS,
    "iso": f"[{_DIGITS}ADEFIW",
    "compact": f"[{_DIGITS}",
    "named": f"[{_DIGITS}ADFJMNOSTW",
    "yearless": f"[{_DIGITS}",
    "epoch": f"[{_DIGITS}",
}


class Formats:
    """The readers of one source, those that fitted its first lines in front.

    `loggers`: a logger's name may stand for the service.
    """

    def __init__(self, clock: Clock, *, loggers: bool) -> None:
        self.clock = clock
        self._all: dict[str, Reader] = {
            "json": lambda text: read_json(text, clock, loggers=loggers),
            "cri": lambda text: read_cri(text, clock),
            "kubectl": lambda text: read_kubectl(text, clock),
            "syslog5424": lambda text: read_syslog5424(text, clock),
            "syslog": lambda text: read_syslog(text, clock),
            "dated access": lambda text: read_dated_access(text, clock),
            "klog": lambda text: read_klog(text, clock),
            "bgl": lambda text: read_bgl(text, clock),
            "compose": lambda text: read_compose(text, clock),
            "postgres": lambda text: read_postgres(text, clock),
            "postgres row": lambda text: read_postgres_row(text, clock),
            **plain_readers(clock),
            "haproxy": lambda text: read_haproxy(text, clock),
            "access": lambda text: read_access(text, clock),
            "logfmt": lambda text: read_logfmt(text, clock, loggers=loggers),
            "level": read_level,
        }
        self.learn(())

    def learn(self, lines: Sequence[str]) -> None:
        """Put the readers that fit these lines in front; each line counts for the first that reads it."""
        votes = Counter(
            next((name for name, read in self._all.items() if text and read(text) is not None), "")
            for text in lines
        )
        if votes["compose"] < len(lines) // 2:
            votes["compose"] = 0
        names = [name for name in self._all if votes[name] or name not in _ASKED]
        names.sort(key=lambda name: -votes[name])
        self.first = self._all[names[0]]
        self._names = names[1:]
        self._others: dict[str, tuple[Reader, ...]] = {}

    def read(self, text: str) -> Fields | Access | Wrapped | None:
        """The parts of a line in whichever format it is; None for a line with neither time nor level."""
        found = self.first(text)
        return self.other(text) if found is None else found

    def other(self, text: str) -> Fields | Access | Wrapped | None:
        """The same for a line that the format of its source does not fit."""
        initial = text[:1]
        readers = self._others.get(initial)
        if readers is None:
            readers = tuple(
                self._all[name] for name in self._names if initial in _INITIALS.get(name, initial)
            )
            if len(self._others) < 1_000:  # scripts have more letters than are worth remembering
                self._others[initial] = readers
        for read in readers:
            found = read(text)
            if found is not None:
                return found
        return None
