"""Several inputs as one stream: positions, texts, numbers, subjects, edges; and the case of one input."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
import torch

from octad.encoders.batch import collate
from octad.encoders.code import FEATURES, RELATIONS, CodeEncoder
from octad.encoders.prepared import Prepared
from octad.encoders.word_pieces import WordPieces
from octad.fusion.fusion import LINK, MOST_LINKED, ONE_STREAM, sizes
from octad.nn.fusion import Bottleneck, OneStream, StreamFusion
from octad.nn.relations import one_hot
from octad.records.code import Code
from tests.unit.encoders.inputs import FUSION, INPUTS, LEFT, RIGHT, SHARED, prepared


@pytest.fixture(scope="module")
def unit(pieces: WordPieces) -> Prepared:
    return prepared(pieces)


def test_shared_items_come_first_then_every_input(unit: Prepared, pieces: WordPieces) -> None:
    assert (len(unit), unit.shared, unit.present) == (9, SHARED, {"left", "other"})
    assert [(part.name, part.first) for part in unit.parts] == [("left", 3), ("other", 6)]
    assert unit.features.tolist() == [
        [0, 0], [0, 1], [0, 2], [1, 0], [1, 1], [1, 0], [2, 0], [2, 1], [2, 0],
    ]  # fmt: skip
    assert unit.mask.all() and (unit.reads[:SHARED] == -1).all()
    texts = [tuple(unit.sequences[number].pieces) for number, _ in unit.reads[SHARED:].tolist()]
    assert texts == [pieces.of_text(w) for w in ("def", "return x", "if", "not", "is", "none")]


def test_every_input_has_columns_of_its_own(unit: Prepared) -> None:
    assert unit.numbers.tolist() == [
        [0, 0, 0], [0, 0, 0], [0, 0, 0], [1, 2, 0], [3, 4, 0], [5, 6, 0], [0, 0, 1], [0, 0, 2], [0, 0, 3],
    ]  # fmt: skip


def test_a_subject_is_a_number_in_every_input_and_none_is_zero(unit: Prepared) -> None:
    cart, stock = unit.subject[3], unit.subject[4]
    assert unit.subject.tolist() == [0, 0, 0, cart, stock, 0, stock, cart, stock]
    assert len({0, cart, stock}) == 3


def test_edges_are_shifted_and_links_lead_both_ways(unit: Prepared) -> None:
    assert {tuple(edge) for edge in unit.edges.tolist()} == {
        (3, 4, 1), (6, 7, 3), (3, 6, LINK), (6, 3, LINK), (5, 7, LINK), (7, 5, LINK),
    }  # fmt: skip
    assert FUSION.relations(INPUTS) == 4


@pytest.mark.parametrize(
    ("count", "pairs"), [(MOST_LINKED, MOST_LINKED * (MOST_LINKED - 1)), (MOST_LINKED + 1, 0)]
)
def test_a_link_of_too_many_joins_nothing(pieces: WordPieces, count: int, pairs: int) -> None:
    unit = prepared(pieces, ("def@#same",) * count, None)
    assert int((unit.edges[:, 2] == LINK).sum()) == pairs


def test_absent_and_empty_inputs_are_not_there(pieces: WordPieces) -> None:
    unit = prepared(pieces, None, ())
    assert (len(unit), unit.present, unit.parts, len(unit.edges)) == (SHARED, frozenset(), (), 0)
    assert unit.numbers.shape == (SHARED, 3) and unit.sequences == ()
    right = prepared(pieces, None, RIGHT)
    assert right.present == {"other"} and right.features[SHARED:, 0].tolist() == [2, 2, 2]
    assert not right.numbers[SHARED:, :2].any() and {3} == set(right.edges[right.edges[:, 2] > 0, 2])


def test_equal_texts_are_one_sequence_and_none_is_no_sequence(pieces: WordPieces) -> None:
    unit = prepared(pieces, ("if@#", "def@#", "if@#"), ("@#", "if@#"))
    assert len(unit.sequences) == 2
    assert unit.reads[SHARED:, 0].tolist() == [0, 1, 0, -1, 0]


def test_one_input_is_read_as_the_tokens_that_it_is(pieces: WordPieces) -> None:
    code = Code(path="a.py", text="def f(a):\n    return a\n")
    unit = ONE_STREAM.prepare(SimpleNamespace(code=code), {"code": CodeEncoder()}, pieces)
    assert (unit.shared, unit.parts[0].first, len(unit.sequences)) == (1, 1, 1)
    assert unit.reads.tolist() == [[0, item] for item in range(len(unit.sequences[0]))]
    empty = Code(path="a.py", text="")
    alone = ONE_STREAM.prepare(SimpleNamespace(code=empty), {"code": CodeEncoder()}, pieces)
    assert alone.reads.tolist() == [[0, 0]], "a text without tokens still has its summary"
    assert alone.present == {"code"}


def test_tokens_beside_other_inputs_are_behind_the_shared_items(pieces: WordPieces) -> None:
    case = SimpleNamespace(left=LEFT, code=Code(path="a.py", text="x = 1\n"))
    unit = FUSION.prepare(case, {"left": INPUTS["left"], "code": CodeEncoder()}, pieces)
    first = SHARED + len(LEFT)
    number = next(i for i, one in enumerate(unit.sequences) if not one.pooled)
    assert unit.reads[first:].tolist() == [[number, 1], [number, 2], [number, 3]]
    assert (unit.reads[:SHARED] == -1).all()


def test_sizes_are_of_the_input_that_has_tokens() -> None:
    assert sizes(INPUTS) == ((), 0)
    assert sizes({**INPUTS, "code": CodeEncoder()}) == (FEATURES, RELATIONS)


def network() -> StreamFusion:
    torch.manual_seed(0)
    made = FUSION.network(INPUTS, 32)
    assert isinstance(made, StreamFusion)
    return made.eval()


def test_the_network_owns_numbers_by_stream() -> None:
    made = network()
    used = made.embedding.used.reshape(3, made.embedding.kinds, 3)
    assert made.embedding.kinds == SHARED
    assert [stream[0].tolist() for stream in used] == [[0, 0, 0], [1, 1, 0], [0, 0, 1]]
    assert isinstance(made.mixer, Bottleneck) and made.mixer.bias.weight.shape == (2, 2, 5)
    assert FUSION.width(384) == 16 and FUSION.joins


def test_without_layers_there_is_nothing_to_join() -> None:
    assert isinstance(ONE_STREAM.network({"code": CodeEncoder()}, 32), OneStream)
    assert ONE_STREAM.width(384) == 384 and not ONE_STREAM.joins


def test_every_input_that_is_read_counts(pieces: WordPieces) -> None:
    """Cases that differ in one input have other summaries; the batch goes straight into the network."""
    made = network()
    torch.manual_seed(3)
    states = torch.randn(99, 32)

    def summary(unit: Prepared) -> tuple[float, ...]:
        batch = collate([unit])
        inputs = {name: torch.from_numpy(array) for name, array in batch.items().items()}
        inputs["vectors"] = states[torch.from_numpy(batch.reads).long()]
        rows, items = batch.mask.shape
        inputs["indicator"] = one_hot(torch.from_numpy(batch.edges), rows, items, 4, torch.float32)
        with torch.inference_mode():
            # Its length is that of every normalised state: where it points is what differs.
            return tuple(made(inputs).states[0, 0].tolist())

    whole = summary(prepared(pieces))
    assert whole == summary(prepared(pieces))
    assert len({whole, summary(prepared(pieces, None)), summary(prepared(pieces, LEFT, None))}) == 3
    assert np.isfinite(summary(prepared(pieces, None, None))).all()
