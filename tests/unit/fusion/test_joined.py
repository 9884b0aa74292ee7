"""Items of several made-up inputs as arrays: positions, words, numbers, subjects, edges, padding."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import torch

from octad.fusion.base import Choice
from octad.fusion.joined import BEST, LINK, MOST_LINKED, NEAR, Joined, PreparedCase
from octad.modalities.base import ItemModality, Items
from octad.modalities.pieces import Pieces
from octad.nn.joined import Bottleneck, JoinedCore, TwinOf
from octad.nn.readout import Summary
from octad.records.base import Record
from octad.records.report import Anchor

SHARED = 3
"""A summary and two bottleneck items."""
JOINED = Joined(size=16, heads=2, layers=(1, 1), bottlenecks=SHARED - 1)
PLACE = Anchor(path="a.log", line=4, end_line=4, end_column=9)


class Case(Record):
    left: tuple[str, ...] | None = None
    right: tuple[str, ...] | None = None


class Words(ItemModality):
    """An item per entry `word@subject#link`; the first owns the second and is no candidate."""

    def __init__(self, size: int, relations: int, *fields: str) -> None:
        self.size, self.kinds, self.relations, self.fields = size, 2, relations, fields

    def items(self, entries: tuple[str, ...] | None) -> Items | None:
        if entries is None:
            return None
        words, rest = zip(*(entry.split("@") for entry in entries), strict=True) if entries else ((), ())
        subjects, links = zip(*(one.split("#") for one in rest), strict=True) if rest else ((), ())
        n = len(words)
        return Items(
            words=words, numbers=1 + np.arange(n * self.size, dtype=np.float32).reshape(n, self.size),
            kinds=tuple(i % 2 for i in range(n)), names=words, anchors=(PLACE, *[None] * n)[:n],
            subjects=subjects, links=tuple((link,) if link else () for link in links),
            candidates=tuple(i > 0 for i in range(n)), owners=(0, 0, *range(2, n))[:n],
            edges=np.array([(0, 1, self.relations - 1)] if n > 1 else [], np.int32).reshape(-1, 3),
        )  # fmt: skip


INPUTS: dict[str, Words] = {"left": Words(2, 1), "other": Words(1, 2, "right")}
LEFT = ("def@cart#a.py", "return x@stock#", "if@#b.py")
RIGHT = ("not@stock#a.py", "is@cart#b.py", "none@stock#")


def prepared(pieces: Pieces, left: Any = LEFT, right: Any = RIGHT) -> PreparedCase:
    return JOINED.prepare(Case(left=left, right=right), INPUTS, pieces)


@pytest.fixture(scope="module")
def unit(pieces: Pieces) -> PreparedCase:
    return prepared(pieces)


def test_shared_items_come_first_then_every_input(unit: PreparedCase, pieces: Pieces) -> None:
    assert (unit.cost, unit.first, unit.present) == (9, SHARED, {"left", "other"})
    assert unit.features.tolist() == [
        [0, 0], [0, 1], [0, 2], [1, 0], [1, 1], [1, 0], [2, 0], [2, 1], [2, 0],
    ]  # fmt: skip
    ends = [*unit.starts[1:], len(unit.pieces)]
    words = [tuple(unit.pieces[a:b]) for a, b in zip(unit.starts, ends, strict=True)]
    assert words[:SHARED] == [(pieces.summary,)] * SHARED
    assert words[SHARED:] == [pieces.of_text(w) for w in ("def", "return x", "if", "not", "is", "none")]


def test_every_input_has_columns_of_its_own(unit: PreparedCase) -> None:
    assert unit.numbers.tolist() == [
        [0, 0, 0], [0, 0, 0], [0, 0, 0], [1, 2, 0], [3, 4, 0], [5, 6, 0], [0, 0, 1], [0, 0, 2], [0, 0, 3],
    ]  # fmt: skip


def test_a_subject_is_a_number_in_every_input_and_none_is_zero(unit: PreparedCase) -> None:
    cart, stock = unit.subject[3], unit.subject[4]
    assert unit.subject.tolist() == [0, 0, 0, cart, stock, 0, stock, cart, stock]
    assert len({0, cart, stock}) == 3


def test_edges_are_shifted_and_links_lead_both_ways(unit: PreparedCase) -> None:
    assert {tuple(edge) for edge in unit.edges.tolist()} == {
        (3, 4, 1), (6, 7, 3), (3, 6, LINK), (6, 3, LINK), (5, 7, LINK), (7, 5, LINK),
    }  # fmt: skip
    assert JOINED.relations(INPUTS) == 4


@pytest.mark.parametrize(
    ("count", "pairs"), [(MOST_LINKED, MOST_LINKED * (MOST_LINKED - 1)), (MOST_LINKED + 1, 0)]
)
def test_a_link_of_too_many_joins_nothing(pieces: Pieces, count: int, pairs: int) -> None:
    unit = prepared(pieces, ("def@#same",) * count, None)
    assert int((unit.edges[:, 2] == LINK).sum()) == pairs


def test_absent_and_empty_inputs_are_not_there(pieces: Pieces) -> None:
    unit = prepared(pieces, None, ())
    assert (unit.cost, unit.present, unit.parts, len(unit.edges)) == (SHARED, frozenset(), (), 0)
    assert unit.numbers.shape == (SHARED, 3)
    right = prepared(pieces, None, RIGHT)
    assert right.present == {"other"} and right.features[SHARED:, 0].tolist() == [2, 2, 2]
    assert right.numbers[SHARED:, :2].any() == False and {3} == set(right.edges[right.edges[:, 2] > 0, 2])  # noqa: E712


def test_an_item_without_words_has_no_pieces(pieces: Pieces) -> None:
    unit = prepared(pieces, ("@#", "if@#"), None)
    assert unit.starts[SHARED] == unit.starts[SHARED + 1]


def neighbours(unit: PreparedCase, item: int) -> list[set[int]]:
    return [set(group.tolist()) for group in unit.neighbourhood(item)]


def test_neighbours_are_owners_with_their_parts_but_never_the_item(unit: PreparedCase) -> None:
    """Those whose numbers are largest first, of a summary and of an item without subject."""
    assert neighbours(unit, 0) == [{5}, {3, 4}, {8}, {6, 7}]
    assert neighbours(unit, 5) == [{3, 4}, {8}, {6, 7}]
    assert neighbours(unit, 3) == [{5}, {4}, {8}, {6, 7}]


def test_neighbours_of_the_same_subject_come_first(unit: PreparedCase) -> None:
    assert neighbours(unit, 4) == [{8}, {6, 7}, {5}, {3}]


def test_only_so_many_neighbours_are_looked_at_and_fewer_shown(pieces: Pieces) -> None:
    many = prepared(pieces, ("def@#",) * (NEAR + 9), None)
    groups = many.neighbourhood(0)
    assert len(groups) == NEAR
    assert [g.tolist() for g in many.split(groups)] == [g.tolist() for g in groups[:BEST]]


def test_nothing_has_no_neighbours(pieces: Pieces) -> None:
    assert prepared(pieces, None, None).neighbourhood(0) == []


def test_places_and_names(unit: PreparedCase) -> None:
    assert unit.shown(3, "case") == (PLACE, "def")
    assert unit.shown(8, "case") == (Anchor(path="case", line=1, end_line=1, end_column=1), "none")
    assert (unit.at(7)[0].name, unit.at(7)[1]) == ("other", 1)
    for item in (0, SHARED - 1, unit.cost):
        with pytest.raises(IndexError, match=f"item {item} is of no input"):
            unit.at(item)


def test_candidates_are_those_of_the_streams_asked_and_item_zero(unit: PreparedCase) -> None:
    assert np.flatnonzero(unit.candidates(["left"])).tolist() == [0, 4, 5]
    assert np.flatnonzero(unit.candidates(["other"])).tolist() == [0, 7, 8]
    assert np.flatnonzero(unit.candidates(["left", "other"])).tolist() == [0, 4, 5, 7, 8]
    assert np.flatnonzero(unit.candidates([])).tolist() == [0]


def test_fingerprints_tell_cases_apart(pieces: Pieces, unit: PreparedCase) -> None:
    assert prepared(pieces).fingerprint == unit.fingerprint
    assert prepared(pieces, LEFT[:2]).fingerprint != unit.fingerprint


def test_collating_pads_and_keeps_every_case(pieces: Pieces, unit: PreparedCase) -> None:
    short = prepared(pieces, LEFT[:2], None)
    batch = JOINED.collate([short, unit])
    L = batch.mask.shape[1]
    assert unit.cost <= L and batch.mask.sum(1).tolist() == [short.cost, unit.cost]
    for row, held in enumerate((short, unit)):
        n = held.cost
        for name in ("features", "numbers", "subject"):
            table = getattr(batch, name)[row]
            np.testing.assert_array_equal(table[:n], getattr(held, name))
            assert not table[n:].any()
        edges = batch.edges[batch.edges[:, 0] == row, 1:]
        np.testing.assert_array_equal(edges, held.edges)
    starts = [*batch.starts, len(batch.pieces)]
    found = [batch.pieces[a:b].tolist() for a, b in pairwise(starts)]
    assert sum(map(len, found)) == len(short.pieces) + len(unit.pieces)
    assert found[L : L + unit.cost] == [p.tolist() for p in np.split(unit.pieces, unit.starts[1:])]
    assert found[short.cost : L] == [[]] * (L - short.cost)


class Base:
    width = 32


def network(choice: Choice) -> JoinedCore:
    torch.manual_seed(0)
    made = JOINED.network(INPUTS, {"one": Summary(16, 1)}, Base(), choice)  # type: ignore[arg-type]
    assert isinstance(made, JoinedCore)
    return made.eval()


def test_the_network_owns_numbers_by_stream() -> None:
    made = network(Choice())
    used = made.front.used.reshape(3, made.front.kinds, 3)
    assert made.front.kinds == SHARED
    assert [stream[0].tolist() for stream in used] == [[0, 0, 0], [1, 1, 0], [0, 0, 1]]
    assert isinstance(made.encoder, Bottleneck) and made.encoder.bias.weight.shape == (2, 2, 5)
    assert JOINED.width(384, "risk") == 16


def test_relations_and_encoder_can_be_exchanged() -> None:
    plain = network(Choice(relations=())).encoder
    assert isinstance(plain, Bottleneck) and not plain.bias.weight.requires_grad
    assert not plain.bias.weight.any()
    assert isinstance(network(Choice("recurrent")).encoder, TwinOf)


def test_every_input_that_is_read_counts(pieces: Pieces) -> None:
    """Cases that differ in one input give other answers; the batch goes straight into the network."""
    made = network(Choice())

    def asked(unit: PreparedCase) -> float:
        batch = JOINED.collate([unit])
        torch.manual_seed(3)
        vectors = torch.randn(1, batch.mask.shape[1], 32)
        fields = {n: torch.from_numpy(getattr(batch, n)) for n in ("features", "numbers", "subject", "mask")}
        indicator = torch.zeros(1, 4, batch.mask.shape[1], batch.mask.shape[1])
        return made(vectors=vectors, indicator=indicator, **fields)["one"][0].item()

    whole = asked(prepared(pieces))
    assert whole == asked(prepared(pieces))
    assert len({whole, asked(prepared(pieces, None)), asked(prepared(pieces, LEFT, None))}) == 3
