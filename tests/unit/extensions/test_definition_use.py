"""Uses beside their definitions: which items, which words, and what each side knows of the other."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from octad.encoders.code import CodeEncoder
from octad.encoders.prepared import Prepared
from octad.encoders.word_pieces import WordPieces
from octad.extensions.definition_use import (
    COLUMNS,
    FAR,
    NEAR,
    NO_PAIRS,
    SORTS,
    DefinitionUse,
    Pairs,
    of_unit,
    pairs_of,
)
from octad.fusion.fusion import ONE_STREAM
from octad.records.code import Code
from octad.records.used_definition import UsedDefinition
from octad.syntax.tokenizer import tokenize

TEXT = """    def get(self, a, b):
        self.url = a
        total = fetch(b, a, times=LIMIT) + self.size + self.gone
        return self.put(total), other(a)
"""
CODE = Code(path="a.py", text=TEXT)
EXTENSION = DefinitionUse("uses")


def defined(name: str, sort: str, text: str) -> UsedDefinition:
    return UsedDefinition.model_validate({"name": name, "sort": sort, "code": {"path": "a.py", "text": text}})


CONTEXT = (
    defined("Client", "owner", "class Client(Base):\n"),
    defined("fetch", "function", "def fetch(a, b, *, times: int = 3):\n"),
    defined("LIMIT", "constant", "LIMIT = 7\n"),
    defined("size", "field", "        self.size = 3\n"),
    defined("put", "method", "    def put(self, value):\n"),
)


@pytest.fixture(scope="module")
def pairs(pieces: WordPieces) -> Pairs:
    return pairs_of(CODE, CONTEXT, pieces)


def words() -> tuple[str, ...]:
    return tokenize(CODE).words


def test_every_use_is_found_with_its_sort(pairs: Pairs) -> None:
    found = [(words()[item], SORTS[sort]) for item, sort in pairs.uses.tolist()]
    assert found == [
        ("fetch", "function"), ("LIMIT", "constant"), ("size", "field"), ("gone", "missing"),
        ("put", "method"),
    ]  # fmt: skip
    assert [one.name if one else None for one in pairs.definitions] == ["fetch", "LIMIT", "size", None, "put"]


def test_arguments_and_parameters_know_each_other_by_name_and_place(pairs: Pairs) -> None:
    table = pairs.features[0]
    assert [words()[i] for i in pairs.near[0][:4]] == ["fetch", "b", "a", "times"]
    # Part, own place, place of the parameter of the same name.
    assert table[:4, :3].tolist() == [[1, 0, 0], [2, 1, 2], [2, 2, 1], [2, 3, 3]]
    far = table[NEAR:]
    # fetch a b * times int = 3: parameters with the place of the argument of the same name.
    assert far[:8, :3].tolist() == [
        [3, 0, 0], [3, 1, 2], [3, 2, 1], [3, 0, 0], [3, 3, 3], [3, 0, 0], [3, 0, 0], [3, 0, 0]
    ]  # fmt: skip
    assert not far[8:].any() and not table[4:NEAR].any()


def test_self_takes_no_place_and_the_class_stands_behind(pairs: Pairs) -> None:
    far = pairs.features[4][NEAR:]
    assert far[:4, :2].tolist() == [[3, 0], [3, 0], [3, 1], [4, 0]]
    missing = pairs.features[3][NEAR:]
    assert (missing[:2, 0] == 4).all() and not missing[2:].any()


def test_tables_fit_their_sizes(pairs: Pairs) -> None:
    assert pairs.features.shape == (5, NEAR + FAR, len(COLUMNS))
    assert (pairs.features.reshape(-1, len(COLUMNS)).max(0) < COLUMNS).all()
    assert pairs.lengths.sum() == len(pairs.far) and len(pairs.lengths) == 5 * FAR


def test_nothing_is_defined_or_nothing_used(pieces: WordPieces) -> None:
    assert pairs_of(CODE, (), pieces) is NO_PAIRS
    assert pairs_of(Code(path="a.py", text="x = 1\n"), CONTEXT, pieces) is NO_PAIRS


def test_the_name_that_is_used_carries_whether_python_would_refuse_it(pieces: WordPieces) -> None:
    def refused(text: str) -> list[int]:
        found = pairs_of(Code(path="a.py", text=text), CONTEXT, pieces)
        return [int(wrong) for wrong in found.features[:, 0, 1]]

    assert refused("fetch(1, 2)\nfetch(1)\nfetch(1, 2, 3)\nfetch(1, 2, odd=3)\n") == [0, 1, 1, 1]
    assert refused(TEXT) == [0, 0, 0, 1, 0], "of `self.gone`, which the class has not"


def unit_of(text: str, context: tuple[UsedDefinition, ...], pieces: WordPieces) -> Prepared:
    case = SimpleNamespace(code=Code(path="a.py", text=text), context=context)
    made = ONE_STREAM.prepare(case, {"code": CodeEncoder()}, pieces)
    return replace(made, added={EXTENSION.name: EXTENSION.prepare(case, made.parts, pieces)})


def test_pairs_are_part_of_the_case_and_of_its_fingerprint(pieces: WordPieces) -> None:
    unit, bare = unit_of(TEXT, CONTEXT, pieces), unit_of(TEXT, (), pieces)
    assert len(of_unit(unit).uses) == 5 and of_unit(bare) is NO_PAIRS
    assert of_unit(replace(unit, added={})) is NO_PAIRS
    other = (*CONTEXT[:-1], defined("put", "method", "    def put(self, other):\n"))
    assert len({one.fingerprint for one in (unit, bare, unit_of(TEXT, other, pieces))}) == 3


def test_batches_number_the_rows_of_uses_and_find_far_words(pieces: WordPieces) -> None:
    units = [
        unit_of(text, context, pieces)
        for text, context in (("x = 1\n", ()), (TEXT, CONTEXT), ("print(LIMIT)\n", CONTEXT))
    ]
    arrays, words = EXTENSION.collate(units)
    assert arrays["uses"][:, 0].tolist() == [1] * 5 + [2]
    assert arrays["near"].shape == (6, NEAR) and arrays["pairs"].shape == (6, NEAR + FAR, len(COLUMNS))
    flat, starts, shape = words["far"]
    assert shape == (6, FAR)
    counts = np.diff(np.append(starts, len(flat)))
    assert (counts == np.concatenate([of_unit(unit).lengths for unit in units])).all()
    assert (flat == np.concatenate([of_unit(unit).far for unit in units])).all()


def test_a_batch_without_pairs_has_one_row_of_zeros(pieces: WordPieces) -> None:
    arrays, words = EXTENSION.collate([unit_of("x = 1\n", (), pieces)] * 2)
    assert arrays["uses"].tolist() == [[0, 0, 0]] and not arrays["pairs"].any() and not arrays["near"].any()
    flat, starts, shape = words["far"]
    assert shape == (1, FAR) and len(flat) == 0 and starts.tolist() == [0] * FAR


def test_its_network_reads_what_it_collates(pieces: WordPieces) -> None:
    network = EXTENSION.network(["code"], (8, 6))
    arrays, words = EXTENSION.collate([unit_of(TEXT, CONTEXT, pieces)])
    assert {*arrays, *words} == network.ragged
    assert (network.heads, network.size) == (("uses",), EXTENSION.size)
