"""Where a bug would show, and where nothing would betray it."""

from __future__ import annotations

import pytest

from octad.records.code import Code
from octad.syntax.tokenizer import tokenize
from octad_train.inject.bug_places import places_of


@pytest.mark.parametrize(
    "line",
    [
        "wait(timeout=30)",
        "self.assertEqual(first, second)",
        "assert second == 5, 17",
        "run(first, verbose=True)",
        "g(first, first)",
        "rows = [7, 8]",
    ],
)
def test_edits_that_nothing_betrays_are_left_out(line: str) -> None:
    tokens = tokenize(Code(path="a.py", text=f"def f(first, second):\n    {line}\n"))
    kinds = set(places_of(tokens).edits)
    assert not kinds & {"off-by-one", "wrong-sign", "wrong-literal", "swapped-arguments"}


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("return rows[1]", "off-by-one"),
        ("return range(0, size)", "off-by-one"),
        ("return size - 1", "off-by-one"),
        ("return True", "wrong-literal"),
        ("return rows(size, name)", "swapped-arguments"),
        ("if size < 1: pass", "wrong-comparison"),
        ("return size + rows", "wrong-operator"),
    ],
)
def test_edits_that_show_are_found(line: str, kind: str) -> None:
    tokens = tokenize(Code(path="a.py", text=f"def f(rows, size, name):\n    {line}\n"))
    assert kind in places_of(tokens).edits
