"""Floors: they learn what words can tell, never see their own fold."""

from __future__ import annotations

import pytest

from octad_train.evaluate.floors import grouped_predictions


def test_words_are_learned_and_the_own_fold_is_not_seen() -> None:
    texts = [f"open(name{i % 3})" if i % 2 else f"close(file{i % 3})" for i in range(24)]
    labels = ["o" if i % 2 else "c" for i in range(24)]
    classes, stated = grouped_predictions(texts, labels, [i % 3 for i in range(24)])
    assert classes == ["c", "o"]
    assert stated.sum(axis=1) == pytest.approx(1)
    assert [classes[at] for at in stated.argmax(axis=1)] == labels
    # Each fold has one class of its own: what only the own fold knows has probability 0.
    alone = ["a"] * 8 + ["b"] * 8 + ["c"] * 8
    classes, stated = grouped_predictions(texts, alone, [0] * 8 + [1] * 8 + [2] * 8)
    assert all(stated[row, classes.index(label)] == 0 for row, label in enumerate(alone))
