from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch.nn import functional as F

from octad.store.piece_table import PieceTable


def table(rows: int = 40, width: int = 12) -> np.ndarray:
    rng = np.random.default_rng(0)
    return rng.normal(size=(rows, width)) * np.exp(rng.normal(size=(rows, 1)) * 3)


def test_rounding_is_within_half_a_step_of_each_row() -> None:
    weights = table()
    weights[3] = 0.0
    error = np.abs(PieceTable.quantise(weights).rows(np.arange(40)) - weights)
    step = np.abs(weights).max(1, keepdims=True) / 127
    assert (error <= step / 2 * 1.001 + 1e-12).all()
    assert error.max() > 0


def test_means_equal_those_of_torch() -> None:
    rng = np.random.default_rng(1)
    quantised = PieceTable.quantise(table())
    counts = np.array([3, 1, 0, 0, 2, 5, 0])
    pieces = rng.integers(0, 40, counts.sum())
    starts = np.concatenate([[0], counts.cumsum()[:-1]])
    expected = F.embedding_bag(
        torch.from_numpy(pieces),
        torch.from_numpy(quantised.rows(np.arange(40))),
        torch.from_numpy(starts),
        mode="mean",
    )
    np.testing.assert_allclose(quantised.means(pieces, starts), expected.numpy(), rtol=1e-5, atol=1e-6)


def test_no_pieces_at_all_are_zeros() -> None:
    nothing = PieceTable.quantise(table()).means(np.zeros(0, np.int32), np.zeros(3, np.int32))
    assert nothing.shape == (3, 12) and not nothing.any()


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    quantised = PieceTable.quantise(table())
    quantised.save(tmp_path / "new")
    again = PieceTable.load(tmp_path / "new")
    assert (again.values == quantised.values).all() and (again.scale == quantised.scale).all()
