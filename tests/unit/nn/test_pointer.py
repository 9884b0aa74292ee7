from __future__ import annotations

import torch

from octad.nn.pointer import PointerNetwork


def test_pointer_compares_items_with_the_summary() -> None:
    torch.manual_seed(0)
    layer, states = PointerNetwork(8, 6, 4), torch.randn(2, 5, 8)
    location, edit, query, key = layer(states)
    assert [t.shape for t in (location, edit, query, key)] == [(2, 5), (2, 5, 6), (2, 5, 4), (2, 5, 4)]
    other = states.clone()
    other[:, 0] += 1.0
    assert ((layer(other)[0] - location).abs() > 0).all()
    torch.testing.assert_close(layer(other)[3][:, 1:], key[:, 1:])
