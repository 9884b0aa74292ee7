"""Targets, decoding and figures of uses that agree with their definitions or do not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from octad.heads.agreement import Agreement, Uses
from octad.heads.base import Calibration
from octad.modalities.code import CodeModality, PreparedCode
from octad.modalities.pieces import Pieces
from octad.records.code import Code
from octad.records.defined import Defined

HEAD = Agreement()
CONTEXT = tuple(
    Defined.model_validate(
        {"name": name, "sort": "function", "code": {"path": "b.py", "text": f"def {name}(a):\n"}}
    )
    for name in ("first", "second")
)
TEXT = "first(1)\nsecond(2, 3)\n"


@pytest.fixture(scope="module")
def unit(pieces: Pieces) -> PreparedCode:
    return CodeModality(fields=("code", "context")).prepare(Code(path="a.py", text=TEXT), pieces, CONTEXT)


def outputs(unit: PreparedCode, *logits: float) -> list[Any]:
    table = np.zeros((unit.cost, 1), np.float32)
    table[unit.uses.at[:, 0], 0] = logits
    return [table]


def test_targets_name_every_use_and_none_without_a_label(unit: PreparedCode) -> None:
    held = [HEAD.target(label, unit) for label in (Uses(frozenset({TEXT.index("second")})), None)]
    known = HEAD.collate(held, [unit, unit])["known"]
    assert known[:, 0].tolist() == [0, 0] and known[:, 2].tolist() == [0, 1]
    logits = torch.zeros(2, unit.cost, 1)
    logits[0, known[1, 1]] = 3.0
    loss = HEAD.loss([logits], {"known": torch.from_numpy(known)}, torch.ones(2, unit.cost))
    assert loss.item() == pytest.approx((np.log(2) + np.log1p(np.exp(-3))) / 2, rel=1e-5)
    nothing = HEAD.loss([logits], {"known": torch.zeros(0, 3)}, torch.ones(2, unit.cost))
    assert nothing.item() == 0


def test_decoding_ranks_and_names_the_definition(unit: PreparedCode) -> None:
    first, second = HEAD.decode(outputs(unit, -2.0, 4.0), unit, Calibration(2.0))
    assert (unit.tokens.words[first.item], first.sort) == ("second", "function")
    assert first.definition is not None and first.definition.code.path == "b.py"
    assert first.probability == pytest.approx(1 / (1 + np.exp(-2.0)))
    assert second.probability == pytest.approx(1 / (1 + np.exp(1.0)))
    assert HEAD.belief(outputs(unit, -2.0, 4.0), unit, first.item, "") == pytest.approx(
        1 / (1 + np.exp(-4.0))
    )


def test_figures_judge_what_was_asked_and_count_what_was_not_seen_as_right(unit: PreparedCode) -> None:
    answer = HEAD.decode(outputs(unit, 2.0, 4.0), unit, Calibration())
    wrong, right = TEXT.index("second"), TEXT.index("first")
    seen = Uses(frozenset({wrong}), frozenset({wrong}))
    unseen = Uses(frozenset({999}), frozenset({999}))
    clean = Uses(frozenset(), frozenset({right}))
    found = HEAD.metrics([answer] * 3, [seen, unseen, clean], [unit] * 3)
    assert found["accuracy"] == pytest.approx(1 / 3)
    assert found["majority"] == pytest.approx(2 / 3)
    assert found["false"] == 1.0
    logits, truth = HEAD.evidence(outputs(unit, 2.0, 4.0), seen, unit) or (None, None)
    assert logits is not None and truth is not None
    assert (logits.tolist(), truth.tolist()) == ([2.0, 4.0], [False, True])
