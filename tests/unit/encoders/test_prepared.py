"""A case as arrays: where items are from, what tells cases apart, what is left when items are hidden."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest

from octad.encoders.prepared import Array, Prepared
from octad.encoders.word_pieces import WordPieces
from octad.records.report import Anchor
from tests.conftest import Prepare
from tests.unit.encoders.inputs import LEFT, PLACE, RIGHT, SHARED, prepared


@pytest.fixture(scope="module")
def unit(pieces: WordPieces) -> Prepared:
    return prepared(pieces)


@dataclass(frozen=True)
class Extra:
    """What an extension might add."""

    values: Array

    def arrays(self) -> dict[str, Array]:
        return {"values": self.values}


def test_places_and_names(unit: Prepared) -> None:
    assert unit.shown(3, "case") == (PLACE, "def")
    assert unit.shown(8, "case") == (Anchor(path="case", line=1, end_line=1, end_column=1), "none")
    assert (unit.at(7)[0].name, unit.at(7)[1]) == ("other", 1)
    for item in (0, SHARED - 1, len(unit)):
        with pytest.raises(IndexError, match=f"item {item} is of no input"):
            unit.at(item)


def test_a_place_without_a_path_gets_that_of_the_case(unit: Prepared) -> None:
    part = unit.parts[0]
    items = replace(part.items, anchors=(PLACE.model_copy(update={"path": ""}), None, None))
    moved = replace(unit, parts=(part._replace(items=items),))
    assert moved.shown(3, "message")[0] == PLACE.model_copy(update={"path": "message"})


def test_candidates_are_those_of_the_inputs_asked_and_item_zero(unit: Prepared) -> None:
    assert np.flatnonzero(unit.candidates(["left"])).tolist() == [0, 4, 5]
    assert np.flatnonzero(unit.candidates(["other"])).tolist() == [0, 7, 8]
    assert np.flatnonzero(unit.candidates(["left", "other"])).tolist() == [0, 4, 5, 7, 8]
    assert np.flatnonzero(unit.candidates([])).tolist() == [0]


def test_what_items_were_made_of_is_found_by_its_kind(unit: Prepared) -> None:
    assert unit.source(tuple) == LEFT
    with pytest.raises(LookupError, match="no input was made of dict"):
        unit.source(dict)


def test_the_cost_counts_items_and_the_tokens_of_texts(pieces: WordPieces, prepare: Prepare) -> None:
    texts = ("def", "return x", "if", "not", "is", "none")
    assert prepared(pieces).cost == SHARED + 6 + sum(len(pieces.of_text(text)) for text in texts)
    assert prepared(pieces, ("def@#",) * 2, None).cost == SHARED + 2 + len(pieces.of_text("def"))
    code = prepare("x = 1\n")
    assert code.cost == len(code) == 4, "tokens that are items count once"


def test_fingerprints_tell_cases_apart(pieces: WordPieces, unit: Prepared) -> None:
    assert prepared(pieces).fingerprint == unit.fingerprint
    others = [
        prepared(pieces, LEFT[:2]),
        prepared(pieces, ("x return@stock#", *LEFT[1:])),
        prepared(pieces, ("def@stock#a.py", *LEFT[1:])),
        prepared(pieces, ("def@cart#", *LEFT[1:])),
        prepared(pieces, LEFT[::-1]),
        prepared(pieces, LEFT, RIGHT[:0]),
        replace(unit, numbers=unit.numbers + 1),
        replace(unit, features=unit.features[::-1]),
        replace(unit, reads=unit.reads[::-1]),
        replace(unit, added={"extra": Extra(np.zeros(2))}),
        replace(unit, added={"extra": Extra(np.zeros((2, 1)))}),
        replace(unit, added={"extra": Extra(np.ones(2))}),
        unit.without([4]),
    ]
    assert len({unit.fingerprint, *(one.fingerprint for one in others)}) == 1 + len(others)


@pytest.mark.parametrize(
    ("changed", "same"),
    [
        ({"text": "y = 1\n"}, False),
        ({"language": "go"}, False),
        ({"changed": ({"first": 1, "last": 1},)}, False),
        ({"changed": ()}, True),
        ({"path": "b.py"}, True),
        ({"first_line": 5}, True),
        ({"flags": ("bom",)}, True),
    ],
)
def test_a_fingerprint_knows_what_is_read_and_nothing_else(
    prepare: Prepare, changed: dict[str, object], same: bool
) -> None:
    one, other = prepare("x = 1\n"), prepare(**{"text": "x = 1\n", **changed})
    assert (one.fingerprint == other.fingerprint) is same


def test_hidden_items_are_hidden_from_each_other_and_texts_stay_as_they_are(unit: Prepared) -> None:
    hidden = unit.without([4, 7])
    assert np.flatnonzero(~hidden.mask).tolist() == [4, 7] and unit.mask.all()
    assert hidden.sequences == unit.sequences
    assert np.flatnonzero(~hidden.without([5]).mask).tolist() == [4, 5, 7]


def test_hidden_tokens_are_hidden_in_their_sequence_too(prepare: Prepare) -> None:
    unit = prepare("first = second + third\n")
    hidden = unit.without(np.array([2, 3]))
    assert np.flatnonzero(~hidden.mask).tolist() == [2, 3]
    assert np.flatnonzero(~hidden.sequences[0].mask).tolist() == [2, 3]
    assert unit.mask.all() and unit.sequences[0].mask.all()
    again = hidden.without([1])
    assert np.flatnonzero(~again.sequences[0].mask).tolist() == [1, 2, 3]
    assert unit.without([]).fingerprint == unit.fingerprint != hidden.fingerprint
