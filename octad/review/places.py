"""Where a repair would go in a function or a change: the places of its units, as one list of lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from octad.heads.place import LinePlace
from octad.runtime import Asked


class Placed(NamedTuple):
    """A line with the share of all that is likely to be repaired, and what the head says of it."""

    line: int
    score: float
    place: LinePlace


def places(asked: Sequence[Asked[Any, Any]]) -> tuple[Placed, ...]:
    """The lines of several units, likeliest first; each unit has its share of all lines with code."""
    lines = sum(len(one.answer.place or ()) for one in asked)
    found = [
        Placed(place.line, place.probability * len(one.answer.place) / lines, place)
        for one in asked
        for place in one.answer.place or ()
    ]
    return tuple(sorted(found, key=lambda one: -one.score))
