"""An index of functions: which answer a question, which are like one of them, which are clones.

Legend: N functions, D width of meaning, S width of structure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from octad.search.bag_of_words import Bags
from octad.search.similarity import FunctionProfile

Floats = NDArray[np.float32]
Progress = Callable[[int, int], None]

MEANING = 0.5
"""What meaning counts in an answer, where the words themselves count 1."""
WORDS_OF_PAIR, MEANING_OF_PAIR, STRUCTURE_OF_PAIR = 1.0, 1.0, 0.7
"""What each part counts where functions are compared."""
FEWEST_STEPS = 8
"""A function of fewer steps is no clone: a getter is like every other."""
BLOCK = 512


@dataclass(frozen=True, slots=True)
class Spot:
    """A function of a file: its name, lines and characters there, and the key of its content."""

    name: str
    first: int
    last: int
    start: int
    end: int
    key: str


@dataclass(frozen=True, slots=True)
class Entry(Spot):
    """A function of the index: where in which file it is."""

    path: str
    language: str


@dataclass(frozen=True, slots=True)
class Pair:
    """Two rows of the index and how alike they are."""

    one: int
    other: int
    score: float


class Index:
    """N functions and their profiles."""

    def __init__(self, entries: Sequence[Entry], profiles: Sequence[FunctionProfile]) -> None:
        self.entries = tuple(entries)
        self.profiles = tuple(profiles)
        self.bags = Bags([profile.terms for profile in profiles])
        self.meaning: Floats = _stacked([profile.meaning for profile in profiles])
        self.structure: Floats = _stacked([profile.structure for profile in profiles])

    def __len__(self) -> int:
        """How many functions there are."""
        return len(self.entries)

    def answers(self, words: Sequence[str], meaning: Floats) -> Floats:
        """How well each function answers a question of these words and this meaning, `[N]`, 0 to 1."""
        near = np.maximum(self.meaning @ meaning, 0)
        found: Floats = (self.bags.answers(words) + MEANING * near) / (1 + MEANING)
        return found

    def parts(self, row: int) -> tuple[Floats, Floats, Floats]:
        """How alike each function is to one of them, `[N]`: in words, in meaning, in structure."""
        return (
            self.bags.cosines(row),
            np.maximum(self.meaning @ self.meaning[row], 0),
            np.maximum(self.structure @ self.structure[row], 0),
        )

    def alike(self, row: int) -> Floats:
        """How alike each function is to one of them, `[N]`, 0 to 1."""
        return combined(*self.parts(row))

    def overlap(self, row: int, other: int) -> bool:
        """Whether one function is inside the other, or they are one."""
        a, b = self.entries[row], self.entries[other]
        return a.path == b.path and a.start < b.end and b.start < a.end

    def pairs(self, least: float, progress: Progress | None = None) -> Iterator[Pair]:
        """Pairs of functions of some length that are at least so alike, each once, none inside the other.

        Words are compared only where all else leaves it open.
        """
        rows = [row for row, one in enumerate(self.profiles) if one.steps >= FEWEST_STEPS]
        meaning, structure = self.meaning[rows], self.structure[rows]
        for start in range(0, len(rows), BLOCK):
            near = MEANING_OF_PAIR * np.maximum(meaning[start : start + BLOCK] @ meaning.T, 0)
            near += STRUCTURE_OF_PAIR * np.maximum(structure[start : start + BLOCK] @ structure.T, 0)
            open_to = near + WORDS_OF_PAIR >= least * WHOLE - 1e-6
            for at in range(len(near)):
                others = np.flatnonzero(open_to[at, start + at + 1 :]) + start + at + 1
                if len(others):
                    words = self.bags.cosines(rows[start + at])
                    for other in others:
                        score = float((near[at, other] + WORDS_OF_PAIR * words[rows[other]]) / WHOLE)
                        if score >= least and not self.overlap(rows[start + at], rows[other]):
                            yield Pair(rows[start + at], rows[other], min(score, 1.0))
            if progress is not None:
                progress(min(start + BLOCK, len(rows)), len(rows))


WHOLE = WORDS_OF_PAIR + MEANING_OF_PAIR + STRUCTURE_OF_PAIR


def combined(words: Floats, meaning: Floats, structure: Floats) -> Floats:
    """The parts as one figure, 0 to 1."""
    sum_ = WORDS_OF_PAIR * words + MEANING_OF_PAIR * meaning + STRUCTURE_OF_PAIR * structure
    found: Floats = np.minimum(sum_ / WHOLE, 1)
    return found


def groups(pairs: Sequence[Pair]) -> list[list[int]]:
    """Rows in which every two are a pair, the most alike first; no row is in two groups."""
    known = {(pair.one, pair.other) for pair in pairs}
    home: dict[int, list[int]] = {}
    for pair in sorted(pairs, key=lambda pair: (-pair.score, pair.one, pair.other)):
        mine, theirs = home.get(pair.one, [pair.one]), home.get(pair.other, [pair.other])
        if mine is not theirs and all((min(a, b), max(a, b)) in known for a in mine for b in theirs):
            merged = [*mine, *theirs]
            home.update(dict.fromkeys(merged, merged))
    return sorted({id(group): sorted(group) for group in home.values()}.values())


def _stacked(vectors: Sequence[Floats]) -> Floats:
    return np.stack(vectors) if vectors else np.zeros((0, 1), np.float32)
