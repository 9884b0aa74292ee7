from __future__ import annotations

import numpy as np
import pytest
import torch

from octad.encoders.batch import padded
from octad.encoders.code import tokens_of
from octad.encoders.prepared import Prepared
from octad.heads.base import Calibration
from octad.heads.pointer import BugLabel, Diagnosis, Pointer, RankedRepair, Suspect, candidates
from octad.syntax.edits import EDITS
from octad_train.losses.pointer import candidate_mask
from tests.conftest import Prepare

TEXT = """\
def f(first, second):
    if first < second:
        return first.low + second.high
    return first
"""
LESS = EDITS.index("replace:<=")


def bug(text: str, word: str, edit: int, name: str | None = None) -> BugLabel:
    return BugLabel(text.index(word), edit, name, "kind")


@pytest.fixture
def head() -> Pointer:
    return Pointer(size=4)


@pytest.fixture
def unit(prepare: Prepare) -> Prepared:
    return prepare(TEXT)


def perfect(head: Pointer, unit: Prepared, truth: list[int]) -> list[np.ndarray]:
    """Outputs that say the truth as loudly as they can."""
    item, edit, name = truth
    location = np.zeros(len(unit))
    location[item] = 20.0
    edits, query, key = (np.zeros((len(unit), size)) for size in (len(EDITS), head.size, head.size))
    if item and name < 0:
        edits[item, edit] = 20.0
    elif item:
        query[item, 0] = 10.0
        key[tokens_of(unit).name == name, 0] = 10.0
    return [location, edits, query, key]


@pytest.mark.parametrize(
    "label",
    ["correct", bug(TEXT, "< second", LESS), bug(TEXT, "first <", 0, "second"), bug(TEXT, "low", 0, "high")],
)
def test_what_the_target_says_is_decoded(head: Pointer, unit: Prepared, label: object) -> None:
    truth = head.target(label, unit)["truth"].tolist()
    answer = head.decode(perfect(head, unit, truth), unit, Calibration())
    if label == "correct":
        assert truth == [0, -1, -1]
        assert answer.probability < 0.01
        return
    assert isinstance(label, BugLabel)
    assert answer.probability > 0.99
    best = answer.suspects[0]
    assert tokens_of(unit).offsets[best.item, 0] == label.offset
    assert (best.repairs[0].edit, best.repairs[0].name) == (label.edit, label.name)
    assert sum(repair.probability for repair in best.repairs) <= 1 + 1e-9


def test_what_cannot_be_taught_is_unlabelled(head: Pointer, unit: Prepared) -> None:
    unlabelled = [-1, -1, -1]
    assert head.target(None, unit)["truth"].tolist() == unlabelled
    gone = BugLabel(10_000, LESS, None, "kind")
    assert head.target(gone, unit)["truth"].tolist() == unlabelled
    assert head.target(bug(TEXT, "first <", 0, "stranger"), unit)["truth"].tolist() == unlabelled
    # An edit that the syntax does not allow at the item would cost ten thousand nats.
    assert head.target(bug(TEXT, "return", LESS), unit)["truth"].tolist() == unlabelled


def test_candidates_are_those_of_the_loss(head: Pointer, prepare: Prepare) -> None:
    texts = (
        TEXT,
        "x = 1\n",
        "def g(a):\n    return a.b + a.b\n",
        "import os\n\n\nfor i in range(3):\n    print(i)\n",
    )
    units = [prepare(text) for text in texts]
    arrays = head.collate([head.target("correct", unit) for unit in units], units)
    mask = candidate_mask({name: torch.from_numpy(array) for name, array in arrays.items()}).numpy()
    assert mask.shape == (4, padded([len(unit) for unit in units]))
    for row, unit in enumerate(units):
        assert mask[row, : len(unit)].tolist() == candidates(unit).tolist()
        assert not mask[row, len(unit) :].any()


def test_what_is_stated_is_softened_and_moved_and_what_was_learned_stays(
    head: Pointer, unit: Prepared
) -> None:
    truth = head.target(bug(TEXT, "low", 0, "high"), unit)["truth"].tolist()
    outputs = perfect(head, unit, truth)
    cold, hot, rare = (
        head.decode(outputs, unit, one).suspects[0]
        for one in (Calibration(), Calibration(20.0), Calibration(1.0, offset=25.0))
    )
    assert cold.probability == hot.probability == rare.probability == pytest.approx(cold.stated)
    assert cold.stated > hot.stated and rare.stated < 0.01
    assert head.probability(outputs, unit, truth[0], "", Calibration(1.0, offset=25.0)) == rare.stated


def test_the_probability_of_an_item_is_the_decoded_one(head: Pointer, unit: Prepared) -> None:
    rng = np.random.default_rng(0)
    outputs = [rng.normal(size=array.shape) for array in perfect(head, unit, [0, -1, -1])]
    for suspect in head.decode(outputs, unit, Calibration()).suspects:
        assert head.probability(outputs, unit, suspect.item, "") == pytest.approx(suspect.probability)
        assert candidates(unit)[suspect.item]
        batch = [
            torch.from_numpy(np.pad(array, [(0, 3)] + [(0, 0)] * (array.ndim - 1)))[None] for array in outputs
        ]
        assert head.log_probability(batch, unit, suspect.item).exp() == pytest.approx(suspect.probability)


def test_metrics_by_hand(head: Pointer, unit: Prepared) -> None:
    first, less = bug(TEXT, "first <", 0, "second"), bug(TEXT, "< second", LESS)
    item = {label: int(head.target(label, unit)["truth"][0]) for label in (first, less)}
    right, other = RankedRepair(0, "second", 0.9), RankedRepair(LESS, None, 0.1)
    found = Diagnosis(0.9, (Suspect(item[first], 0.8, (right, other)), Suspect(item[less], 0.05, (other,))))
    unsure = Diagnosis(0.3, (Suspect(item[less], 0.2, (other,)),))
    missed = Diagnosis(0.6, (Suspect(item[first], 0.5, (right,)), Suspect(item[less], 0.1, (other,))))
    answers = [found, unsure, missed, Diagnosis(0.1, ())]
    figures = head.metrics(answers, [first, "correct", less, "correct"], [unit] * 4)
    assert figures["detection"] == 1.0
    assert figures["localisation"] == 0.5
    assert figures["repair"] == 1.0
    assert figures["joint"] == 0.5
    assert figures["auc"] == 1.0
    assert figures["majority"] == 0.5
    second = Diagnosis(0.9, (Suspect(item[less], 0.5, (other,)), Suspect(item[first], 0.4, (right,))))
    assert head.metrics([second], [first], [unit])["localisation"] == 0.0
    worse = head.metrics([unsure, found], [less, "correct"], [unit] * 2)
    assert (worse["detection"], worse["localisation"], worse["auc"]) == (0.0, 0.0, 0.0)


def test_pairs_are_the_scores_of_candidates(head: Pointer, unit: Prepared) -> None:
    label = bug(TEXT, "first <", 0, "second")
    found = head.calibration_pairs(
        perfect(head, unit, head.target(label, unit)["truth"].tolist()), label, unit
    )
    assert found is not None
    scores, item = found
    assert np.isfinite(scores).tolist() == candidates(unit).tolist()
    assert scores.argmax() == item
    assert head.calibration_pairs([scores], BugLabel(10_000, LESS, None, "kind"), unit) is None
