"""Texts and tokens in word pieces: their runs, and the key that states are remembered by."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from octad.encoders.sequences import PieceSequence, TokenSequence, of_text, of_tokens, ragged
from octad.encoders.word_pieces import WordPieces

WORDS = ("", "leftRight", "not", "second")
FEATURES = np.array([[0, 0], [1, 2], [3, 0], [1, 1]], np.uint8)
EDGES = np.array([[1, 3, 5]], np.int32)


@pytest.fixture(scope="module")
def tokens(pieces: WordPieces) -> PieceSequence:
    return of_tokens(TokenSequence(WORDS, FEATURES, EDGES), pieces)


def test_a_text_is_a_token_for_each_piece_and_read_as_a_mean(pieces: WordPieces) -> None:
    one = of_text("left not rightSecond", pieces)
    assert tuple(one.pieces) == pieces.of_text("left not rightSecond")
    assert one.starts.tolist() == list(range(len(one.pieces))) and one.mask.all()
    assert (one.pooled, one.rows, len(one)) == (True, 1, len(one.pieces))
    assert one.features.shape == (len(one), 0) and one.edges.shape == (0, 3)


def test_a_token_is_the_pieces_of_its_word_behind_the_summary(
    tokens: PieceSequence, pieces: WordPieces
) -> None:
    runs = [tuple(run) for run in np.split(tokens.pieces, tokens.starts[1:])]
    assert runs == [(pieces.summary,), *map(pieces.of, WORDS[1:])]
    assert (tokens.pooled, tokens.rows, len(tokens)) == (False, 4, 4) and tokens.mask.all()
    np.testing.assert_array_equal(tokens.features, FEATURES)
    np.testing.assert_array_equal(tokens.edges, EDGES)


@given(st.lists(st.lists(st.integers(0, 99), max_size=4), min_size=1, max_size=9))
def test_runs_lie_end_to_end(runs: list[list[int]]) -> None:
    starts, flat = ragged(runs)
    assert [run.tolist() for run in np.split(flat, starts[1:])] == runs


def test_no_runs_at_all() -> None:
    starts, flat = ragged([])
    assert len(starts) == len(flat) == 0


def test_the_key_knows_everything_that_is_read(tokens: PieceSequence) -> None:
    mask = tokens.mask.copy()
    mask[2] = False
    features = FEATURES.copy()
    features[3, 1] = 0
    others = [
        replace(tokens, pieces=tokens.pieces[::-1]),
        replace(tokens, starts=tokens.starts // 2),
        replace(tokens, features=features),
        replace(tokens, features=features.reshape(2, 4)),
        replace(tokens, edges=EDGES[:0]),
        replace(tokens, edges=EDGES + 1),
        replace(tokens, mask=mask),
        replace(tokens, pooled=True),
    ]
    assert len({tokens.key, *(one.key for one in others)}) == 1 + len(others)
    assert replace(tokens, mask=tokens.mask.copy()).key == tokens.key


def test_the_key_of_a_text_knows_the_order_of_its_words(pieces: WordPieces) -> None:
    assert of_text("left not right", pieces).key != of_text("right not left", pieces).key
    assert of_text("left not right", pieces).key == of_text(" left  not right", pieces).key
