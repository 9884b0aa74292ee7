"""Cases by number: the same reader, seed and number make the same case, on every machine."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from random import Random

from tests.fuzz.guard import Crash, crash_of
from tests.fuzz.minimise import minimised
from tests.fuzz.mutations import mutated
from tests.fuzz.reader import Reader


@dataclass(slots=True)
class Tried:
    """The cases of one reader, and of each kind of crash how many, the smallest case and what it did."""

    cases: int = 0
    seconds: float = 0.0
    crashes: Counter[str] = field(default_factory=Counter)
    smallest: dict[str, tuple[bytes, str]] = field(default_factory=dict)


def case(reader: Reader, seed: int, number: int) -> bytes:
    """A case; the first ones are the inputs to begin with, unchanged."""
    if number < len(reader.seeds):
        return reader.seeds[number]
    return mutated(Random(f"{seed} {reader.name} {number}"), reader.seeds)


def tried(reader: Reader, seed: int, count: int) -> Tried:
    """So many changed inputs of a reader, within `guard.bounded`."""
    found = Tried()
    for number in range(len(reader.seeds), len(reader.seeds) + count):
        add(found, reader, case(reader, seed, number))
    return found


def add(found: Tried, reader: Reader, data: bytes) -> None:
    """Try one more case."""
    found.cases += 1
    if (crash := crash_of(reader, data)) is not None:
        note(found, reader, data, crash)


def note(found: Tried, reader: Reader, data: bytes, crash: Crash) -> None:
    """Count a crash, and keep the smallest case of its kind."""
    found.crashes[crash.key] += 1
    if crash.key not in found.smallest:
        quick = not crash.key.startswith("slow") and crash.key != "memory"
        small = minimised(data, lambda one: fails_so(reader, one, crash.key)) if quick else data
        found.smallest[crash.key] = small, crash.details


def fails_so(reader: Reader, data: bytes, key: str) -> bool:
    """Whether a case goes wrong in this way."""
    crash = crash_of(reader, data)
    return crash is not None and crash.key == key
