"""Removes duplicates: the same tokens, or nearly the same (MinHash over runs of tokens).

Two functions count as duplicates when at least `SAME` of their `HASHES` minima agree, an estimate of
a Jaccard similarity of 0.75 between their sets of four successive tokens. Comments, layout, numbers
and the contents of strings do not count; names do. Broder 1997, *On the resemblance and containment
of documents*; banding after Leskovec et al., *Mining of Massive Datasets*, chapter 3.
"""

from __future__ import annotations

import numpy as np

from octad_train.data.code.python_lexer import codes, read_tokens

HASHES = 32
BANDS = 8
SAME = 24
RUN = 4
_RNG = np.random.default_rng(20240501)
_FACTORS = _RNG.integers(1, 2**63, HASHES, dtype=np.uint64) | np.uint64(1)
_ADDENDS = _RNG.integers(0, 2**63, HASHES, dtype=np.uint64)
_POWERS = np.array([1, 0x100000001B3, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9], np.uint64)


def signature(text: str) -> np.ndarray:
    """uint32 [HASHES]: the minima of the hashed runs of four tokens of a function."""
    words = codes(read_tokens(text))
    if len(words) < RUN:
        words = np.concatenate([words, np.zeros(RUN - len(words), np.uint64)])
    runs = np.zeros(len(words) - RUN + 1, np.uint64)
    for shift in range(RUN):
        runs += words[shift : shift + len(runs)] * _POWERS[shift]
    runs ^= runs >> np.uint64(29)
    hashed = runs[None, :] * _FACTORS[:, None] + _ADDENDS[:, None]
    least: np.ndarray = (hashed >> np.uint64(32)).min(axis=1).astype(np.uint32)
    return least


class Seen:
    """Signatures so far; `add` tells whether a function is new."""

    def __init__(self) -> None:
        self._kept: list[np.ndarray] = []
        self._bands: dict[bytes, list[int]] = {}

    def __len__(self) -> int:
        return len(self._kept)

    def add(self, print_: np.ndarray) -> bool:
        """Remember a signature; False, and nothing remembered, if one like it was there already."""
        keys = self._keys(print_)
        if self._similar(print_, keys):
            return False
        index = len(self._kept)
        self._kept.append(print_)
        for key in keys:
            bucket = self._bands.setdefault(key, [])
            if len(bucket) < 16:
                bucket.append(index)
        return True

    def __contains__(self, print_: np.ndarray) -> bool:
        return self._similar(print_, self._keys(print_))

    def _similar(self, print_: np.ndarray, keys: list[bytes]) -> bool:
        near = {index for key in keys for index in self._bands.get(key, ())}
        return any(int((self._kept[index] == print_).sum()) >= SAME for index in near)

    @staticmethod
    def _keys(print_: np.ndarray) -> list[bytes]:
        size = HASHES // BANDS
        return [bytes([band]) + print_[band * size : (band + 1) * size].tobytes() for band in range(BANDS)]
