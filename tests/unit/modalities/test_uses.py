"""Uses meet their definitions: which items, which words, and what each side knows of the other."""

from __future__ import annotations

import numpy as np
import pytest

from octad.modalities.code import CodeModality, PreparedCode
from octad.modalities.pieces import Pieces
from octad.modalities.uses import COLUMNS, FAR, NEAR, SORTS, Uses, uses_of
from octad.records.code import Code
from octad.records.defined import Defined
from octad.syntax.tokens import tokenize

TEXT = """    def get(self, a, b):
        self.url = a
        total = fetch(b, a, times=LIMIT) + self.size + self.gone
        return self.put(total), other(a)
"""


def defined(name: str, sort: str, text: str) -> Defined:
    return Defined.model_validate({"name": name, "sort": sort, "code": {"path": "a.py", "text": text}})


CONTEXT = (
    defined("Client", "owner", "class Client(Base):\n"),
    defined("fetch", "function", "def fetch(a, b, *, times: int = 3):\n"),
    defined("LIMIT", "constant", "LIMIT = 7\n"),
    defined("size", "field", "        self.size = 3\n"),
    defined("put", "method", "    def put(self, value):\n"),
)


@pytest.fixture(scope="module")
def uses(pieces: Pieces) -> Uses:
    code = Code(path="a.py", text=TEXT)
    return uses_of(code, tokenize(code), CONTEXT, pieces)


def words() -> tuple[str, ...]:
    return tokenize(Code(path="a.py", text=TEXT)).words


def test_every_use_is_found_with_its_sort(uses: Uses) -> None:
    found = [(words()[item], SORTS[sort]) for item, sort in uses.at.tolist()]
    assert found == [
        ("fetch", "function"), ("LIMIT", "constant"), ("size", "field"), ("gone", "missing"),
        ("put", "method"),
    ]  # fmt: skip
    assert [one.name if one else None for one in uses.definitions] == ["fetch", "LIMIT", "size", None, "put"]


def test_arguments_and_parameters_know_each_other_by_name_and_place(uses: Uses) -> None:
    table = uses.features[0]
    assert [words()[i] for i in uses.near[0][:4]] == ["fetch", "b", "a", "times"]
    # Part, own place, place of the parameter of the same name.
    assert table[:4, :3].tolist() == [[1, 0, 0], [2, 1, 2], [2, 2, 1], [2, 3, 3]]
    far = table[NEAR:]
    # fetch a b * times int = 3: parameters with the place of the argument of the same name.
    assert far[:8, :3].tolist() == [
        [3, 0, 0], [3, 1, 2], [3, 2, 1], [3, 0, 0], [3, 3, 3], [3, 0, 0], [3, 0, 0], [3, 0, 0]
    ]  # fmt: skip
    assert not far[8:].any() and not table[4:NEAR].any()


def test_self_takes_no_place_and_the_class_stands_behind(uses: Uses) -> None:
    far = uses.features[4][NEAR:]
    assert far[:4, :2].tolist() == [[3, 0], [3, 0], [3, 1], [4, 0]]
    missing = uses.features[3][NEAR:]
    assert (missing[:2, 0] == 4).all() and not missing[2:].any()


def test_tables_fit_their_sizes(uses: Uses) -> None:
    assert uses.features.shape == (5, NEAR + FAR, len(COLUMNS))
    assert (uses.features.reshape(-1, len(COLUMNS)).max(0) < COLUMNS).all()
    assert uses.lengths.sum() == len(uses.pieces) and len(uses.lengths) == 5 * FAR


def test_batches_number_the_rows_of_uses_and_find_far_words(pieces: Pieces) -> None:
    modality = CodeModality(fields=("code", "context"))
    units: list[PreparedCode] = [
        modality.prepare(Code(path="a.py", text=text), pieces, context)
        for text, context in (("x = 1\n", ()), (TEXT, CONTEXT), ("LIMIT\n", CONTEXT))
    ]
    batch = modality.collate(units)
    assert batch.uses[:, 0].tolist() == [1] * 5 + [2]
    starts = np.append(batch.starts, len(batch.pieces))
    far = starts[batch.mask.size :]
    assert (np.diff(far) == np.concatenate([unit.uses.lengths for unit in units])).all()
    assert (batch.pieces[far[0] :] == np.concatenate([unit.uses.pieces for unit in units])).all()
    alone = modality.collate(units[:1])
    assert alone.uses.tolist() == [[0, 0, 0]] and len(alone.starts) == alone.mask.size + FAR
