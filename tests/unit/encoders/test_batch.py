"""Cases and sequences side by side: padding is nothing, equal texts are there once, no batch is too large."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from octad.encoders.batch import TOKENS, collate, cut, groups, padded, states_of, token_batch, with_row
from octad.encoders.prepared import Prepared
from octad.encoders.sequences import PieceSequence, of_text
from octad.encoders.word_pieces import WordPieces
from tests.conftest import Prepare
from tests.unit.encoders.inputs import LEFT, RIGHT, prepared


@pytest.fixture(scope="module")
def units(pieces: WordPieces) -> list[Prepared]:
    """Cases of different length; all have texts in common."""
    return [prepared(pieces, LEFT[:2], None), prepared(pieces), prepared(pieces, LEFT[::-1], RIGHT[:1])]


def test_collating_pads_and_keeps_every_case(units: list[Prepared]) -> None:
    batch = collate(units)
    N = batch.mask.shape[1]
    assert padded([len(unit) for unit in units]) == N
    assert batch.mask.sum(1).tolist() == [len(unit) for unit in units]
    for row, unit in enumerate(units):
        n = len(unit)
        for name in ("features", "numbers", "subject"):
            table = getattr(batch, name)[row]
            np.testing.assert_array_equal(table[:n], getattr(unit, name))
            assert not table[n:].any()
        assert (batch.reads[row, n:] == -1).all()
        np.testing.assert_array_equal(batch.edges[batch.edges[:, 0] == row, 1:], unit.edges)


def test_a_text_of_several_cases_is_kept_once_and_every_item_finds_its_own(units: list[Prepared]) -> None:
    batch = collate(units)
    keys = [one.key for one in batch.sequences]
    assert len(set(keys)) == len(keys) < sum(len(unit.sequences) for unit in units)
    for row, unit in enumerate(units):
        for item, (number, _) in enumerate(unit.reads.tolist()):
            place = batch.reads[row, item]
            assert place == -1 if number < 0 else keys[place] == unit.sequences[number].key


def test_items_that_are_tokens_find_their_own_states(prepare: Prepare) -> None:
    units = [prepare(text) for text in ("x = 1\n", "def f(a):\n    return a\n", "x = 1\n")]
    batch = collate(units)
    assert len(batch.sequences) == 2
    states = [(number, row) for number, one in enumerate(batch.sequences) for row in range(one.rows)]
    for row, (unit, number) in enumerate(zip(units, (0, 1, 0), strict=True)):
        found = [states[place] for place in batch.reads[row, : len(unit)]]
        assert found == [(number, item) for item in range(len(unit))]


def test_sequences_are_padded_to_a_multiple_of_eight(prepare: Prepare, pieces: WordPieces) -> None:
    texts = ("def f(first):\n    return first < second_value\n", "x = 1\n", "y = 2\n" * 9)
    held = [*(prepare(text).sequences[0] for text in texts), of_text("left not right", pieces)]
    batch = token_batch(held)
    G, L = batch.mask.shape
    assert (len(held), padded(list(map(len, held)))) == (G, L) and L % 8 == 0
    assert L - max(map(len, held)) < 8 and batch.mask.sum(1).tolist() == list(map(len, held))
    assert not batch.features[~batch.mask].any() and not batch.features[-1].any()
    starts = np.append(batch.starts, len(batch.pieces))
    counts = np.diff(starts).reshape(G, L)
    assert ((counts > 0) == batch.mask).all()
    for row, one in enumerate(held):
        first = starts[row * L]
        assert (batch.pieces[first : first + len(one.pieces)] == one.pieces).all()
        assert (batch.edges[batch.edges[:, 0] == row, 1:] == one.edges).all()
        assert (batch.features[row, : len(one), : one.features.shape[1]] == one.features).all()
    assert len(batch.edges) == sum(len(one.edges) for one in held)


def test_hidden_tokens_are_masked(prepare: Prepare) -> None:
    (one,) = prepare("x = 1\n").without([2]).sequences
    assert token_batch([one]).mask[0].tolist() == [True, True, False, True, *[False] * 4]


def text_of(length: int, *, pooled: bool = True) -> PieceSequence:
    run = np.arange(length, dtype=np.int32)
    none = np.zeros((length, 0), np.uint8), np.zeros((0, 3), np.int32)
    return PieceSequence(run, run, *none, np.ones(length, np.bool_), pooled)


@settings(deadline=None, max_examples=50)
@given(st.lists(st.tuples(st.integers(1, 80), st.booleans())), st.integers(8, 300))
def test_groups_hold_every_sequence_once_and_those_of_tokens_apart(
    held: list[tuple[int, bool]], budget: int
) -> None:
    sequences = [text_of(length, pooled=pooled) for length, pooled in held]
    found = groups(sequences, budget)
    assert sorted(i for part in found for i in part) == list(range(len(held)))
    for part in found:
        assert len({sequences[i].pooled for i in part}) == 1
        assert len(part) == 1 or len(part) * padded([len(sequences[i]) for i in part]) <= budget


def test_the_budget_of_a_group_is_in_padded_tokens() -> None:
    assert [len(part) for part in groups([text_of(61)] * 40)] == [TOKENS // 64, 8]


def test_states_of_a_text_are_the_mean_of_what_is_not_hidden() -> None:
    states = np.arange(12.0).reshape(6, 2)
    assert states_of(text_of(3), states).tolist() == [[2.0, 3.0]]
    hidden = replace(text_of(3), mask=np.array([True, False, True]))
    other = states.copy()
    other[1] = 99.0
    assert states_of(hidden, other).tolist() == [[2.0, 3.0]]
    assert states_of(text_of(3, pooled=False), states).tolist() == states[:3].tolist()


def test_rows_are_numbered() -> None:
    parts = [np.array([[1, 2]], np.int32), np.zeros((0, 2), np.int32), np.array([[3, 4], [5, 6]], np.int32)]
    assert with_row(parts).tolist() == [[0, 1, 2], [2, 3, 4], [2, 5, 6]]


@settings(deadline=None, max_examples=50)
@given(st.lists(st.integers(1, 60)), st.integers(1, 200))
def test_every_index_is_in_one_batch_of_bounded_cost(costs: list[int], budget: int) -> None:
    batches = cut(costs, budget)
    assert sorted(index for batch in batches for index in batch) == list(range(len(costs)))
    for batch in batches:
        assert len(batch) == 1 or len(batch) * max(costs[i] for i in batch) <= budget


@settings(deadline=None, max_examples=50)
@given(st.lists(st.integers(1, 60)), st.integers(1, 200), st.floats(0, 0.5))
def test_no_more_than_a_share_of_a_batch_is_padding(costs: list[int], budget: int, waste: float) -> None:
    batches = cut(costs, budget, waste)
    assert sorted(index for batch in batches for index in batch) == list(range(len(costs)))
    for batch in batches:
        held = [costs[i] for i in batch]
        assert len(batch) == 1 or len(held) * max(held) - sum(held) <= waste * len(held) * max(held) + 1e-9


def test_batches_are_as_full_as_the_budget_lets_them() -> None:
    assert cut([3, 3, 3, 3], 6) == [[0, 1], [2, 3]]
    assert cut([], 6) == []
    assert cut([50], 6) == [[0]]
