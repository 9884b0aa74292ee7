"""Code as items: a token each, grouped by line, with features that stay within their tables."""

from __future__ import annotations

import numpy as np
import pytest

from octad.encoders.code import FEATURES, RELATIONS, CodeEncoder, features, tokens_of
from octad.encoders.prepared import Prepared
from octad.records.code import Code, LineRange
from octad.syntax.edits import EDITS
from octad.syntax.repairs import anchor_of
from octad.syntax.tokenizer import tokenize
from octad.syntax.tokens import Tokens
from octad.syntax.units import units
from tests.conftest import Prepare

CODE = Code(path="a.py", text="def f(first, second):\n    return first < second_value\n", first_line=7)
ENCODER = CodeEncoder()


def test_nothing_is_nothing() -> None:
    assert ENCODER.items(None) is None


def test_every_token_but_the_summary_is_an_item() -> None:
    found, tokens = ENCODER.items(CODE), tokenize(CODE)
    assert found is not None and found.tokens is not None
    assert found.names == tokens.words[1:] and found.tokens.words == tokens.words
    assert found.texts == () and len(found) == len(found.anchors) == len(found.groups) == len(tokens) - 1
    np.testing.assert_array_equal(found.tokens.features, features(tokens))
    np.testing.assert_array_equal(found.tokens.edges, tokens.edges)
    assert isinstance(found.source, Tokens) and found.source.words == tokens.words


def test_what_is_cut_off_is_said() -> None:
    whole, cut = ENCODER.items(CODE), CodeEncoder(limit=5).items(CODE)
    assert whole is not None and whole.left_out == ""
    assert cut is not None and cut.left_out == f"only the first {len(cut)} tokens were read"


def test_items_are_grouped_by_line_and_know_their_place() -> None:
    found, tokens = ENCODER.items(CODE), tokenize(CODE)
    assert found is not None
    names = np.array(found.names)
    assert set(found.groups.tolist()) == {7, 8} and names[found.groups == 8][0] == "return"
    every = [anchor_of(tokens, item, "a.py") for item in range(1, len(tokens))]
    assert list(found.anchors) == every == list(found.anchors[:])
    assert (found.anchors[0], found.anchors[-1]) == (every[0], every[-1])
    assert found.anchors[2:-1] == every[2:-1]
    with pytest.raises(IndexError):
        found.anchors[len(every)]


def test_the_tokens_of_a_prepared_case_are_found(prepare: Prepare) -> None:
    unit = prepare(CODE.text)
    assert len(unit) == len(tokens_of(unit)), "token i is item i"
    bare = Prepared((), (), *(np.zeros(0),) * 6, shared=1)
    with pytest.raises(LookupError, match="no input was made of Tokens"):
        tokens_of(bare)


def test_features_stay_within_their_tables(prepare: Prepare) -> None:
    deep = (
        "".join("    " * depth + "if A_b and __c__ and _d1 and eF:\n" for depth in range(20))
        + "    " * 20
        + "g()"
    )
    tokens = tokens_of(prepare(deep, changed=(LineRange(first=1, last=2),)))
    found = features(tokens)
    assert found.shape == (len(tokens), len(FEATURES))
    assert (found.max(0) < FEATURES).all() and found[:, 4].any()
    assert tokens.edges[:, 2].max() < RELATIONS
    assert tokens.edits[:, 1].max() < len(EDITS)


def test_long_units_are_cut() -> None:
    found = CodeEncoder(limit=40).items(CODE.model_copy(update={"text": "x = 1\n" * 100}))
    assert found is not None and found.tokens is not None
    assert len(found.tokens.words) == len(found) + 1 <= 40


def test_no_line_of_a_cut_file_is_out_of_sight() -> None:
    """Units are no longer than what the encoder reads of them."""
    code = Code(path="a.py", text="def f(a):\n" + "    a = a + 1\n" * 700)
    for unit in units(code):
        found = ENCODER.items(unit)
        assert found is not None and not found.source.truncated
