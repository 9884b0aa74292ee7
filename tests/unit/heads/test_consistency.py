"""Targets, decoding and figures of uses that agree with their definitions or do not."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from octad.encoders.code import CodeEncoder, tokens_of
from octad.encoders.prepared import Prepared
from octad.encoders.word_pieces import WordPieces
from octad.extensions.definition_use import DefinitionUse, of_unit
from octad.fusion.fusion import ONE_STREAM
from octad.heads.base import Calibration
from octad.heads.consistency import Consistency, UseLabel
from octad.records.code import Code
from octad.records.used_definition import UsedDefinition
from octad_train.sources import loss_of

HEAD = Consistency()
CONTEXT = tuple(
    UsedDefinition.model_validate(
        {"name": name, "sort": "function", "code": {"path": "b.py", "text": f"def {name}(a):\n"}}
    )
    for name in ("first", "second")
)
TEXT = "first(1)\nsecond(2, 3)\n"


@pytest.fixture(scope="module")
def unit(pieces: WordPieces) -> Prepared:
    case = SimpleNamespace(code=Code(path="a.py", text=TEXT), context=CONTEXT)
    made = ONE_STREAM.prepare(case, {"code": CodeEncoder()}, pieces)
    extension = DefinitionUse("uses")
    return replace(made, added={extension.name: extension.prepare(case, made.parts, pieces)})


def outputs(unit: Prepared, *logits: float) -> list[Any]:
    table = np.zeros((len(unit), 1), np.float32)
    table[of_unit(unit).uses[:, 0], 0] = logits
    return [table]


def test_targets_name_every_use_and_none_without_a_label(unit: Prepared) -> None:
    held = [HEAD.target(label, unit) for label in (UseLabel(frozenset({TEXT.index("second")})), None)]
    known = HEAD.collate(held, [unit, unit])["known"]
    assert known[:, 0].tolist() == [0, 0] and known[:, 2].tolist() == [0, 1]
    logits = torch.zeros(2, len(unit), 1)
    logits[0, known[1, 1]] = 3.0
    loss = loss_of(HEAD)([logits], {"known": torch.from_numpy(known)})
    assert loss.item() == pytest.approx((np.log(2) + np.log1p(np.exp(-3))) / 2, rel=1e-5)
    nothing = loss_of(HEAD)([logits], {"known": torch.zeros(0, 3)})
    assert nothing.item() == 0


def test_decoding_ranks_and_names_the_definition(unit: Prepared) -> None:
    first, second = HEAD.decode(outputs(unit, -2.0, 4.0), unit, Calibration(2.0))
    assert (tokens_of(unit).words[first.item], first.sort) == ("second", "function")
    assert first.definition is not None and first.definition.code.path == "b.py"
    assert first.probability == pytest.approx(1 / (1 + np.exp(-2.0)))
    assert second.probability == pytest.approx(1 / (1 + np.exp(1.0)))
    assert HEAD.probability(outputs(unit, -2.0, 4.0), unit, first.item, "") == pytest.approx(
        1 / (1 + np.exp(-4.0))
    )


def test_figures_count_what_was_asked_and_count_what_was_not_seen_as_right(unit: Prepared) -> None:
    answer = HEAD.decode(outputs(unit, 2.0, 4.0), unit, Calibration())
    wrong, right = TEXT.index("second"), TEXT.index("first")
    seen = UseLabel(frozenset({wrong}), frozenset({wrong}))
    unseen = UseLabel(frozenset({999}), frozenset({999}))
    clean = UseLabel(frozenset(), frozenset({right}))
    found = HEAD.metrics([answer] * 3, [seen, unseen, clean], [unit] * 3)
    assert found["accuracy"] == pytest.approx(1 / 3)
    assert found["majority"] == pytest.approx(2 / 3)
    assert found["false"] == 1.0
    logits, truth = HEAD.calibration_pairs(outputs(unit, 2.0, 4.0), seen, unit) or (None, None)
    assert logits is not None and truth is not None
    assert (logits.tolist(), truth.tolist()) == ([2.0, 4.0], [False, True])
