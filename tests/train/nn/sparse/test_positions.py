from __future__ import annotations

import torch

from octad_train.nn.sparse.positions import tiled


def test_a_table_is_repeated_in_whole_copies() -> None:
    table = torch.randn(5, 3)
    longer = tiled(table, 12)
    assert longer.shape == (15, 3)
    assert all(torch.equal(longer[item], table[item % 5]) for item in range(15))
    assert torch.equal(tiled(longer, 16), tiled(table, 30))
    assert torch.equal(tiled(table, 4), table)
