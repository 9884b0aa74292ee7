"""A choice among items of a case: targets, probabilities, names, figures."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from octad.encoders.base import Items
from octad.encoders.prepared import Part, Prepared
from octad.heads.base import Calibration
from octad.heads.ranking import Choice, Ranked, Ranking
from octad.records.report import Anchor
from octad_train.sources import loss_of

PLACE = Anchor(path="a.log", line=4, end_line=4, end_column=9)


def items(*names: str, candidates: tuple[bool, ...] = ()) -> Items:
    n = len(names)
    return Items(
        texts=names, numbers=np.zeros((n, 1), np.float32), kinds=(0,) * n, names=names,
        anchors=(PLACE,) * n, subjects=tuple(f"of {name}" for name in names), links=((),) * n,
        candidates=candidates or (True,) * n,
    )  # fmt: skip


def unit(*parts: tuple[str, Items]) -> Prepared:
    held, first = [], 2
    for name, one in parts:
        held.append(Part(name, first, one))
        first += len(one)
    features = np.zeros((first, 2), np.uint8)
    features[2:, 0] = 1
    none = np.zeros(first, np.int32)
    return Prepared(
        parts=tuple(held), sequences=(), reads=np.full((first, 2), -1, np.int32), features=features,
        numbers=np.zeros((first, 1), np.float32), subject=none, edges=np.zeros((0, 3), np.int32),
        mask=np.ones(first, np.bool_), shared=2,
    )  # fmt: skip


UNIT = unit(
    ("logs", items("x", "y", candidates=(True, True))),
    ("metrics", items("cpu", "cpu patch", "errors", "cpu", candidates=(True, False, True, True))),
)
SMALL = unit(("metrics", items("cpu")))
HEAD = Ranking("metrics")
SCORES = np.array([0.0, 9, 9, 9, 1.0, 9, 2.0, 3.0], np.float32)
"""High where nothing may be chosen."""


def chances() -> dict[int, float]:
    weights = {item: float(np.exp(SCORES[item])) for item in (0, 4, 6, 7)}
    return {item: weight / sum(weights.values()) for item, weight in weights.items()}


@pytest.mark.parametrize(
    ("label", "right", "known"),
    [
        (frozenset({"errors"}), [6], True),
        (frozenset({"cpu"}), [4, 7], True),
        (frozenset({"errors", "nowhere"}), [6], True),
        (frozenset(), [0], True),
        (frozenset({"cpu patch"}), [], False),
        (frozenset({"x"}), [], False),
        (None, [], False),
    ],
)
def test_targets(label: frozenset[str] | None, right: list[int], known: bool) -> None:
    target = HEAD.target(label, UNIT)
    assert np.flatnonzero(target["candidates"]).tolist() == [0, 4, 6, 7]
    assert np.flatnonzero(target["right"]).tolist() == right
    assert bool(target["known"]) is known


def test_collated_targets_make_a_loss_of_known_rows() -> None:
    held = [HEAD.target(frozenset({"errors"}), UNIT), HEAD.target(None, SMALL)]
    table = HEAD.collate(held, [UNIT, SMALL])
    assert table["known"].tolist() == [True, False]
    assert np.flatnonzero(table["candidates"][1]).tolist() == [0, 2]
    scores = np.zeros(table["right"].shape, np.float32)
    scores[0, : len(UNIT)] = SCORES
    tensors = {name: torch.from_numpy(array) for name, array in table.items()}
    loss = loss_of(HEAD)([torch.from_numpy(scores)], tensors)
    assert loss.item() == pytest.approx(-np.log(chances()[6]), rel=1e-5)


def test_decoding_ranks_candidates_only() -> None:
    choice = HEAD.decode([SCORES], UNIT, Calibration())
    assert choice.none == pytest.approx(chances()[0])
    assert [(one.item, one.name) for one in choice.ranked] == [(7, "cpu"), (6, "errors"), (4, "cpu")]
    assert [one.probability for one in choice.ranked] == pytest.approx([chances()[i] for i in (7, 6, 4)])
    assert choice.none + sum(one.probability for one in choice.ranked) == pytest.approx(1.0)
    assert (choice.ranked[1].anchor, choice.ranked[1].subject) == (PLACE, "of errors")


def test_a_temperature_flattens() -> None:
    flat = HEAD.decode([SCORES], UNIT, Calibration(1e6))
    assert [one.probability for one in flat.ranked] == pytest.approx([0.25] * 3, abs=1e-4)


def test_an_offset_is_added_to_none_alone() -> None:
    plain, raised = (HEAD.decode([SCORES], UNIT, Calibration(2.0, offset)) for offset in (0.0, 1.5))
    odds = [(one.none / (1 - one.none)) for one in (plain, raised)]
    assert odds[1] / odds[0] == pytest.approx(np.exp(1.5))
    assert [one.item for one in raised.ranked] == [one.item for one in plain.ranked]


def test_without_candidates_it_is_none() -> None:
    assert Ranking("nothing").decode([SCORES], UNIT, Calibration()) == Choice(1.0, ())


def test_the_probability_is_of_an_item_or_of_a_name() -> None:
    assert HEAD.probability([SCORES], UNIT, 6, "") == pytest.approx(chances()[6])
    assert HEAD.probability([SCORES], UNIT, 0, "cpu") == pytest.approx(chances()[4] + chances()[7])
    assert HEAD.probability([SCORES], UNIT, 0, "x") == HEAD.probability([SCORES], UNIT, 0, "cpu patch") == 0.0


def said(none: float, **ranked: float) -> Choice:
    return Choice(none, tuple(Ranked(1, name, chance, PLACE) for name, chance in ranked.items()))


def test_figures() -> None:
    answers = [said(0.1, a=0.7, b=0.2), said(0.1, b=0.6, a=0.3), said(0.2, a=0.8), said(0.9, a=0.1)]
    labels = [frozenset("a"), frozenset("a"), frozenset[str](), frozenset[str]()]
    found = HEAD.metrics(answers, labels, [UNIT] * 4)
    assert (found["top1"], found["top3"], found["mrr"], found["false_alarms"]) == (0.5, 1.0, 0.75, 0.5)
    lost = HEAD.metrics([said(0.1, a=0.9)], [frozenset("z")], [UNIT])
    assert (lost["top5"], lost["mrr"], lost["false_alarms"]) == (0.0, 0.0, 0.0)


def test_the_network_scores_every_item() -> None:
    (scores,) = HEAD.network(8)(torch.randn(2, 5, 8))
    assert scores.shape == (2, 5)


def test_pairs_for_calibration() -> None:
    scores, right = HEAD.calibration_pairs([SCORES], frozenset({"errors"}), UNIT) or (None, None)
    assert scores is not None and right is not None
    assert int(right) == 6 and np.flatnonzero(np.isfinite(scores)).tolist() == [0, 4, 6, 7]
    assert HEAD.calibration_pairs([SCORES], frozenset({"x"}), UNIT) is None
