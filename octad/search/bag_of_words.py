"""Bags of words as an inverted index: BM25 for questions, cosine of TF-IDF for functions among themselves.

Legend: N bags, E pairs of a bag and a word in it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

SATURATION, LENGTH = 1.2, 0.75
"""BM25's k1 and b at their usual values (Robertson and Zaragoza 2009)."""


class Bags:
    """What N bags hold, by bag and by word."""

    def __init__(self, bags: Sequence[Mapping[str, int]]) -> None:
        vocabulary: dict[str, int] = {}
        flat = [vocabulary.setdefault(word, len(vocabulary)) for bag in bags for word in bag]
        self.vocabulary = vocabulary
        self.words: Ints = np.array(flat, np.int64)
        self.counts: Floats = np.array([count for bag in bags for count in bag.values()], np.float32)
        self.starts: Ints = np.cumsum([0, *map(len, bags)]).astype(np.int64)
        sizes = np.diff(self.starts)
        self.rows: Ints = np.repeat(np.arange(len(bags)), sizes)
        held = np.bincount(self.words, minlength=len(vocabulary))
        self.idf: Floats = np.log1p(len(bags) / held).astype(np.float32)
        self.rarity: Floats = np.log1p((len(bags) - held + 0.5) / (held + 0.5)).astype(np.float32)
        self.by_word: Ints = np.argsort(self.words, kind="stable")
        self.word_starts: Ints = np.cumsum([0, *held]).astype(np.int64)
        weighed = (1 + np.log(self.counts)) * self.idf[self.words]
        norms = np.sqrt(np.bincount(self.rows, weighed**2, minlength=len(bags)))
        self.weighed: Floats = (weighed / np.maximum(norms, 1e-9)[self.rows]).astype(np.float32)
        length = np.bincount(self.rows, self.counts, minlength=len(bags))
        share = 1 - LENGTH + LENGTH * length / max(float(length.mean()) if len(bags) else 0.0, 1e-9)
        gain = self.counts * (SATURATION + 1) / (self.counts + SATURATION * share[self.rows])
        self.gains: Floats = (gain * self.rarity[self.words]).astype(np.float32)

    def __len__(self) -> int:
        """How many bags there are."""
        return len(self.starts) - 1

    def answers(self, words: Sequence[str]) -> Floats:
        """How well each bag answers a question, `[N]`: BM25 as a share of the most it could be."""
        found = np.zeros(len(self), np.float32)
        most = 0.0
        unknown = float(np.log1p(2 * len(self) + 1))
        for word in dict.fromkeys(words):
            at = self.vocabulary.get(word)
            most += (SATURATION + 1) * (unknown if at is None else float(self.rarity[at]))
            if at is not None:
                places = self.places(at)
                found[self.rows[places]] += self.gains[places]
        return found / np.float32(max(most, 1e-9))

    def cosines(self, row: int) -> Floats:
        """How alike the bags are to one of them, `[N]`."""
        found = np.zeros(len(self), np.float32)
        for entry in range(self.starts[row], self.starts[row + 1]):
            places = self.places(int(self.words[entry]))
            found[self.rows[places]] += self.weighed[entry] * self.weighed[places]
        return found

    def cosine(self, row: int, other: int) -> float:
        """How alike two bags are."""
        return sum(self.shared(row, other).values())

    def shared(self, row: int, other: int) -> dict[str, float]:
        """The words of two bags and what each adds to their cosine."""
        mine, theirs = self.held(row), self.held(other)
        return {word: mine[word] * theirs[word] for word in mine if word in theirs}

    def held(self, row: int) -> dict[str, float]:
        """The words of a bag and their weights."""
        places = range(self.starts[row], self.starts[row + 1])
        return {self.spelled[self.words[at]]: float(self.weighed[at]) for at in places}

    @property
    def spelled(self) -> list[str]:
        """The words by their number."""
        if not hasattr(self, "_spelled"):
            self._spelled = list(self.vocabulary)
        return self._spelled

    def places(self, word: int) -> Ints:
        """Where a word is."""
        return self.by_word[self.word_starts[word] : self.word_starts[word + 1]]
