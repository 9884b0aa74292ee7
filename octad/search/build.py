"""Files to an index of their functions; only what the cache does not know is computed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from octad.budget import current
from octad.records.code import Code
from octad.records.skipped import Skipped
from octad.search.cache import Known
from octad.search.functions import Function, functions
from octad.search.index import Entry, Index, Spot
from octad.search.similarity import FunctionProfile, Similarity

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Built:
    """The index, what is to be remembered, how many functions were computed, what was not read to its end."""

    index: Index
    known: Known
    computed: int
    skipped: tuple[Skipped, ...]


def build(
    codes: Sequence[Code], similarity: Similarity, known: Known, progress: Progress | None = None
) -> Built:
    """The index of all functions of `codes`; raises MissingExtra where a grammar is not installed."""
    now = Known()
    entries: list[Entry] = []
    skipped: list[Skipped] = []
    for done, code in enumerate(codes, 1):
        if reason := current().unlooked():
            skipped.append(Skipped(path=code.path, reason=reason))
            continue
        name = fingerprint(code)
        if name not in now.files:
            now.files[name] = _file(code, name, similarity, known, now)
        spots, reason = now.files[name]
        entries += (
            Entry(s.name, s.first, s.last, s.start, s.end, s.key, code.path, code.language) for s in spots
        )
        if reason:
            skipped.append(Skipped(path=code.path, reason=reason))
        if progress is not None:
            progress(done, len(codes))
    index = Index(entries, [now.profiles[entry.key] for entry in entries])
    computed = sum(entry.key not in known.profiles for entry in entries)
    return Built(index, now, computed, tuple(skipped))


def fingerprint(code: Code) -> str:
    """A digest of a file, wherever it lies."""
    return _digest(code.language, str(code.first_line), code.text)


def key_of(function: Function, language: str) -> str:
    """A digest of what a function says: its layout, and where it stands, do not count."""
    items = (f"{item.kind} {item.word.strip()}" for item in function.items)
    return _digest(language, function.name, *items)


def _file(code: Code, name: str, similarity: Similarity, known: Known, now: Known) -> tuple[list[Spot], str]:
    """The functions of a file and why there may be more; their profiles are put into `now`."""
    if name in known.files and all(_is_within(spot, code) for spot in known.files[name][0]):
        spots, reason = known.files[name]
        now.profiles.update((spot.key, known.profiles[spot.key]) for spot in spots)
        return spots, reason
    found, reason = functions(code)
    spots = []
    for one in found:
        key = key_of(one, code.language)
        if key not in now.profiles:
            now.profiles[key] = known.profiles.get(key) or _rounded(similarity.profile(one))
        spots.append(Spot(one.name, one.first, one.last, one.start, one.end, key))
    return spots, reason


def _is_within(spot: Spot, code: Code) -> bool:
    """Whether a function can be where a cache says it is."""
    last = code.first_line + code.text.count("\n")
    return code.first_line <= spot.first <= spot.last <= last and (
        0 <= spot.start <= spot.end <= len(code.text)
    )


def _rounded(profile: FunctionProfile) -> FunctionProfile:
    """As the cache will give it back, so that a second run says the same as the first."""
    meaning, structure = (
        vector.astype(np.float16).astype(np.float32) for vector in (profile.meaning, profile.structure)
    )
    return FunctionProfile(profile.terms, meaning, structure, profile.steps)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]
