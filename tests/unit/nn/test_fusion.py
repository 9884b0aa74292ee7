"""Streams side by side: who sees whom, what gates do, what priming learns, and that padding is nothing."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from octad.nn.fusion import FAR, LINK, SHARED, Bottleneck, ItemEmbedding, OneStream, StreamFusion

D, STREAMS, RELATIONS = 16, 3, 2
STREAM = torch.tensor([[SHARED, SHARED, 1, 1, 2, 2]])
L = STREAM.shape[1]
ALONE = torch.zeros(1, L, dtype=torch.int32)


def mixer(layers: tuple[int, int] = (1, 1)) -> Bottleneck:
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
    assert touched(mixer(), 2, ALONE, no_edges()) == {0, 1, 2, 3}
    assert touched(mixer(), 4, ALONE, no_edges()) == {0, 1, 4, 5}


def test_within_its_layers_no_stream_sees_any_other() -> None:
    """Not even the shared items, whose turn comes later."""
    assert touched(mixer((2, 0)), 2, ALONE, no_edges()) == {2, 3}
    assert touched(mixer((2, 0)), 0, ALONE, no_edges()) == {0, 1}


def test_shared_items_carry_it_over_in_two_steps() -> None:
    assert touched(mixer((1, 2)), 2, ALONE, no_edges()) == set(range(L))


def test_items_of_one_subject_see_each_other() -> None:
    subject = torch.tensor([[0, 0, 7, 0, 7, 0]])
    assert touched(mixer((0, 1)), 2, subject, no_edges()) == {0, 1, 2, 3, 4}
    assert touched(mixer((0, 1)), 2, torch.tensor([[0, 0, 7, 0, 8, 0]]), no_edges()) == {0, 1, 2, 3}


def test_items_that_share_a_link_see_each_other_the_way_it_leads() -> None:
    indicator = no_edges()
    indicator[0, LINK, 5, 2] = 1
    assert touched(mixer((0, 1)), 2, ALONE, indicator) == {0, 1, 2, 3, 5}
    assert touched(mixer((0, 1)), 5, ALONE, indicator) == {0, 1, 4, 5}


def test_a_relation_of_one_stream_opens_nothing() -> None:
    indicator = no_edges()
    indicator[0, 1, 5, 2] = 1
    assert touched(mixer((0, 1)), 2, ALONE, indicator) == {0, 1, 2, 3}


def test_a_relation_biases_attention_in_its_own_stream() -> None:
    made, indicator = mixer((1, 0)), no_edges()
    indicator[0, 1, 2, 3] = 1
    items, mask = torch.randn(1, L, D), torch.ones(1, L, dtype=torch.bool)
    plain, _ = made(items, mask, STREAM, ALONE, no_edges())
    biased, _ = made(items, mask, STREAM, ALONE, indicator)
    assert ((plain - biased).abs().sum(-1) > 1e-6).nonzero().tolist() == [[0, 2]]


@pytest.mark.parametrize("hidden", [2, 5])
def test_hidden_items_have_no_influence(hidden: int) -> None:
    made, subject = mixer(), torch.tensor([[0, 0, 7, 0, 7, 7]])
    items, mask = torch.randn(1, L, D), torch.ones(1, L, dtype=torch.bool)
    mask[0, hidden] = False
    other = items.clone()
    other[0, hidden] = torch.randn(D)
    rest = [i for i in range(L) if i != hidden]
    (before, gates), (after, later) = (made(x, mask, STREAM, subject, no_edges()) for x in (items, other))
    assert torch.equal(before[:, rest], after[:, rest]) and torch.equal(gates, later)


def test_a_closed_gate_silences_its_stream_alone() -> None:
    """Then the shared items hear nothing of it; the stream itself does not notice."""
    made = mixer((0, 1))
    items, mask = torch.randn(1, L, D), torch.ones(1, L, dtype=torch.bool)
    other = items.clone()
    other[:, 2] = torch.randn(D)
    nn.init.zeros_(made.gate.weight)
    nn.init.constant_(made.gate.bias, -100.0)
    (before, gates), (after, _) = (made(x, mask, STREAM, ALONE, no_edges()) for x in (items, other))
    assert gates[0].tolist() == pytest.approx([1.0, 0.0, 0.0])
    assert ((before - after).abs().sum(-1) > 1e-6).nonzero()[:, 1].tolist() == [2, 3]


def test_gates_begin_nearly_open_and_are_of_one_stream_each() -> None:
    made = mixer()
    items, mask = torch.randn(1, L, D), torch.ones(1, L, dtype=torch.bool)
    other = items.clone()
    other[:, 4] = torch.randn(D)
    gates, later = (made(x, mask, STREAM, ALONE, no_edges())[1][0] for x in (items, other))
    assert gates[SHARED] == 1.0 and ((gates[1:] > 0.5) & (gates[1:] < 1)).all()
    assert gates[1] == later[1] and gates[2] != later[2]


def embedding() -> ItemEmbedding:
    """Stream 1 owns two numbers, stream 2 the third; two kinds of items each."""
    torch.manual_seed(0)
    owns = torch.tensor([[0, 0, 0], [1, 1, 0], [0, 0, 1]], dtype=torch.bool)
    return ItemEmbedding(6, owns, (STREAMS, 2), D).eval()


FEATURES = torch.tensor([[0, 0], [1, 0], [1, 0], [1, 0], [1, 1], [2, 0], [2, 0]], dtype=torch.uint8)
ROWS = torch.tensor(
    [[0, 0, 0], [1, 5, 0], [2, 5, 0], [3, 5, 0], [9, 0, 0], [0, 0, 10], [0, 0, 30]], dtype=torch.float32
)

TEXTS = torch.tensor([[0.0], [1.0], [3.0], [0.0], [5.0], [7.0], [0.0]]).expand(-1, 6) * torch.arange(1.0, 7.0)


def test_priming_learns_mean_and_spread_over_the_items_that_use_a_number() -> None:
    made = embedding()
    made.standardise(FEATURES, ROWS, TEXTS)
    own = [1.0, 2.0, 3.0, 9.0]
    mean = sum(own) / 4
    assert made.centre.tolist() == pytest.approx([mean, 0.0, 20.0])
    spread = (sum((x - mean) ** 2 for x in own) / 4) ** 0.5
    assert made.spread.tolist() == pytest.approx([spread, 1.0, 10.0]), "a constant keeps 0 and 1"
    assert made.used.reshape(STREAMS, 2, 3)[1].tolist() == [[1, 1, 0], [1, 0, 0]]


def test_the_numbers_of_others_do_not_matter() -> None:
    made = embedding()
    made.standardise(FEATURES, ROWS, TEXTS)
    vectors, numbers = torch.randn(1, 7, 6), ROWS[None].clone()
    before = made(vectors, FEATURES[None], numbers)
    numbers[0, 0] = numbers[0, 1, 2] = 4.0
    numbers[0, 4, 1] = 4.0
    assert torch.equal(made(vectors, FEATURES[None], numbers), before)
    numbers[0, 1, 0] = 4.0
    assert ((made(vectors, FEATURES[None], numbers) - before).abs().sum(-1) > 0).nonzero().tolist() == [
        [0, 1]
    ]


def test_texts_are_standardised_by_those_that_priming_saw_and_items_without_one_stay_without() -> None:
    made = embedding()
    made.standardise(FEATURES, ROWS, TEXTS)
    torch.testing.assert_close(made.text_centre, 4.0 * torch.arange(1.0, 7.0))
    numbers, nothing = torch.zeros(1, 7, 3), torch.zeros(1, 7, 6)
    torch.testing.assert_close(made(made.text_centre.expand(1, 7, 6), FEATURES[None], numbers),
                               made(nothing, FEATURES[None], numbers))  # fmt: skip
    further = made(made.text_centre + made.text_spread, FEATURES[None], numbers)
    assert (further - made(nothing, FEATURES[None], numbers)).abs().amax(-1).gt(1e-3).all()


def test_texts_of_some_cases_are_hidden_in_training_and_begin_without_a_say() -> None:
    owns = torch.tensor([[0], [1]], dtype=torch.bool)
    made = ItemEmbedding(6, owns, (2, 1), D, hidden=0.5)
    assert not made.texts.weight.any()
    torch.nn.init.normal_(made.texts.weight)
    vectors, features = torch.randn(200, 2, 6), torch.ones(200, 2, 2, dtype=torch.uint8)
    features[..., 1] = 0
    numbers = torch.zeros(200, 2, 1)
    without = made.eval()(torch.zeros_like(vectors), features, numbers)
    torch.manual_seed(0)
    hidden = (made.train()(vectors, features, numbers) == without).all(-1)
    assert torch.equal(hidden[:, 0], hidden[:, 1]), "all texts of a case, or none"
    assert 70 < int(hidden[:, 0].sum()) < 130
    assert not (made.eval()(vectors, features, numbers) == without).all(-1).any()


def test_numbers_far_off_say_no_more_than_far_ones() -> None:
    made, vectors = embedding(), torch.randn(1, 1, 6)
    features = torch.tensor([[[1, 0]]])
    far, farther = (made(vectors, features, torch.tensor([[[x, 0.0, 0.0]]])) for x in (FAR, 1e6))
    assert torch.equal(far, farther)


def batch(rows: int, items: int) -> dict[str, Tensor]:
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


def longer(held: dict[str, Tensor], items: int) -> dict[str, Tensor]:
    """The same with padding, of which only the mask is known."""
    now = held["mask"].shape[1]
    grown = {}
    for name, array in held.items():
        axes = (2, 3) if name == "indicator" else (1,)
        shape = [items if axis in axes else size for axis, size in enumerate(array.shape)]
        grown[name] = torch.zeros(shape, dtype=array.dtype)
        place = (..., slice(now), slice(now)) if name == "indicator" else (slice(None), slice(now))
        grown[name][place] = array
    return grown


def fusion() -> StreamFusion:
    return StreamFusion(embedding(), mixer()).eval()


def test_padding_changes_nothing() -> None:
    made, held = fusion(), batch(2, 6)
    (short, gates), (padded, later) = made(held), made(longer(held, 11))
    torch.testing.assert_close(padded[:, :6], short)
    torch.testing.assert_close(later, gates)


def test_an_answer_is_the_same_alone_and_in_company() -> None:
    made, held = fusion(), batch(3, 9)
    together = made(held).states
    for row in range(3):
        alone = made({name: array[row : row + 1] for name, array in held.items()}).states
        torch.testing.assert_close(alone[0], together[row])


def test_priming_ignores_padding() -> None:
    plain, padded = fusion(), fusion()
    plain.standardise([batch(2, 6), batch(1, 9)])
    padded.standardise([longer(batch(2, 6), 8), batch(1, 9)])
    for name in ("centre", "spread", "used"):
        assert torch.equal(getattr(plain.embedding, name), getattr(padded.embedding, name))


def test_gradients_reach_every_parameter() -> None:
    made = fusion().train()
    made(batch(3, 12)).states.square().sum().backward()
    unreached = [n for n, p in made.named_parameters() if p.grad is None or not p.grad.any()]
    assert unreached == []


def test_one_stream_is_what_the_backbone_gives() -> None:
    held = {"vectors": torch.randn(2, 3, 6), "mask": torch.tensor([[True, True, False], [True] * 3])}
    states, gates = OneStream()(held)
    assert gates is None and not states[0, 2].any()
    assert torch.equal(states[held["mask"]], held["vectors"][held["mask"]])
