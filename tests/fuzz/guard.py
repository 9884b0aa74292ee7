"""Run a reader on a case within bounds of time and memory, and say what it did that it must not do."""

from __future__ import annotations

import re
import resource
import signal
import sys
import traceback
import unicodedata
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from octad.errors import OctadError
from octad.render.excerpt import visible
from tests.fuzz.reader import Reader

SECONDS = 5.0
"""Processor time of a case: hundreds of times what one usually takes."""
GROWTH = 300 << 10
"""KiB by which the memory of the process may grow in one case."""
ADDRESSES = 2 << 30
"""Bytes of addresses beyond those in use at the beginning: an allocation beyond them fails."""
_COLOUR = re.compile(r"\x1b\[[\d;]*m")
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


class TooSlow(BaseException):
    """A case took longer than it may; nothing that a reader catches."""


@dataclass(frozen=True, slots=True)
class Crash:
    """What a reader did that it must not do: a key that tells kinds apart, and the particulars."""

    key: str
    details: str


@contextmanager
def bounded() -> Iterator[None]:
    """Bounds on time and memory for the cases that are run within."""
    before = signal.signal(signal.SIGPROF, _too_slow)
    limits = resource.getrlimit(resource.RLIMIT_AS)
    in_use = _addresses()
    if in_use:
        resource.setrlimit(resource.RLIMIT_AS, (in_use + ADDRESSES, limits[1]))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # people would see it among the answers
            yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, limits)
        signal.signal(signal.SIGPROF, before)


def crash_of(reader: Reader, data: bytes, seconds: float = SECONDS) -> Crash | None:
    """What went wrong with a case, None where nothing did; to be called within `bounded`."""
    before = _peak()
    signal.setitimer(signal.ITIMER_PROF, seconds, 1.0)
    try:
        for text in reader.run(data) or ():
            if odd := unseen(_COLOUR.sub("", text)):
                return Crash(
                    f"unseen {odd}", f"{reader.name} gives text that a terminal obeys or hides: {odd}"
                )
    except OctadError as error:
        if odd := unseen(visible(" ".join(str(error).split()))):
            return Crash(f"unseen {odd} in an error", str(error))
    except TooSlow as error:
        return Crash(f"slow at {_place(error)}", f"more than {seconds:g} s\n{_trace(error)}")
    except Exception as error:
        return Crash(f"{type(error).__name__} at {_place(error)}", _trace(error))
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    grown = _peak() - before
    return Crash("memory", f"{grown >> 10:,} MiB more") if grown > GROWTH else None


def unseen(text: str) -> str:
    """The first character that a terminal obeys or does not show, by its code; "" where there is none."""
    if text.isascii() and text.replace("\n", "").replace("\t", "").isprintable():
        return ""
    odd = (c for c in text if c not in "\n\t" and unicodedata.category(c) in _UNSEEN)
    return next((f"U+{ord(c):04X}" for c in odd), "")


def _too_slow(_number: int, _frame: FrameType | None) -> None:
    raise TooSlow


def _place(error: BaseException) -> str:
    """The last place in the product that an error passed through."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [one for one in frames if "/octad/" in one.filename]
    last = (own or frames)[-1]
    where = last.filename.rpartition("/octad/")[2] if own else Path(last.filename).name
    return f"{where}:{last.lineno} {last.name}"


def _trace(error: BaseException) -> str:
    return "".join(traceback.format_exception(error, limit=-12))[-4000:]


def _peak() -> int:
    """KiB that the process has had at most."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak >> 10 if sys.platform == "darwin" else peak


def _addresses() -> int:
    """Bytes of addresses in use, 0 where the system does not say."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    except OSError:
        return 0
