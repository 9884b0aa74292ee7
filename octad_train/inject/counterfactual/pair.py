"""A counterfactual: two versions of a definition times two versions of one use of it, far apart in one file.

As it is, and with both changed (a consistent refactoring), the file is right; with only the definition
changed a use was forgotten, with only the use changed it names what is not there: two right texts and two
wrong ones. Whoever sees the use alone, or the definition alone, is right half of the time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

Kind = Literal["signature", "field", "constant"]


class Edit(NamedTuple):
    """Characters `start` to `end` of the original become `text`."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Counterfactual:
    """The two changes that make four texts of one.

    `defined` changes the definition and all that follows it, `used` the function of the use and nothing
    else. `definition` and `use` are offsets of the original: of the name at the definition, and of the name
    of the function, attribute or constant at the use.
    """

    kind: Kind
    defined: tuple[Edit, ...]
    used: tuple[Edit, ...]
    definition: int
    use: int


def renamed(places: Sequence[int], old: str, new: str) -> tuple[Edit, ...]:
    """The edits that write `new` for `old` at all `places`."""
    return tuple(Edit(place, place + len(old), new) for place in places)


def edited(text: str, edits: Sequence[Edit]) -> str:
    """`text` after edits that do not overlap."""
    parts, done = [], 0
    for start, end, new in sorted(edits):
        parts += [text[done:start], new]
        done = end
    return "".join([*parts, text[done:]])


def moved(place: int, edits: Sequence[Edit]) -> int:
    """Where `place` of the original lies after the edits."""
    return place + sum(len(edit.text) - edit.end + edit.start for edit in edits if edit.start < place)
