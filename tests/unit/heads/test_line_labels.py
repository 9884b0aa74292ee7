from __future__ import annotations

import numpy as np
import pytest

from octad.encoders.code import tokens_of
from octad.heads.base import Calibration
from octad.heads.line_labels import LineLabels, LineScore, Mark, Marking
from tests.conftest import Prepare

TEXT = "def f(a):\n    b = a\n\n    return b\n"


@pytest.fixture
def head() -> LineLabels:
    return LineLabels(("A1", "B2"))


def test_marks_are_targets_at_the_first_item_of_their_line_and_at_the_unit(
    head: LineLabels, prepare: Prepare
) -> None:
    unit = prepare(TEXT, first_line=11)
    marks = frozenset({Mark(12, "B2"), Mark(14, "A1"), Mark(12, "C3"), Mark(13, "A1")})
    target = head.target(marks, unit)
    assert bool(target["known"])
    words = {(tokens_of(unit).words[item], rule) for item, rule in target["positive"].tolist()}
    assert words == {("", 0), ("", 1), ("b", 1), ("return", 0)}


def test_what_the_target_says_is_decoded(head: LineLabels, prepare: Prepare) -> None:
    unit = prepare(TEXT, first_line=11)
    marks = frozenset({Mark(12, "B2"), Mark(14, "A1")})
    logits = np.full((len(unit), 2), -10.0)
    for item, rule in head.target(marks, unit)["positive"]:
        logits[item, rule] = 10.0
    answer = head.decode([logits], unit, Calibration())
    assert {Mark(score.line, score.rule) for score in answer.lines} == marks
    assert all(value > 0.99 for value in answer.unit.values())
    for score in answer.lines:
        assert head.probability([logits], unit, score.item, score.rule) == pytest.approx(score.probability)


def test_no_marks_is_not_no_label(head: LineLabels, prepare: Prepare) -> None:
    unit = prepare(TEXT)
    clean, unknown = head.target(frozenset(), unit), head.target(None, unit)
    assert bool(clean["known"]) and not bool(unknown["known"])
    assert clean["positive"].shape == unknown["positive"].shape == (0, 2)


def test_a_batch_says_which_items_speak(head: LineLabels, prepare: Prepare) -> None:
    units = [prepare(TEXT), prepare("x = 1\n")]
    targets = [head.target(frozenset({Mark(2, "A1")}), units[0]), head.target(None, units[1])]
    batch = head.collate(targets, units)
    assert batch["known"].tolist() == [True, False]
    assert batch["reads"].sum(1).tolist() == [4, 2]
    assert batch["reads"].shape[1] % 8 == 0
    assert batch["positive"][:, 0].tolist() == [0, 0]


def test_metrics_by_hand(head: LineLabels, prepare: Prepare) -> None:
    unit = prepare(TEXT)
    answers = [
        Marking({}, (LineScore(7, 2, "A1", 0.9), LineScore(10, 4, "A1", 0.8), LineScore(10, 4, "B2", 0.3))),
        Marking({}, ()),
    ]
    labels = [frozenset({Mark(2, "A1"), Mark(4, "B2"), Mark(4, "C3")}), frozenset({Mark(2, "B2")})]
    figures = head.metrics(answers, labels, [unit] * 2)
    assert figures["precision"] == 0.5
    assert figures["recall"] == pytest.approx(1 / 3)
    assert figures["f1"] == pytest.approx(0.4)
    assert figures["marks"] == 3


def test_pairs_are_every_logit_of_the_lines(head: LineLabels, prepare: Prepare) -> None:
    unit = prepare(TEXT)
    logits = np.arange(len(unit) * 2.0).reshape(-1, 2)
    found = head.calibration_pairs([logits], frozenset({Mark(2, "B2")}), unit)
    assert found is not None
    scores, truth = found
    assert len(scores) == len(truth) == 2 * int(tokens_of(unit).first.sum())
    item = int(tokens_of(unit).words.index("b"))
    assert scores[truth].tolist() == [logits[item, 1]]
