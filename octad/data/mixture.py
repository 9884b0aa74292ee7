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
    """One source: how often it is asked, and its example number `index` of an epoch."""

    share: float
    example: Callable[[int, int], T]


class Mixture(Generic[T]):
    """Examples of several parts, chosen by their shares; the same for the same seed and place."""

    def __init__(self, parts: Sequence[Part[T]]) -> None:
        self.parts = tuple(parts)
        total = sum(part.share for part in parts)
        self.shares = [part.share / total for part in parts]

    def stream(self, seed: int, shard: int, shards: int) -> Iterator[T]:
        """Every `shards`-th example, from number `shard` on, without end."""
        index = shard
        while True:
            rng = np.random.default_rng((seed, index))
            part = self.parts[int(rng.choice(len(self.parts), p=self.shares))]
            yield part.example(seed, index)
            index += shards

    def map(self, make: Callable[[T], U]) -> Mixture[U]:
        """The same choices, with `make` of every example."""

        def made(part: Part[T]) -> Part[U]:
            return Part(part.share, lambda epoch, index: make(part.example(epoch, index)))

        return Mixture([made(part) for part in self.parts])
