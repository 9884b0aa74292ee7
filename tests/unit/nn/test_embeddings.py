from __future__ import annotations

import torch

from octad.nn.embeddings import FeatureSum, PieceMean


def test_piece_mean_by_hand() -> None:
    table = torch.arange(12.0).reshape(4, 3)
    layer = PieceMean(table)
    pieces, starts = torch.tensor([1, 3, 2, 2]), torch.tensor([0, 2, 3, 4])
    means = layer(pieces, starts)
    expected = torch.stack([(table[1] + table[3]) / 2, table[2], table[2], torch.zeros(3)])
    torch.testing.assert_close(means, expected)
    assert not layer.table.requires_grad


def test_feature_sum_reads_every_feature_from_its_own_rows() -> None:
    layer = FeatureSum((3, 2), 4)
    features = torch.tensor([[[2, 1], [0, 0]]], dtype=torch.uint8)
    assert not layer(features).any()
    with torch.no_grad():
        layer.weight.normal_()
    summed = layer(features)
    torch.testing.assert_close(summed[0, 0], layer.weight[2] + layer.weight[4])
    torch.testing.assert_close(summed[0, 1], layer.weight[0] + layer.weight[3])
