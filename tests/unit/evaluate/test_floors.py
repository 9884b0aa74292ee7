"""Floors: they learn what words can tell, never see their own fold, and rules count loops."""

from __future__ import annotations

import pytest

from octad.evaluate.floors import grouped_predictions, loop_depth
from octad.evaluate.tables import machine, table


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


@pytest.mark.parametrize(
    ("code", "depth"),
    [
        ("x = 1", 0),
        ("for a in b:\n    pass\nfor a in b:\n    pass", 1),
        ("while a:\n    if b:\n        x = [c for c in a for d in c]", 3),
        ("def f():\n    for a in b:\n        def g():\n            while 1: pass", 2),
        ("async def f():\n    async for a in b:\n        pass", 1),
    ],
)
def test_depth_of_loops(code: str, depth: int) -> None:
    assert loop_depth(code) == depth


def test_a_table_is_aligned_markdown() -> None:
    lines = table("Title", ["name", "x"], [["a", 0.12345], ["long name", float("nan")]]).split("\n")
    assert lines[0] == "## Title"
    assert lines[2:6] == [
        "| name      | x     |",
        "|-----------|-------|",
        "| a         | 0.123 |",
        "| long name | -     |",
    ]
    assert "cores" in machine()
