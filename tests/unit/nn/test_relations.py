from __future__ import annotations

import torch

from octad.nn.relations import RelationBias, one_hot

EDGES = torch.tensor([[0, 1, 2, 0], [0, 1, 2, 1], [1, 0, 3, 1], [1, 0, 3, 1]], dtype=torch.int32)


def test_one_hot_marks_each_edge_once() -> None:
    dense = one_hot(EDGES, 2, 4, 3, torch.float32)
    assert dense.shape == (2, 3, 4, 4)
    assert {tuple(place) for place in dense.nonzero().tolist()} == {(0, 0, 1, 2), (0, 1, 1, 2), (1, 1, 0, 3)}
    assert dense.max() == 1


def test_no_edges_are_no_marks() -> None:
    assert not one_hot(EDGES[:0], 2, 4, 3, torch.float32).any()


def test_bias_starts_at_zero_and_is_the_sum_over_relations() -> None:
    layer = RelationBias(2, 3, 3, gain=10.0)
    dense = one_hot(EDGES, 2, 4, 3, torch.float32)
    assert all(not bias.any() for bias in layer(dense))
    with torch.no_grad():
        layer.weight.normal_()
    biases = layer(dense)
    assert [bias.shape for bias in biases] == [(2, 3, 4, 4)] * 2
    for index, bias in enumerate(biases):
        for head in range(3):
            weight = layer.weight[index, head] * 10
            torch.testing.assert_close(bias[0, head, 1, 2], weight[0] + weight[1])
            torch.testing.assert_close(bias[1, head, 0, 3], weight[1])
            assert bias[0, head, 2, 1] == 0


def test_every_relation_learns_where_it_occurs_only() -> None:
    layer = RelationBias(1, 1, 3)
    layer(one_hot(EDGES, 2, 4, 3, torch.float32))[0].sum().backward()
    assert layer.weight.grad is not None
    assert layer.weight.grad[0, 0].tolist() == [30.0, 60.0, 0.0]


def test_relations_without_gain_have_no_say_and_do_not_learn() -> None:
    layer = RelationBias(1, 2, 3)
    layer.gain[1] = 0
    torch.nn.init.ones_(layer.weight)
    assert list(layer.state_dict()) == ["weight"]
    bias = layer(one_hot(EDGES, 2, 4, 3, torch.float32))[0]
    assert bias[0, 0, 1, 2] == 30 and bias[1, 0, 0, 3] == 0
    bias.sum().backward()
    assert layer.weight.grad is not None and not layer.weight.grad[..., 1].any()
