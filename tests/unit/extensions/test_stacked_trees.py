"""Trees beside a head: whose numbers they read, and that new ones leave the head as it is."""

from __future__ import annotations

import numpy as np
import torch

from octad.encoders.word_pieces import WordPieces
from octad.extensions.stacked_trees import StackedTrees
from tests.unit.encoders.inputs import INPUTS, LEFT, RIGHT, SHARED, prepared

EXTENSION = StackedTrees("risk", input="other")


def test_it_reads_the_numbers_of_the_first_item_of_its_input(pieces: WordPieces) -> None:
    unit = prepared(pieces)
    row = EXTENSION.row(unit)
    assert row is not None
    np.testing.assert_array_equal(row, unit.numbers[SHARED + len(LEFT)])
    assert EXTENSION.row(prepared(pieces, LEFT, None)) is None
    assert EXTENSION.reads() == ("other",)
    assert (EXTENSION.sort(unit), EXTENSION.sort(prepared(pieces, LEFT, RIGHT[:1]))) == (1, 0)


def test_its_network_reads_the_same_and_begins_without_a_say(pieces: WordPieces) -> None:
    network, unit = EXTENSION.network(list(INPUTS), (8, 6)), prepared(pieces, None, RIGHT[:2])
    logit = torch.tensor([[0.5]])
    names = ("features", "numbers", "mask")
    inputs = {name: torch.from_numpy(getattr(unit, name))[None] for name in names}
    assert network.corrected("risk", (logit,), inputs)[0].tolist() == [[0.5]]
    network.trees.value[0] = 2.0  # what the root of the first tree says, which is a leaf
    network.weight.copy_(torch.tensor([[1.0, 1.0, 0.0]] * 2))
    assert network.corrected("risk", (logit,), inputs)[0].tolist() == [[2.5]]
    inputs["mask"][0, SHARED] = False
    assert network.corrected("risk", (logit,), inputs)[0].tolist() == [[0.5]]
    assert (EXTENSION.name, EXTENSION.heads) == ("risk_trees", ("risk",))
