"""The shapes of lines in bounded memory, as a function of the set of lines alone.

Shapes are held in groups: one service, level, number of tokens and first word. A group of more than
so many shapes gives up telling them apart and keeps their meet, `<*>` wherever they differ; that is how
`user ann left`, `user bob left`, … become `user <*> left`. How many are too many falls in steps as the
groups together exceed the capacity. The last step forgets service, level and word too.

Both conditions can only become true, never false, as lines are added; so the state after any lines
does not depend on their order, nor on how they were parted.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from typing import NamedTuple

from octad.records.logs import VARIES
from octad.templates.masks import Shape
from octad.templates.tally import Tally

CAPACITY = 10_000
LIMITS = (1_000, 100, 10, 1, 0)
"""Shapes that a group tells apart, step by step; at the last step groups are parted by length alone."""
LAST = len(LIMITS) - 1
LONGEST_WORD = 40


class Key(NamedTuple):
    """What the lines of a group have in common."""

    service: str
    level: str
    length: int
    word: str


class Group:
    """Tallies by shape, or one of the meet of all shapes when there were too many."""

    __slots__ = ("shapes", "united")

    def __init__(self) -> None:
        self.shapes: dict[Shape, Tally] = {}
        self.united = False

    def unite(self) -> None:
        """Put the meet in place of the shapes."""
        together = Tally()
        for tally in self.shapes.values():
            together.merge(tally)
        self.shapes, self.united = {meet(self.shapes): together}, True

    def find(self, shape: Shape) -> Tally:
        """The tally of a shape, new when the shape is and the group still tells shapes apart."""
        if self.united:
            ((whole, tally),) = self.shapes.items()
            self.shapes = {meet((whole, shape)): tally}
            return tally
        return self.shapes.setdefault(shape, Tally())


class Shapes:
    """Tallies by service, level and shape; about `capacity` of them at most."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self.capacity = capacity
        self.step = 0
        self.groups: dict[Key, Group] = {}
        self.size = 0
        # How often tallies were replaced by their sum: those found before are then out of date.
        self.unions = 0

    def find(self, key: Key, shape: Shape) -> Tally:
        """The tally of a shape."""
        group = self._group(key)
        before = self._size(group)
        tally = group.find(shape)
        added = self._size(group) - before
        if not added:
            return tally
        self.size += added
        if len(group.shapes) > LIMITS[self.step]:
            group.unite()
            self.unions += 1
        while self.size > self.capacity and self.step < LAST:
            self.rise()
        return self._group(key).find(shape)

    def rise(self) -> None:
        """Go to the next step: every group tells fewer shapes apart."""
        self.step += 1
        self.unions += 1
        groups, self.groups = self.groups, {}
        for key, group in groups.items():
            self._join(key, group, 0)
        self.size = sum(map(self._size, self.groups.values()))

    def widen(self, doublings: int) -> None:
        """Double the width of the buckets of time so many times."""
        for group in self.groups.values():
            for tally in group.shapes.values():
                tally.widen(doublings)

    def merge(self, other: Shapes, doublings: int = 0) -> None:
        """Add the lines of others, whose buckets need so many doublings."""
        while self.step < other.step:
            self.rise()
        for key, group in other.groups.items():
            self._join(key, group, doublings)
        self.size = sum(map(self._size, self.groups.values()))
        while self.size > self.capacity and self.step < LAST:
            self.rise()

    def _join(self, key: Key, group: Group, doublings: int) -> None:
        own = self._group(key)
        for shape, tally in group.shapes.items():
            own.find(shape).merge(tally, doublings)
        if not own.united and (group.united or len(own.shapes) > LIMITS[self.step]):
            own.unite()

    def _group(self, key: Key) -> Group:
        key = Key("", "", key.length, "") if self.step == LAST else key
        return self.groups.setdefault(key, Group())

    def _size(self, group: Group) -> int:
        """Shapes of a group as they count: of a united one only that there were too many."""
        return LIMITS[self.step] + 1 if group.united else len(group.shapes)


def key_of(service: str, level: str, shape: Shape) -> Key:
    """The group of a shape; its word is the first that is letters only."""
    word = next((token for token in shape if len(token) <= LONGEST_WORD and token.isalpha()), "")
    return Key(service, level, len(shape), word)


def meet(shapes: Iterable[Shape]) -> Shape:
    """What shapes of one length share, `<*>` where they differ."""
    return reduce(lambda a, b: a if a == b else tuple(map(_same, a, b)), shapes)


def _same(a: str, b: str) -> str:
    return a if a == b else VARIES
