"""States of texts: read once, remembered by content here and in a cache, apart for every version."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from octad.encoders.batch import TokenBatch, collate
from octad.encoders.sequences import PieceSequence, of_text
from octad.encoders.word_pieces import WordPieces
from octad.states import TextStates
from octad.store.output_cache import OutputCache
from tests.conftest import Prepare
from tests.unit.encoders.inputs import LEFT, prepared

TEXTS = ("left not right", "def", "right not left", "self return self first second", "if")


class Counting:
    """An engine whose state of a token is its first piece beside a number of its own; counts its texts."""

    width = 2

    def __init__(self, own: float = 0.0) -> None:
        self.own = own
        self.read = 0

    def encode(self, tokens: TokenBatch) -> np.ndarray:
        self.read += len(tokens.mask)
        first = np.append(tokens.pieces, 0)[tokens.starts].reshape(tokens.mask.shape)
        place = np.arange(tokens.mask.shape[1]) * tokens.mask
        return np.stack([first + self.own, place], -1).astype(np.float32)

    def decide(self, batch: object, vectors: np.ndarray) -> dict[str, list[np.ndarray]]:
        raise NotImplementedError


@pytest.fixture
def engine() -> Counting:
    return Counting()


@pytest.fixture(scope="module")
def texts(pieces: WordPieces) -> list[PieceSequence]:
    return [of_text(text, pieces) for text in TEXTS]


@pytest.fixture
def cache(tmp_path: Path) -> OutputCache:
    return OutputCache(tmp_path / "outputs.sqlite")


def expected(one: PieceSequence, own: float = 0.0) -> np.ndarray:
    """The mean of what the engine says of the tokens."""
    return np.array([[one.pieces.mean() + own, (len(one) - 1) / 2]], np.float32)


def test_a_text_is_the_mean_of_its_states_whatever_is_read_with_it(
    engine: Counting, texts: list[PieceSequence]
) -> None:
    together = TextStates(engine, "a")(texts)
    for one, states in zip(texts, together, strict=True):
        np.testing.assert_allclose(states, expected(one), rtol=1e-6)
        np.testing.assert_allclose(TextStates(engine, "a")([one])[0], states, rtol=1e-6)


def test_equal_texts_are_read_once(engine: Counting, texts: list[PieceSequence], pieces: WordPieces) -> None:
    states = TextStates(engine, "a")
    first = states(texts)
    assert (engine.read, states.computed) == (len(texts), len(texts))
    again = states([of_text(text, pieces) for text in TEXTS[::-1]])
    assert (engine.read, states.computed) == (len(texts), len(texts))
    for one, other in zip(first, again[::-1], strict=True):
        assert np.array_equal(one, other)
    states([*texts, of_text("new", pieces)])
    assert engine.read == len(texts) + 1
    assert states([]) == []


def test_a_batch_reads_an_equal_text_once_and_gives_zeros_where_there_is_none(
    engine: Counting, pieces: WordPieces
) -> None:
    batch = collate([prepared(pieces, (*LEFT, *LEFT, "@#"), None), prepared(pieces, LEFT[1:], None)])
    states = TextStates(engine, "a")
    vectors = states.vectors(batch)
    assert engine.read == len(LEFT) and vectors.shape == (*batch.mask.shape, engine.width)
    assert ((np.abs(vectors).sum(-1) > 0) == (batch.reads >= 0)).all()
    for row, item in zip(*np.nonzero(batch.reads >= 0), strict=True):
        one = batch.sequences[batch.reads[row, item]]
        np.testing.assert_allclose(vectors[row, item], expected(one)[0], rtol=1e-6)


def test_tokens_that_are_items_are_read_every_time_and_one_by_one(engine: Counting, prepare: Prepare) -> None:
    (one,) = prepare("first = second\n").sequences
    states = TextStates(engine, "a")
    (found,), (again,) = states([one]), states([one])
    assert (engine.read, states.computed) == (2, 2) and np.array_equal(found, again)
    assert found[:, 0].tolist() == one.pieces[one.starts].tolist()


def test_no_more_than_some_are_held_and_what_was_used_last_stays(
    engine: Counting, texts: list[PieceSequence]
) -> None:
    states = TextStates(engine, "a", kept=2)
    states(texts[:2])
    states(texts[:1])
    states(texts[2:3])
    assert states.computed == 3
    states([texts[0], texts[2]])
    assert states.computed == 3, "both are held"
    states(texts[1:2])
    assert states.computed == 4, "the second was used longest ago"


def test_more_texts_than_are_held_are_all_answered(engine: Counting, texts: list[PieceSequence]) -> None:
    states = TextStates(engine, "a", kept=1)
    for one, found in zip(texts, states(texts), strict=True):
        np.testing.assert_allclose(found, expected(one), rtol=1e-6)


def test_a_cache_outlives_the_process(
    engine: Counting, texts: list[PieceSequence], cache: OutputCache
) -> None:
    before = TextStates(engine, "a", cache)(texts)
    other = TextStates(Counting(), "a", OutputCache(cache.path))
    after = other(texts)
    assert other.computed == 0
    for one, found in zip(before, after, strict=True):
        assert np.array_equal(one, found)


def test_versions_are_never_mixed(texts: list[PieceSequence], cache: OutputCache) -> None:
    TextStates(Counting(), "a", cache)(texts)
    other = TextStates(Counting(5.0), "b", cache)
    for one, found in zip(texts, other(texts), strict=True):
        np.testing.assert_allclose(found, expected(one, 5.0), rtol=1e-6)
    assert other.computed == len(texts)
    again = TextStates(Counting(9.0), "a", cache)
    for one, found in zip(texts, again(texts), strict=True):
        np.testing.assert_allclose(found, expected(one), rtol=1e-6)
    assert again.computed == 0


@pytest.mark.parametrize(
    "stored",
    [
        {},
        {"state": []},
        {"state": [np.zeros((1, 3), np.float32)]},
        {"state": [np.zeros((2, 2), np.float32)]},
        {"other": [np.zeros((1, 2), np.float32)]},
        {"state": [np.zeros((1, 2), np.float64)]},
        {"state": [np.array([[0, np.nan]], np.float32)]},
        {"state": [np.array([[0, np.inf]], np.float32)]},
        {"state": [np.zeros((1, 2), np.float32)] * 2},
        {"state": [np.zeros((1, 2), np.float32)], "other": []},
    ],
)
def test_what_is_no_state_is_read_again(
    engine: Counting, texts: list[PieceSequence], stored: dict[str, list[np.ndarray]]
) -> None:
    """A cache is a file that anything may have written to."""
    odd = SimpleNamespace(
        recall=lambda names, fits: {name: stored for name in names if fits(name, stored)},
        keep=lambda outputs: None,
    )
    states = TextStates(engine, "a", odd)  # type: ignore[arg-type]
    np.testing.assert_allclose(states(texts[:1])[0], expected(texts[0]), rtol=1e-6)
    assert states.computed == 1
