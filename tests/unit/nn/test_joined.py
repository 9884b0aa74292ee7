"""Streams side by side: who sees whom, what gates do, what priming learns, and that padding is nothing."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
import torch
from torch import Tensor, nn

from octad.nn.joined import FAR, LINK, SHARED, Bottleneck, Front, JoinedCore, TwinOf
from octad.nn.readout import BesideSummary, Summary
from octad.nn.twins import Convolutional

D, STREAMS, RELATIONS = 16, 3, 2
STREAM = torch.tensor([[SHARED, SHARED, 1, 1, 2, 2]])
L = STREAM.shape[1]
ALONE = torch.zeros(1, L, dtype=torch.int32)
Batch = dict[str, Tensor]


def encoder(layers: tuple[int, int] = (1, 1)) -> Bottleneck:
    torch.manual_seed(0)
    made = Bottleneck(D, 2, layers, STREAMS, RELATIONS, 0.1)
    nn.init.normal_(made.bias.weight, std=0.1)
    return made.eval()


def touched(made: Bottleneck, item: int, subject: Tensor, indicator: Tensor) -> set[int]:
    """The items whose states move when `item` is another, while no gate moves."""
    torch.manual_seed(2)
    items, mask = torch.randn(1, L, D), torch.ones(1, L, dtype=torch.bool)
    other = items.clone()
    other[:, item] += torch.randn(D)
    before, _ = made(items, mask, STREAM, subject, indicator)
    after, _ = made(other, mask, STREAM, subject, indicator)
    return set(((after - before).abs().sum(-1) > 1e-6).nonzero()[:, 1].tolist())


def no_edges() -> Tensor:
    return torch.zeros(1, RELATIONS, L, L)


def test_another_stream_is_not_seen_directly() -> None:
    assert touched(encoder(), 2, ALONE, no_edges()) == {0, 1, 2, 3}
    assert touched(encoder(), 4, ALONE, no_edges()) == {0, 1, 4, 5}


def test_within_its_layers_no_stream_sees_any_other() -> None:
    """Not even the shared items, whose turn comes later."""
    assert touched(encoder((2, 0)), 2, ALONE, no_edges()) == {2, 3}
    assert touched(encoder((2, 0)), 0, ALONE, no_edges()) == {0, 1}


def test_shared_items_carry_it_over_in_two_steps() -> None:
    assert touched(encoder((1, 2)), 2, ALONE, no_edges()) == set(range(L))


def test_items_of_one_subject_see_each_other() -> None:
    subject = torch.tensor([[0, 0, 7, 0, 7, 0]])
    assert touched(encoder((0, 1)), 2, subject, no_edges()) == {0, 1, 2, 3, 4}
    assert touched(encoder((0, 1)), 2, torch.tensor([[0, 0, 7, 0, 8, 0]]), no_edges()) == {0, 1, 2, 3}


def test_items_that_share_a_link_see_each_other_the_way_it_leads() -> None:
    indicator = no_edges()
    indicator[0, LINK, 5, 2] = 1
    assert touched(encoder((0, 1)), 2, ALONE, indicator) == {0, 1, 2, 3, 5}
    assert touched(encoder((0, 1)), 5, ALONE, indicator) == {0, 1, 4, 5}


def test_a_relation_of_one_stream_opens_nothing() -> None:
    indicator = no_edges()
    indicator[0, 1, 5, 2] = 1
    assert touched(encoder((0, 1)), 2, ALONE, indicator) == {0, 1, 2, 3}


def test_a_relation_biases_attention_in_its_own_stream() -> None:
    made, indicator = encoder((1, 0)), no_edges()
    indicator[0, 1, 2, 3] = 1
    items, mask = torch.randn(1, L, D), torch.ones(1, L, dtype=torch.bool)
    plain, _ = made(items, mask, STREAM, ALONE, no_edges())
    biased, _ = made(items, mask, STREAM, ALONE, indicator)
    assert ((plain - biased).abs().sum(-1) > 1e-6).nonzero().tolist() == [[0, 2]]


@pytest.mark.parametrize("hidden", [2, 5])
def test_hidden_items_have_no_influence(hidden: int) -> None:
    made, subject = encoder(), torch.tensor([[0, 0, 7, 0, 7, 7]])
    items, mask = torch.randn(1, L, D), torch.ones(1, L, dtype=torch.bool)
    mask[0, hidden] = False
    other = items.clone()
    other[0, hidden] = torch.randn(D)
    rest = [i for i in range(L) if i != hidden]
    (before, gates), (after, later) = (made(x, mask, STREAM, subject, no_edges()) for x in (items, other))
    assert torch.equal(before[:, rest], after[:, rest]) and torch.equal(gates, later)


def test_a_closed_gate_silences_its_stream_alone() -> None:
    """Then the shared items hear nothing of it; the stream itself does not notice."""
    made = encoder((0, 1))
    items, mask = torch.randn(1, L, D), torch.ones(1, L, dtype=torch.bool)
    other = items.clone()
    other[:, 2] = torch.randn(D)
    nn.init.zeros_(made.gate.weight)
    nn.init.constant_(made.gate.bias, -100.0)
    (before, gates), (after, _) = (made(x, mask, STREAM, ALONE, no_edges()) for x in (items, other))
    assert gates[0].tolist() == pytest.approx([1.0, 0.0, 0.0])
    assert ((before - after).abs().sum(-1) > 1e-6).nonzero()[:, 1].tolist() == [2, 3]


def test_gates_begin_nearly_open_and_are_of_one_stream_each() -> None:
    made = encoder()
    items, mask = torch.randn(1, L, D), torch.ones(1, L, dtype=torch.bool)
    other = items.clone()
    other[:, 4] = torch.randn(D)
    gates, later = (made(x, mask, STREAM, ALONE, no_edges())[1][0] for x in (items, other))
    assert gates[SHARED] == 1.0 and ((gates[1:] > 0.5) & (gates[1:] < 1)).all()
    assert gates[1] == later[1] and gates[2] != later[2]


def front() -> Front:
    """Stream 1 owns two numbers, stream 2 the third; two kinds of items each."""
    torch.manual_seed(0)
    owns = torch.tensor([[0, 0, 0], [1, 1, 0], [0, 0, 1]], dtype=torch.bool)
    return Front(6, owns, (STREAMS, 2), D).eval()


FEATURES = torch.tensor([[0, 0], [1, 0], [1, 0], [1, 0], [1, 1], [2, 0], [2, 0]], dtype=torch.uint8)
ROWS = torch.tensor(
    [[0, 0, 0], [1, 5, 0], [2, 5, 0], [3, 5, 0], [9, 0, 0], [0, 0, 10], [0, 0, 30]], dtype=torch.float32
)


def test_priming_learns_mean_and_spread_over_the_items_that_use_a_number() -> None:
    made = front()
    made.prime(FEATURES, ROWS)
    own = [1.0, 2.0, 3.0, 9.0]
    mean = sum(own) / 4
    assert made.centre.tolist() == pytest.approx([mean, 0.0, 20.0])
    spread = (sum((x - mean) ** 2 for x in own) / 4) ** 0.5
    assert made.spread.tolist() == pytest.approx([spread, 1.0, 10.0]), "a constant keeps 0 and 1"
    assert made.used.reshape(STREAMS, 2, 3)[1].tolist() == [[1, 1, 0], [1, 0, 0]]


def test_the_numbers_of_others_do_not_matter() -> None:
    made = front()
    made.prime(FEATURES, ROWS)
    vectors, numbers = torch.randn(1, 7, 6), ROWS[None].clone()
    before = made(vectors, FEATURES[None], numbers)
    numbers[0, 0] = numbers[0, 1, 2] = 4.0
    numbers[0, 4, 1] = 4.0
    assert torch.equal(made(vectors, FEATURES[None], numbers), before)
    numbers[0, 1, 0] = 4.0
    assert ((made(vectors, FEATURES[None], numbers) - before).abs().sum(-1) > 0).nonzero().tolist() == [
        [0, 1]
    ]


def test_numbers_far_off_say_no_more_than_far_ones() -> None:
    made, vectors = front(), torch.randn(1, 1, 6)
    features = torch.tensor([[[1, 0]]])
    far, farther = (made(vectors, features, torch.tensor([[[x, 0.0, 0.0]]])) for x in (FAR, 1e6))
    assert torch.equal(far, farther)


def core() -> JoinedCore:
    heads = {"one": Summary(D, 1), "each": BesideSummary(D)}
    return JoinedCore(front(), encoder(), heads, RELATIONS).eval()


def batch(rows: int, items: int) -> Batch:
    """Random items, the first two shared, with random subjects and relations."""
    torch.manual_seed(items)
    stream = torch.randint(1, STREAMS, (rows, items))
    stream[:, :2] = SHARED
    return {
        "vectors": torch.randn(rows, items, 6),
        "features": torch.stack([stream, torch.randint(0, 2, (rows, items))], -1).to(torch.uint8),
        "numbers": torch.randn(rows, items, 3),
        "subject": torch.randint(0, 4, (rows, items), dtype=torch.int32),
        "mask": torch.ones(rows, items, dtype=torch.bool),
        "indicator": (torch.rand(rows, RELATIONS, items, items) < 0.2).float(),
    }


def longer(held: Batch, items: int) -> Batch:
    """The same with padding, of which only the mask is known."""
    now = held["mask"].shape[1]
    grown = {}
    for name, array in held.items():
        axes = 2 if name == "indicator" else 1
        shape = list(array.shape)
        for axis in range(axes):
            shape[axis + (2 if name == "indicator" else 1)] = items
        grown[name] = torch.zeros(shape, dtype=array.dtype)
        place = (..., slice(now), slice(now)) if name == "indicator" else (slice(None), slice(now))
        grown[name][place] = array
    return grown


def test_padding_changes_nothing() -> None:
    made, held = core(), batch(2, 6)
    short, padded = made(**held), made(**longer(held, 11))
    torch.testing.assert_close(padded["one"][0], short["one"][0])
    torch.testing.assert_close(padded["each"][0][:, :6], short["each"][0])
    torch.testing.assert_close(padded["gates"][0], short["gates"][0])


def test_priming_ignores_padding() -> None:
    plain, padded = core(), core()
    plain.prime([batch(2, 6), batch(1, 9)])
    padded.prime([longer(batch(2, 6), 8), batch(1, 9)])
    for name in ("centre", "spread", "used"):
        assert torch.equal(getattr(plain.front, name), getattr(padded.front, name))


def test_gradients_reach_every_parameter() -> None:
    made = core().train()
    outputs: Mapping[str, tuple[Tensor, ...]] = made(**batch(3, 12))
    sum(tensor.square().sum() for tensor in (outputs["one"][0], outputs["each"][0])).backward()
    unreached = [n for n, p in made.named_parameters() if p.grad is None or not p.grad.any()]
    assert unreached == []


def test_an_example_fits() -> None:
    made = core()
    outputs = made(**made.example(2, 5, 6))
    assert [outputs[name][0].shape for name in ("one", "each", "gates")] == [(2, 1), (2, 5), (2, STREAMS)]
    with made.plainly():
        assert torch.equal(made(**batch(1, 5))["one"][0], made(**batch(1, 5))["one"][0])


def test_a_twin_stands_in_its_place_with_open_gates() -> None:
    twin = TwinOf(Convolutional(D), STREAMS)
    items, mask = torch.randn(1, L, D), torch.ones(1, L, dtype=torch.bool)
    states, gates = twin(items, mask, STREAM, ALONE, no_edges())
    assert states.shape == (1, L, D) and gates.tolist() == [[1.0] * STREAMS]
