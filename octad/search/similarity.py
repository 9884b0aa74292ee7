"""What a function means and how it is built, as two vectors that can be compared; shipped weights, no model.

Meaning: the word pieces of its names, comments and strings, frequent ones counting less, their mean made of
length 1 (Arora et al. 2017). Structure: runs of steps, hashed. Each then goes through a linear map that was
fitted so that what differs between solutions of one task in several languages counts little: the inverse root
of the covariance within tasks (Hatch et al. 2006). `recipes/similarity.py` makes the maps.

Legend: D width of pieces, H hashed runs, S width of structure.
"""

from __future__ import annotations

import math
import zlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from octad.encoders.word_pieces import WordPieces
from octad.search.functions import Function
from octad.search.structure import steps_of, structure_of
from octad.search.words import OWN_NAME, words_of
from octad.store.artefact import load, loading, pieces_of, require_files
from octad.store.piece_table import PieceTable
from octad.store.tensors import ArrayKind, read_tensors
from octad.syntax.tokens import Kind

Floats = NDArray[np.float32]
NAME = "similarity"
FILE = "maps.safetensors"
HASHED = 1_024
RARE = 0.01
"""The share of all pieces from which on a piece counts less than half."""
_FIRST_WORD = 999
"""WordPieces from here on are in the order of how often they are used, as BERT's vocabulary is."""


@dataclass(frozen=True, slots=True)
class FunctionProfile:
    """What is compared of a function: its words, its two vectors, and how many steps it has."""

    terms: Mapping[str, int]
    meaning: Floats
    structure: Floats
    steps: int


@dataclass(frozen=True, slots=True)
class Maps:
    """`centre` [D] of all pieces; of each kind of vector the mean and the map of those centred by it."""

    centre: Floats
    meaning_mean: Floats
    meaning_map: Floats
    structure_mean: Floats
    structure_map: Floats


def kinds(width: int) -> dict[str, ArrayKind]:
    """The maps over word pieces of a width, as they are stored."""
    vectors = {"centre": width, "meaning_mean": width, "structure_mean": HASHED}
    found: dict[str, ArrayKind] = {name: ("", (size,)) for name, size in vectors.items()}
    return found | {"meaning_map": ("", (width, None)), "structure_map": ("", (HASHED, None))}


class Similarity:
    """Functions and questions to vectors, with the word pieces that all agents share."""

    def __init__(self, pieces: WordPieces, table: PieceTable, maps: Maps, stamp: str = "") -> None:
        self.pieces = pieces
        self.table = table
        self.maps = maps
        self.stamp = stamp
        """What tells these weights from others."""

    @classmethod
    def load(cls, folder: Path | None = None) -> Similarity:
        """The shipped maps, or those in `folder`; raises ArtefactError when they are missing or damaged."""
        with loading(folder or NAME):
            folder, manifest = load(NAME, folder)
            require_files(folder, manifest, (FILE,))
            shared = pieces_of(folder, manifest)
            table = PieceTable.load(shared)
            tensors = read_tensors(folder / FILE, kinds(int(table.values.shape[1])))
            maps = Maps(**{name: values.astype(np.float32) for name, values in tensors.items()})
            return cls(WordPieces(shared), table, maps, manifest.files[FILE])

    @property
    def widths(self) -> tuple[int, int]:
        """The widths of meaning and structure."""
        return int(self.maps.meaning_map.shape[1]), int(self.maps.structure_map.shape[1])

    @cached_property
    def weights(self) -> Floats:
        """How much each piece counts, by how often it is used according to Zipf's law."""
        size = len(self.table.values)
        rank = np.maximum(np.arange(size) - _FIRST_WORD + 1, 1)
        weights: Floats = (RARE / (RARE + 1 / (rank * np.log(size)))).astype(np.float32)
        return weights

    def profile(self, function: Function) -> FunctionProfile:
        """What is compared of a function."""
        terms, spelled = counted_words(function)
        raw = hashed(structure_of(function))
        structure = mapped(raw, self.maps.structure_mean, self.maps.structure_map)
        return FunctionProfile(terms, self.meaning(spelled), structure, sum(1 for _ in steps_of(function)))

    def meaning(self, words: Mapping[str, int]) -> Floats:
        """What words mean together, `[D]`; zero where there are none."""
        return mapped(self.raw_meaning(words), self.maps.meaning_mean, self.maps.meaning_map)

    def raw_meaning(self, words: Mapping[str, int]) -> Floats:
        """The same before it is mapped."""
        counts: Counter[int] = Counter()
        for word, count in words.items():
            for piece in self.pieces.of(word):
                counts[piece] += count
        if not counts:
            return np.zeros(len(self.maps.centre), np.float32)
        known = np.fromiter(counts, np.int64, len(counts))
        weight = self.weights[known] * np.log1p(np.fromiter(counts.values(), np.float32, len(counts)))
        return unit(weight @ (self.table.rows(known) - self.maps.centre))


def counted_words(function: Function) -> tuple[Counter[str], Counter[str]]:
    """The words of a function as they are compared, and in full; those of its name count more."""
    terms: Counter[str] = Counter()
    spelled: Counter[str] = Counter()
    for word in words_of(function):
        weight = OWN_NAME if word.kind == Kind.DEFINITION else 1
        terms[word.term] += weight
        if word.word:
            spelled[word.word] += weight
    return terms, spelled


def hashed(structure: Mapping[str, int]) -> Floats:
    """Runs of steps as a vector `[H]` of length 1: each adds to one place, or takes from it."""
    found: Floats = np.zeros(HASHED, np.float32)
    for run, count in structure.items():
        place = zlib.crc32(run.encode("utf-8", "replace"))
        found[place % HASHED] += (1 + math.log(count)) * (1 if place >> 31 else -1)
    return unit(found)


def mapped(raw: Floats, mean: Floats, linear: Floats) -> Floats:
    """A raw vector as it is compared, of length 1; zero stays zero."""
    return unit((raw - mean) @ linear) if raw.any() else np.zeros(linear.shape[1], np.float32)


def unit(vector: NDArray[np.floating[Any]]) -> Floats:
    """The vector at length 1; zero stays zero."""
    found: Floats = (vector / max(float(np.linalg.norm(vector)), 1e-9)).astype(np.float32)
    return found
