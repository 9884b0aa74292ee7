"""Prose as items: its sentences in their order, with their lines."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from octad.encoders.prose import MOST, ProseEncoder, sentences
from octad.records.report import Anchor
from octad.records.text import Text

ENCODER = ProseEncoder("message")


@pytest.mark.parametrize("text", [None, Text(text=""), Text(text=" \n\n\t")])
def test_nothing_is_nothing(text: Text | None) -> None:
    assert ENCODER.items(text) is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("One.  Two!\nThree? four", [("One.", 1), ("Two!", 1), ("Three?", 2), ("four", 2)]),
        ("A line\nthat goes on.", [("A line that goes on.", 1)]),
        ("Title\n\nBody", [("Title", 1), ("Body", 3)]),
        (
            "List:\n- one\n* two",
            [("List:", 1), ("- one", 2), ("* two", 3)],
        ),
        ("Version 1.2 of a.b", [("Version 1.2 of a.b", 1)]),
        ("\n\n  late.", [("late.", 3)]),
    ],
)
def test_sentences_with_the_lines_they_begin_on(text: str, found: list[tuple[str, int]]) -> None:
    assert sentences(text) == found


def test_sentences_are_items_in_their_order_with_edges_both_ways() -> None:
    found = ENCODER.items(Text(text="First one.\nThen two. And three."))
    assert found is not None
    assert found.texts == found.names == ("First one.", "Then two.", "And three.")
    np.testing.assert_allclose(found.numbers, [[0, 1], [1 / 3, 0], [2 / 3, 0]], rtol=1e-6)
    edges = {tuple(edge) for edge in found.edges.tolist()}
    assert edges == {(0, 1, 0), (1, 2, 0), (1, 0, 1), (2, 1, 1)}
    assert found.anchors[1] == Anchor(path="", line=2, end_line=2, end_column=10)
    assert all(found.candidates) and found.numbers.shape[1] == ENCODER.size


def test_one_sentence_has_no_edge_and_a_long_one_a_short_name() -> None:
    found = ENCODER.items(Text(text="word " * 100))
    assert found is not None and found.edges.shape == (0, 3)
    assert len(found.names[0]) == 120 < len(found.texts[0])


def test_a_long_text_is_cut() -> None:
    found = ENCODER.items(Text(text="".join(f"Sentence {i}. " for i in range(MOST + 9))))
    assert found is not None and len(found) == MOST and found.texts[-1] == f"Sentence {MOST - 1}."


@given(st.text(alphabet="ab. !?\n-1#", max_size=40))
def test_no_word_is_lost_and_none_moves(text: str) -> None:
    found = sentences(text)
    assert " ".join(sentence for sentence, _ in found).split() == text.split()
    lines = [line for _, line in found]
    assert lines == sorted(lines) and all(1 <= line <= text.count("\n") + 1 for line in lines)
