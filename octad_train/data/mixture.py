"""Several sources of labelled examples as one endless stream with stated shares."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np

T = TypeVar("T")
U = TypeVar("U")


@dataclass(frozen=True, slots=True)
class Part(Generic[T]):
    """One source: how often it is asked, and its example number `index` of an epoch.

    `rivals` gives up to so many others that could stand in its place, where there are any.
    """

    share: float
    example: Callable[[int, int], T]
    rivals: Callable[[int, int, int], Sequence[T]] = lambda epoch, index, count: ()


class Mixture(Generic[T]):
    """Examples of several parts, chosen by their shares; the same for the same seed and place."""

    def __init__(self, parts: Sequence[Part[T]]) -> None:
        self.parts = tuple(parts)
        total = sum(part.share for part in parts)
        self.shares = [part.share / total for part in parts]

    def stream(self, seed: int, shard: int, shards: int) -> Iterator[T]:
        """Every `shards`-th example, from number `shard` on, without end."""
        for part, index in self._places(seed, shard, shards):
            yield part.example(seed, index)

    def candidates(self, seed: int, shard: int, shards: int, count: int) -> Iterator[list[T]]:
        """For every example of `stream` at most `count` that a selector may choose from, itself the first."""
        for part, index in self._places(seed, shard, shards):
            yield [part.example(seed, index), *part.rivals(seed, index, count - 1)]

    def map(self, make: Callable[[T], U]) -> Mixture[U]:
        """The same choices, with `make` of every example."""

        def made(part: Part[T]) -> Part[U]:
            return Part(
                part.share,
                lambda epoch, index: make(part.example(epoch, index)),
                lambda epoch, index, count: [make(rival) for rival in part.rivals(epoch, index, count)],
            )

        return Mixture([made(part) for part in self.parts])

    def _places(self, seed: int, shard: int, shards: int) -> Iterator[tuple[Part[T], int]]:
        """The part that each example of a shard is of, and its number."""
        index = shard
        while True:
            rng = np.random.default_rng((seed, index))
            yield self.parts[int(rng.choice(len(self.parts), p=self.shares))], index
            index += shards
