"""Rows of uses and distant definitions: four texts of each counterfactual, two right and two wrong."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from octad.errors import UnreadableInput
from octad.extensions.definition_use import used
from octad.records.code import Code
from octad.syntax.tokenizer import tokenize
from octad_train.data.code.definition_use_pairs import Distant, distant, read, write

FILLER = "".join(f"def unused_{i}(first, second):\n    return first + second * {i}\n\n\n" for i in range(8))
TEXT = (
    "def priced(amount, rate):\n    return amount * rate\n\n\n"
    + FILLER
    + "class Cart:\n    def __init__(self, items):\n        self.items = items\n\n"
    "    def total(self, rate):\n        return sum(priced(one, rate) for one in self.items)\n"
)


@pytest.fixture(scope="module")
def rows() -> list[Distant]:
    return distant("made", Code(path="a.py", text=TEXT), np.random.default_rng(0), 8)


def test_each_side_alone_tells_nothing(rows: list[Distant]) -> None:
    crossed = [row for row in rows if row.asked]
    assert crossed and len(crossed) % 4 == 0
    texts, contexts = Counter[tuple[str, bool]](), Counter[tuple[object, bool]]()
    for row in crossed:
        assert row.wrong in ((), row.asked)
        texts[row.kind + row.code.text, bool(row.wrong)] += 1
        contexts[row.context, bool(row.wrong)] += 1
    for held in (texts, contexts):
        assert all(held[key, True] == held[key, False] for key, _ in held)


def test_what_is_asked_for_is_a_use_of_what_is_given(rows: list[Distant]) -> None:
    for row in rows:
        tokens = tokenize(row.code)
        offsets = {int(tokens.offsets[use.item, 0]) for use in used(tokens, row.context)}
        assert offsets.issuperset(row.asked)


def test_units_as_released_stand_beside(rows: list[Distant]) -> None:
    released = [row for row in rows if row.kind == "released"]
    assert released and not any(row.wrong or row.asked for row in released)
    assert all(row.code.text in TEXT for row in released)


def test_rows_are_written_and_read(rows: list[Distant], tmp_path: Path) -> None:
    path = tmp_path / "train-distant.jsonl.xz"
    assert write(path, rows) == len(rows)
    assert read(path) == rows
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(UnreadableInput, match="cannot be read"):
        read(path)
