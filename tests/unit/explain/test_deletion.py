"""Evidence is found where a made-up engine looks, and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from octad.agent import Agent, Claim
from octad.explain.deletion import explain
from octad.heads.classes import Classes
from octad.modalities.code import CodeBatch, CodeModality, PreparedCode
from octad.modalities.pieces import Pieces
from octad.records.base import Record
from octad.records.code import Code
from octad.runtime import Runner
from octad.store.artefact import Manifest
from tests.conftest import Prepare

TEXT = "def f(first, second):\n" + "    first += 1\n" * 20 + "    second = guilty(first)\n    return second\n"


class Case(Record):
    code: Code


@dataclass(frozen=True)
class Answer:
    kind: dict[str, float]


class Watching:
    """An engine that says "bad" for as long as it sees the pieces of certain items."""

    def __init__(self, items: list[int]) -> None:
        self.items = items

    def run(self, batch: CodeBatch) -> dict[str, list[Any]]:
        seen = batch.mask[:, self.items].sum(1).astype(np.float64)
        return {"kind": [np.stack([np.zeros_like(seen), 4 * seen - 2], axis=1)]}


def runner(pieces: Pieces, items: list[int]) -> Runner[Any, Any]:
    agent = Agent(
        name="made-up", summary="", case=Case, label=Answer, answer=Answer, inputs={"code": CodeModality()},
        heads={"kind": Classes(("good", "bad"))}, findings=lambda case, answer, thresholds: (),
        truth=lambda case, label: frozenset(), sources={}, primary="kind/accuracy",
        example=Case(code=Code(path="a.py", text="")),
    )  # fmt: skip
    manifest = Manifest(agent="made-up", version="0", backbone="", width=0, outputs={})
    return Runner(agent, manifest, pieces, Watching(items))


@pytest.fixture
def unit(prepare: Prepare) -> PreparedCode:
    return prepare(TEXT)


def test_the_item_that_matters_is_found(pieces: Pieces, unit: PreparedCode) -> None:
    guilty = unit.tokens.words.index("guilty")
    found = explain(runner(pieces, [guilty]), unit, "a.py", Claim("kind", unit.cost - 1, "bad"))
    (evidence,) = found.evidence
    assert (evidence.text, evidence.weight, evidence.anchor.line) == ("guilty", 1.0, 22)
    # The belief falls from sigmoid(2) to sigmoid(-2) without the item and stays when it alone is kept.
    assert found.faithfulness.comprehensiveness == pytest.approx(0.762, abs=1e-3)
    assert found.faithfulness.sufficiency == pytest.approx(0.0, abs=1e-9)
    assert found.faithfulness.comprehensiveness > found.faithfulness.random


def test_two_items_share_the_weight(pieces: Pieces, unit: PreparedCode) -> None:
    both = [unit.tokens.words.index("guilty"), unit.cost - 1]
    found = explain(runner(pieces, both), unit, "a.py", Claim("kind", unit.cost - 2, "bad"))
    assert {evidence.text for evidence in found.evidence} == {"guilty", "second"}
    assert sum(evidence.weight for evidence in found.evidence) == pytest.approx(1.0)
    assert found.faithfulness.comprehensiveness > found.faithfulness.random


def test_the_claimed_item_itself_is_no_evidence(pieces: Pieces, unit: PreparedCode) -> None:
    guilty = unit.tokens.words.index("guilty")
    found = explain(runner(pieces, [guilty]), unit, "a.py", Claim("kind", guilty, "bad"))
    assert found.evidence == ()
    assert found.faithfulness.comprehensiveness == found.faithfulness.random == 0.0


def test_a_unit_of_one_item_needs_no_evidence(pieces: Pieces, prepare: Prepare) -> None:
    unit = prepare("")
    found = explain(runner(pieces, [0]), unit, "a.py", Claim("kind", 0, "bad"))
    assert found.evidence == ()


def test_the_floor_is_the_same_for_the_same_seed(pieces: Pieces, unit: PreparedCode) -> None:
    made, claim = runner(pieces, [unit.tokens.words.index("guilty")]), Claim("kind", 1, "bad")
    assert explain(made, unit, "a.py", claim, seed=3) == explain(made, unit, "a.py", claim, seed=3)
