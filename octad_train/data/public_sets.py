"""The public labelled sets: compressed JSON lines in the folder that OCTAD_DATA names."""

from __future__ import annotations

import hashlib
import json
import lzma
import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

from octad.errors import InputError, UnreadableInput

Row = dict[str, Any]
T = TypeVar("T")


def folder() -> Path:
    """Return the folder of the labelled sets; raises InputError when OCTAD_DATA does not name one."""
    path = Path(os.environ.get("OCTAD_DATA", ""))
    if not os.environ.get("OCTAD_DATA") or not path.is_dir():
        raise InputError("the labelled sets are not here", hint="set OCTAD_DATA to their folder")
    return path


def rows(name: str) -> Iterator[Row]:
    """Yield the rows of one file of JSON lines, say `sven/functions.jsonl.xz`.

    Raises UnreadableInput when the file is missing, damaged or not JSON lines.
    """
    try:
        with lzma.open(folder() / name, "rt", encoding="utf-8") as lines:
            for line in lines:
                yield json.loads(line)
    except (OSError, EOFError, lzma.LZMAError, ValueError) as error:
        raise UnreadableInput(f"cannot read the labelled set {name}: {error}") from error


def folds(groups: Sequence[str], count: int = 5) -> list[int]:
    """Give each case `[N]` a fold, 0 to `count` - 1, so that no group is in two and sizes are even.

    Large groups go first, each to the smallest fold; equal sizes in the order of a digest of the
    name, so that neither the order of the rows nor the names decide.
    """
    sizes = Counter(groups)
    held = [0] * count
    fold_of: dict[str, int] = {}
    for group in sorted(sizes, key=lambda name: (-sizes[name], _digest(name))):
        fold_of[group] = held.index(min(held))
        held[fold_of[group]] += sizes[group]
    return [fold_of[group] for group in groups]


def merged(groups: Sequence[str], keys: Sequence[Sequence[str]]) -> list[str]:
    """Join groups that share a key, say a commit and its copy in a fork; each gets the least name.

    `groups` and `keys` have one entry per case `[N]`; a case may have several keys.
    """
    parent = {group: group for group in groups}

    def root(name: str) -> str:
        while parent[name] != name:
            name = parent[name]
        return name

    owner: dict[str, str] = {}
    for group, shared in zip(groups, keys, strict=True):
        for key in shared:
            first, second = sorted((root(owner.setdefault(key, group)), root(group)))
            parent[second] = first
    return [root(group) for group in groups]


def _digest(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


def optional(read: Callable[[], list[T]]) -> list[T]:
    """What `read` gives, or nothing where the labelled sets are not to be had."""
    try:
        return read()
    except InputError:
        return []
