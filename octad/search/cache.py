"""What is known of functions from earlier runs, by content: one file per folder that was worked in.

Safetensors, one of the arrays being JSON of all that is no array. A file that is damaged, of another release
or cannot be written is no error, and what is odd about one is not believed: everything is computed again. The
file lies in a folder that nobody else can enter, or there is none.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from octad import __version__
from octad.errors import UnreadableInput
from octad.host.files import read_bytes
from octad.host.private import why_not_private
from octad.host.whole_file import replace
from octad.records.base import Record
from octad.search.index import Spot
from octad.search.similarity import FunctionProfile
from octad.store.folders import cache_folder
from octad.store.tensors import ArrayKind, difference, header_size

Array = NDArray[Any]
FORMAT = 2
LARGEST = 1 << 29
"""Bytes of a file; 100,000 functions take some 150 million."""
LARGEST_HEAD = 1 << 26
"""Bytes of its JSON."""
Number = Annotated[int, Field(ge=0, lt=1 << 31)]
MOST_KEPT = 100_000
"""Functions; beyond it only those of the last run are kept."""


class _Head(Record):
    """All that is no array: functions by row, the words, files with their functions as numbers of these."""

    stamp: str
    keys: tuple[str, ...]
    words: tuple[str, ...]
    files: dict[str, tuple[str, tuple[tuple[str, Number, Number, Number, Number, Number], ...]]]


@dataclass(slots=True)
class Known:
    """Functions by the fingerprint of their file, why there may be more, and profiles by their key."""

    files: dict[str, tuple[list[Spot], str]] = field(default_factory=dict)
    profiles: dict[str, FunctionProfile] = field(default_factory=dict)


def location(folder: Path) -> Path:
    """Where the cache of a folder lies."""
    digest = hashlib.sha256(os.fsencode(folder.absolute())).hexdigest()[:16]
    return cache_folder() / "functions" / f"{digest}.safetensors"


def load(path: Path, stamp: str, widths: tuple[int, int]) -> Known:
    """What the file holds; nothing where it is missing, damaged, or was made with other weights (`stamp`).

    The `widths` are those of meaning and structure.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load as unpacked

    if why_not_private(path.parent):
        return Known()
    try:
        data = read_bytes(path, LARGEST, follow=False)
        header_size(data[:8], len(data), path)
        arrays = unpacked(data)
        held = arrays["head"]
        if held.dtype != np.uint8 or held.size > LARGEST_HEAD:
            return Known()
        head = _Head.model_validate_json(held.tobytes())
        return _known(head, arrays, widths) if head.stamp == _stamp(stamp) else Known()
    except (UnreadableInput, SafetensorError, ValueError, LookupError, TypeError, OverflowError):
        return Known()


def save(path: Path, stamp: str, known: Known) -> bool:
    """Write it, whole or not at all; whether that could be done."""
    from safetensors.numpy import save as packed

    if why_not_private(path.parent):
        return False
    head = np.frombuffer(json.dumps(_head(known, stamp)).encode(), np.uint8)
    try:
        replace(path, packed(_arrays(known) | {"head": head}), 0o600)
    except OSError:
        return False
    return True


def merged(old: Known, new: Known) -> Known:
    """Both, or the new alone where that would be too much."""
    if len(old.profiles.keys() | new.profiles.keys()) > MOST_KEPT:
        return new
    return Known(old.files | new.files, old.profiles | new.profiles)


def _stamp(stamp: str) -> str:
    return f"{FORMAT} {__version__} {stamp}"


def _head(known: Known, stamp: str) -> dict[str, Any]:
    rows = {key: row for row, key in enumerate(known.profiles)}
    files = {
        name: [reason, [[s.name, s.first, s.last, s.start, s.end, rows[s.key]] for s in spots]]
        for name, (spots, reason) in known.files.items()
    }
    words = list(_numbered(known.profiles))
    return {"stamp": _stamp(stamp), "keys": list(rows), "words": words, "files": files}


def _arrays(known: Known) -> dict[str, np.ndarray[Any, Any]]:
    profiles = known.profiles.values()
    numbers = _numbered(known.profiles)
    terms = [numbers[word] for one in profiles for word in one.terms]
    counts = [count for one in profiles for count in one.terms.values()]
    return {
        "meaning": np.array([one.meaning for one in profiles], np.float16),
        "structure": np.array([one.structure for one in profiles], np.float16),
        "steps": np.array([one.steps for one in profiles], np.int32),
        "starts": np.cumsum([0, *(len(one.terms) for one in profiles)]).astype(np.int64),
        "terms": np.array(terms, np.int32),
        "counts": np.array(counts, np.int32),
    }


def _numbered(profiles: Mapping[str, FunctionProfile]) -> dict[str, int]:
    """Every word and its number."""
    found: dict[str, int] = {}
    for one in profiles.values():
        for word in one.terms:
            found.setdefault(word, len(found))
    return found


def _known(head: _Head, arrays: Mapping[str, Array], widths: tuple[int, int]) -> Known:
    """What a file says; raises ValueError or LookupError where one part of it does not fit another."""
    _check(head, arrays, widths)
    meaning, structure = (arrays[name].astype(np.float32) for name in ("meaning", "structure"))
    spelled = [head.words[number] for number in arrays["terms"].tolist()]
    counts, starts = arrays["counts"].tolist(), arrays["starts"].tolist()
    profiles = {}
    for row, key in enumerate(head.keys):
        first, stop = starts[row : row + 2]
        terms = dict(zip(spelled[first:stop], counts[first:stop], strict=True))
        profiles[key] = FunctionProfile(terms, meaning[row], structure[row], int(arrays["steps"][row]))
    files = {
        name: ([Spot(*spot[:5], head.keys[spot[5]]) for spot in spots], reason)
        for name, (reason, spots) in head.files.items()
    }
    return Known(files, profiles)


def _check(head: _Head, arrays: Mapping[str, Array], widths: tuple[int, int]) -> None:
    """Raise ValueError or LookupError unless every array is of its type, its shape and within its bounds."""
    size, terms = len(head.keys), len(arrays["terms"])
    kinds: dict[str, ArrayKind] = {
        "meaning": ("float16", (size, widths[0]) if size else (0,)),
        "structure": ("float16", (size, widths[1]) if size else (0,)),
        "steps": ("int32", (size,)),
        "starts": ("int64", (size + 1,)),
        "terms": ("int32", (terms,)),
        "counts": ("int32", (terms,)),
    }
    for name, kind in kinds.items():
        if reason := difference(arrays[name], kind):
            raise ValueError(f"{name} {reason}")
    least = {"steps": 0, "terms": 0, "counts": 1}
    starts = arrays["starts"]
    if (
        any((arrays[name] < number).any() for name, number in least.items())
        or (starts[0], starts[-1]) != (0, terms)
        or (np.diff(starts) < 0).any()
    ):
        raise ValueError("a number is out of bounds")
