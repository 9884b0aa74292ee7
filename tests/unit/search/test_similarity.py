from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from octad.search.build import key_of
from octad.search.similarity import Similarity
from octad.search.structure import structure_of
from octad.search.words import asked, term_of
from tests.unit.search.made import JAVA, READ, RENAMED, SUM, function


@pytest.fixture(scope="module")
def similarity() -> Similarity:
    return Similarity.load()


def test_structure_knows_no_names_layout_or_comments() -> None:
    assert structure_of(function(SUM)) == structure_of(function(RENAMED))
    assert structure_of(function(SUM)) != structure_of(function(READ))


def test_the_same_in_another_language_is_nearer_than_something_else(similarity: Similarity) -> None:
    ours, java, other = (
        similarity.profile(one) for one in (function(SUM), function(JAVA, language="java"), function(READ))
    )
    for part in ("meaning", "structure"):
        mine = getattr(ours, part)
        assert mine @ getattr(java, part) > mine @ getattr(other, part) + 0.2


def test_meaning_is_of_length_one_and_nothing_is_zero(similarity: Similarity) -> None:
    assert np.linalg.norm(similarity.meaning(Counter(["even"]))) == pytest.approx(1, abs=1e-5)
    assert not similarity.meaning(Counter()).any()
    assert not similarity.profile(function("def f(): pass")).structure.any()


@pytest.mark.parametrize(
    ("word", "term"),
    [
        ("Files", "file"),
        ("parsing", "pars"),
        ("parse", "pars"),
        ("searches", "search"),
        ("running", "run"),
        ("class", "class"),
        ("the", ""),
        ("x", ""),
    ],
)
def test_terms(word: str, term: str) -> None:
    assert term_of(word) == term


def test_a_question_is_split_as_names_are() -> None:
    assert [word.term for word in asked("the parseHTTPReply of a file_name")] == [
        "pars",
        "http",
        "reply",
        "file",
        "name",
    ]


def test_a_key_is_of_content_and_not_of_layout() -> None:
    spaced = SUM.replace("total = 0\n", "total   =  0\n\n\n")
    assert key_of(function(SUM), "python") == key_of(function(spaced), "python")
    assert key_of(function(SUM), "python") != key_of(function(RENAMED), "python")
