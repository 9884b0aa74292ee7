from __future__ import annotations

import numpy as np
import pytest

from octad.modalities.code import FEATURES, RELATIONS, CodeModality, features, fingerprint, padded, with_row
from octad.modalities.pieces import Pieces
from octad.records.code import Code, LineRange
from octad.syntax.edits import EDITS
from octad.syntax.units import units
from tests.conftest import Prepare

TEXT = "def f(first, second):\n    return first < second_value\n"


def test_a_unit_as_arrays(prepare: Prepare, pieces: Pieces) -> None:
    unit = prepare(TEXT)
    assert unit.cost == len(unit.tokens.words) == len(unit.starts) == len(unit.features)
    assert unit.pieces[0] == pieces.summary
    for item, word in enumerate(unit.tokens.words[1:], start=1):
        end = unit.starts[item + 1] if item + 1 < unit.cost else len(unit.pieces)
        assert tuple(unit.pieces[unit.starts[item] : end]) == pieces.of(word)


def test_features_stay_within_their_tables(prepare: Prepare) -> None:
    deep = (
        "".join("    " * depth + "if A_b and __c__ and _d1 and eF:\n" for depth in range(20))
        + "    " * 20
        + "g()"
    )
    unit = prepare(deep, changed=(LineRange(first=1, last=2),))
    assert unit.features.shape == (unit.cost, len(FEATURES))
    assert (unit.features.max(0) < FEATURES).all()
    assert unit.tokens.edges[:, 2].max() < RELATIONS
    assert unit.tokens.edits[:, 1].max() < len(EDITS)
    assert features(unit.tokens)[:, 4].any()


def test_batches_are_padded_to_a_multiple_of_eight(prepare: Prepare) -> None:
    units = [prepare(TEXT), prepare("x = 1\n"), prepare("\n".join(f"y{i} = {i}" for i in range(9)))]
    batch = CodeModality().collate(units)
    B, L = batch.mask.shape
    assert (3, padded(units)) == (B, L) and L % 8 == 0 and L - max(u.cost for u in units) < 8
    assert batch.mask.sum(1).tolist() == [unit.cost for unit in units]
    assert not batch.features[~batch.mask].any()
    starts = np.append(batch.starts, len(batch.pieces))
    counts = np.diff(starts)[: B * L].reshape(B, L)
    assert ((counts > 0) == batch.mask).all()
    for row, unit in enumerate(units):
        first = starts[row * L]
        assert (batch.pieces[first : first + len(unit.pieces)] == unit.pieces).all()
    assert len(batch.edges) == sum(len(unit.tokens.edges) for unit in units)
    for row, unit in enumerate(units):
        assert (batch.edges[batch.edges[:, 0] == row, 1:] == unit.tokens.edges).all()


def test_rows_are_numbered() -> None:
    parts = [np.array([[1, 2]], np.int32), np.zeros((0, 2), np.int32), np.array([[3, 4], [5, 6]], np.int32)]
    assert with_row(parts).tolist() == [[0, 1, 2], [2, 3, 4], [2, 5, 6]]


def test_long_units_are_cut(pieces: Pieces) -> None:
    code = Code(path="a.py", text="x = 1\n" * 100)
    assert CodeModality(40).prepare(code, pieces).cost <= 40


@pytest.mark.parametrize(
    "change",
    [{"text": TEXT + "\n"}, {"language": "go"}, {"first_line": 2}, {"changed": ()}, {"changed": [(1, 2)]}],
)
def test_the_fingerprint_knows_all_that_prepare_reads(change: dict[str, object]) -> None:
    if change.get("changed"):
        change = {"changed": tuple(LineRange(first=a, last=b) for a, b in change["changed"])}  # type: ignore[attr-defined]
    code = Code(path="a.py", text=TEXT)
    assert fingerprint(code) != fingerprint(code.model_copy(update=change))
    assert fingerprint(code) == fingerprint(code.model_copy(update={"path": "b.py"}))


def test_no_line_of_a_cut_file_is_out_of_sight(pieces: Pieces) -> None:
    """Units are no longer than what the modality reads of them."""
    code = Code(path="a.py", text="def f(a):\n" + "    a = a + 1\n" * 700)
    for unit in units(code):
        seen = CodeModality().prepare(unit, pieces).tokens
        assert not seen.truncated
