"""Where a repair goes: tokens and gaps as targets, lines as answers, and what was not read."""

from __future__ import annotations

import numpy as np
import pytest

from octad.encoders.code import tokens_of
from octad.encoders.prepared import Prepared
from octad.heads.base import Calibration
from octad.heads.place import GAP, TOKEN, Place, RepairLabel, possible
from tests.conftest import Prepare

TEXT = """\
def total(order):
    # the sum of the lines
    found = 0
    return order.price + found
"""
KINDS = ("guard", "value", "missing")


@pytest.fixture
def head() -> Place:
    return Place(KINDS)


@pytest.fixture
def unit(prepare: Prepare) -> Prepared:
    return prepare(TEXT)


def label(first: str, last: str | None = None, *lines: int, kind: str = "guard") -> RepairLabel:
    """A repair from before `first` to before `last`; a gap before `first` without `last`."""
    begin = TEXT.index(first) if first else len(TEXT)
    end = TEXT.index(last) if last is not None else begin
    return RepairLabel(((begin, end),), frozenset(lines), kind)


def words(head: Place, unit: Prepared, said: RepairLabel) -> list[tuple[str, int]]:
    tokens = tokens_of(unit)
    return [(tokens.words[item], side) for item, side in head.target(said, unit)["right"].tolist()]


def perfect(head: Place, unit: Prepared, said: RepairLabel) -> list[np.ndarray]:
    """Outputs that say the truth as loudly as they can."""
    target = head.target(said, unit)
    place, kind = np.zeros((len(unit), 2)), np.zeros((len(unit), len(KINDS)))
    for item, side in target["right"]:
        place[item, side] = 20.0
    kind[:, target["kind"]] = 20.0
    return [place, kind]


def test_tokens_that_changed_are_right(head: Place, unit: Prepared) -> None:
    assert words(head, unit, label("price", "+")) == [("price", TOKEN)]
    assert words(head, unit, label("order.price", "found\n")) == [
        ("order", TOKEN), (".", TOKEN), ("price", TOKEN), ("+", TOKEN),
    ]  # fmt: skip


def test_a_gap_is_before_the_next_token_that_is_no_comment(head: Place, unit: Prepared) -> None:
    assert words(head, unit, label("return")) == [("return", GAP)]
    assert words(head, unit, label("# the sum")) == [("found", GAP)]
    assert words(head, unit, label("")) == [("", GAP)], "the end of the unit is the gap of item 0"


def test_without_a_label_nothing_is_right(head: Place, unit: Prepared) -> None:
    target = head.target(None, unit)
    assert len(target["right"]) == 0 and target["kind"] == -1 and target["possible"].any()


def test_comments_and_the_summary_are_no_places(unit: Prepared) -> None:
    table, tokens = possible(unit), tokens_of(unit)
    comment = next(i for i, word in enumerate(tokens.words) if word.startswith("#"))
    assert table[0].tolist() == [False, True] and not table[comment].any()


@pytest.mark.parametrize(
    ("said", "line", "missing"),
    [
        (label("price", "+", 4), 4, False),
        (label("return", None, 3, 4), 4, True),
        (label("", None, 4), 4, True),
        (label("0", "\n    return", 3, kind="value"), 3, False),
    ],
)
def test_what_the_target_says_is_decoded(
    head: Place, unit: Prepared, said: RepairLabel, line: int, missing: bool
) -> None:
    answer = head.decode(perfect(head, unit, said), unit, Calibration())
    first = answer[0]
    assert (first.line, first.missing, first.kinds[0][0]) == (line, missing, said.kind)
    assert first.probability > 0.99 and sum(one.probability for one in answer) == pytest.approx(1)
    figures = head.metrics([answer], [said], [unit])
    assert (figures["line_1"], figures["kind_1"]) == (1.0, 1.0)


def test_figures_count_the_first_lines(head: Place, unit: Prepared) -> None:
    answer = head.decode(perfect(head, unit, label("0", "\n    return", 3)), unit, Calibration())
    elsewhere = label("total", "(", 1)
    figures = head.metrics([answer, answer], [label("0", "\n    return", 3), elsewhere], [unit, unit])
    assert (figures["line_1"], figures["line_3"], figures["commonest_kind"]) == (0.5, 1.0, 1.0)


def test_a_warmer_head_is_less_sure(head: Place, unit: Prepared) -> None:
    outputs = perfect(head, unit, label("price", "+", 4))
    cold, warm = (head.decode(outputs, unit, Calibration(t))[0].probability for t in (1.0, 20.0))
    assert cold > warm
    item = next(i for i, word in enumerate(tokens_of(unit).words) if word == "price")
    assert head.probability(outputs, unit, item, "", Calibration(1.0)) == pytest.approx(cold)


def test_calibration_pairs_point_at_a_right_place(head: Place, unit: Prepared) -> None:
    said = label("price", "+", 4)
    scores, right = head.calibration_pairs(perfect(head, unit, said), said, unit) or (np.zeros(0), -1)
    assert scores[int(right)] == 20.0 and np.isneginf(scores[0])


def test_what_was_not_read_is_not_learned(head: Place, prepare: Prepare) -> None:
    long = "def f():\n" + "    x = 1\n" * 600
    unit = prepare(long)
    assert tokens_of(unit).truncated
    beyond = RepairLabel(((len(long) - 2, len(long)),), frozenset({600}), "value")
    assert len(head.target(beyond, unit)["right"]) == 0
    assert head.calibration_pairs([np.zeros((len(unit), 2)), np.zeros((len(unit), 3))], beyond, unit) is None
