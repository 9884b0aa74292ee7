"""What is known of functions from earlier runs, by content: one file per folder that was worked in.

Arrays in safetensors, the rest in its header as JSON. A file that is damaged, of another release or cannot be
written is no error: everything is computed again.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from octad import __version__
from octad.host.whole_file import replace
from octad.search.index import Spot
from octad.search.similarity import FunctionProfile
from octad.store.folders import cache_folder

FORMAT = 1
MOST_KEPT = 100_000
"""Functions; beyond it only those of the last run are kept."""


@dataclass(slots=True)
class Known:
    """Functions by the fingerprint of their file, why there may be more, and profiles by their key."""

    files: dict[str, tuple[list[Spot], str]] = field(default_factory=dict)
    profiles: dict[str, FunctionProfile] = field(default_factory=dict)


def location(folder: Path) -> Path:
    """Where the cache of a folder lies."""
    digest = hashlib.sha256(os.fsencode(folder.absolute())).hexdigest()[:16]
    return cache_folder() / "functions" / f"{digest}.safetensors"


def load(path: Path, stamp: str) -> Known:
    """What the file holds; nothing where it is missing, damaged, or was made with other weights (`stamp`)."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="numpy") as file:
            head: dict[str, Any] = json.loads((file.metadata() or {}).get("head", "{}"))
            if head.get("stamp") != _stamp(stamp):
                return Known()
            return _known(head, {name: file.get_tensor(name) for name in file.keys()})  # noqa: SIM118
    except (OSError, SafetensorError, ValueError, KeyError, IndexError, TypeError):
        return Known()


def save(path: Path, stamp: str, known: Known) -> bool:
    """Write it, whole or not at all; whether that could be done."""
    from safetensors.numpy import save as packed

    data = packed(_arrays(known), {"head": json.dumps(_head(known, stamp))})
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        replace(path, data, 0o600)
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


def _known(head: Mapping[str, Any], arrays: Mapping[str, np.ndarray[Any, Any]]) -> Known:
    keys, words = head["keys"], head["words"]
    if not len(keys) == len(arrays["meaning"]) == len(arrays["structure"]) == len(arrays["starts"]) - 1:
        raise ValueError("arrays of other lengths")
    meaning, structure = (arrays[name].astype(np.float32) for name in ("meaning", "structure"))
    spelled = [words[number] for number in arrays["terms"].tolist()]
    counts, starts = arrays["counts"].tolist(), arrays["starts"].tolist()
    profiles = {}
    for row, key in enumerate(keys):
        first, stop = starts[row : row + 2]
        terms = dict(zip(spelled[first:stop], counts[first:stop], strict=True))
        profiles[key] = FunctionProfile(terms, meaning[row], structure[row], int(arrays["steps"][row]))
    files = {
        name: (
            [
                Spot(called, first, last, start, end, keys[row])
                for called, first, last, start, end, row in spots
            ],
            reason,
        )
        for name, (reason, spots) in head["files"].items()
    }
    return Known(files, profiles)
