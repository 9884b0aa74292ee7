"""Evidence is found where a made-up engine looks, and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from octad.agents.agent import Agent, EvidenceTarget
from octad.agents.command import Command
from octad.encoders.batch import Batch, TokenBatch
from octad.encoders.code import CodeEncoder, tokens_of
from octad.encoders.prepared import Prepared
from octad.encoders.word_pieces import WordPieces
from octad.explain.deletion import BEST, NEAR, PARTS, SHOWN, HiddenProbability, explain, groups, parts
from octad.fusion.fusion import ONE_STREAM
from octad.heads.classes import Classes
from octad.records.base import Record
from octad.records.code import Code
from octad.runtime import Runner
from octad.store.artefact import Manifest
from tests.conftest import Prepare
from tests.unit.encoders.inputs import FUSION, INPUTS, prepared

TEXT = "def f(first, second):\n" + "    first += 1\n" * 20 + "    second = guilty(first)\n    return second\n"


class Case(Record):
    code: Code


@dataclass(frozen=True)
class Answer:
    kind: dict[str, float]


class Watching:
    """An engine that says "bad" for as long as it sees certain items; notes how many are visible."""

    width = 1

    def __init__(self, items: list[int]) -> None:
        self.items = items
        self.visible: list[int] = []

    def encode(self, tokens: TokenBatch) -> np.ndarray:
        return np.zeros((*tokens.mask.shape, self.width), np.float32)

    def decide(self, batch: Batch, vectors: np.ndarray) -> dict[str, list[Any]]:
        self.visible += batch.mask.sum(1).tolist()
        seen = batch.mask[:, self.items].sum(1).astype(np.float64)
        return {"kind": [np.stack([np.zeros_like(seen), 4 * seen - 2], axis=1)]}


def runner(pieces: WordPieces, items: list[int]) -> Runner[Any, Any]:
    agent = Agent(
        name="made-up", summary="", command=Command("make", "Make it up."), case=Case, label=Answer,
        answer=Answer, inputs={"code": CodeEncoder()}, fusion=ONE_STREAM,
        heads={"kind": Classes(("good", "bad"))}, candidates=lambda case, answer, thresholds: (),
        expected=lambda case, label: frozenset(), sources={}, primary="kind/accuracy",
        example_file=Path("none.json"), adaptation="full",
    )  # fmt: skip
    manifest = Manifest(agent="made-up", version="0", backbone="", width=0, outputs={})
    return Runner(agent, manifest, pieces, Watching(items))


@pytest.fixture
def unit(prepare: Prepare) -> Prepared:
    return prepare(TEXT)


def guilty(unit: Prepared) -> int:
    return tokens_of(unit).words.index("guilty")


def test_the_item_that_matters_is_found(pieces: WordPieces, unit: Prepared) -> None:
    target = EvidenceTarget("kind", len(unit) - 1, "bad")
    found = explain(runner(pieces, [guilty(unit)]), unit, "a.py", target)
    (evidence,) = found.evidence
    assert (evidence.text, evidence.weight) == ("guilty", 1.0)
    assert (evidence.anchor.path, evidence.anchor.line) == ("a.py", 22)
    # The probability falls from sigmoid(2) to sigmoid(-2) without the item and stays when it alone is kept.
    assert found.faithfulness.comprehensiveness == pytest.approx(0.762, abs=1e-3)
    assert found.faithfulness.sufficiency == pytest.approx(0.0, abs=1e-9)
    assert found.faithfulness.comprehensiveness > found.faithfulness.random


def test_two_items_share_the_weight(pieces: WordPieces, unit: Prepared) -> None:
    both = [guilty(unit), len(unit) - 1]
    found = explain(runner(pieces, both), unit, "a.py", EvidenceTarget("kind", len(unit) - 2, "bad"))
    assert {evidence.text for evidence in found.evidence} == {"guilty", "second"}
    assert sum(evidence.weight for evidence in found.evidence) == pytest.approx(1.0)
    assert found.faithfulness.comprehensiveness > found.faithfulness.random


def test_the_item_that_it_is_about_is_no_evidence(pieces: WordPieces, unit: Prepared) -> None:
    item = guilty(unit)
    found = explain(runner(pieces, [item]), unit, "a.py", EvidenceTarget("kind", item, "bad"))
    assert found.evidence == ()
    assert found.faithfulness.comprehensiveness == found.faithfulness.random == 0.0


def test_a_unit_of_one_item_needs_no_evidence(pieces: WordPieces, prepare: Prepare) -> None:
    found = explain(runner(pieces, [0]), prepare(""), "a.py", EvidenceTarget("kind", 0, "bad"))
    assert found.evidence == ()


def test_the_floor_is_the_same_for_the_same_seed(pieces: WordPieces, unit: Prepared) -> None:
    made, target = runner(pieces, [guilty(unit)]), EvidenceTarget("kind", 1, "bad")
    assert explain(made, unit, "a.py", target, seed=3) == explain(made, unit, "a.py", target, seed=3)


def test_what_is_hidden_is_what_it_says(pieces: WordPieces, unit: Prepared) -> None:
    """First nothing, then lines, then parts of them; last the evidence, all else, and as many at random."""
    made, n, item = runner(pieces, [guilty(unit)]), len(unit), len(unit) - 1
    explain(made, unit, "a.py", EvidenceTarget("kind", item, "bad"))
    assert isinstance(made.engine, Watching)
    visible = made.engine.visible
    lines = groups(unit, item)[:NEAR]
    assert visible[0] == n
    assert sorted(visible[1 : 1 + len(lines)]) == sorted(n - len(line) for line in lines)
    assert set(visible[1 + len(lines) : -7]) == {n - 1}, "tokens one by one"
    # The summary and the item itself are never hidden.
    assert sorted(visible[-7:]) == [3] + [n - 1] * 6


def test_hiding_the_evidence_gives_the_comprehensiveness(pieces: WordPieces, unit: Prepared) -> None:
    both, target = [guilty(unit), 3], EvidenceTarget("kind", len(unit) - 1, "bad")
    made = runner(pieces, both)
    found = explain(made, unit, "a.py", target)
    probability = HiddenProbability(made, unit, target)
    rest = [i for i in range(1, len(unit)) if i not in (*both, target.item)]
    whole, without, only = probability([[], both, rest])
    assert found.faithfulness.comprehensiveness == pytest.approx(whole - without)
    assert found.faithfulness.sufficiency == pytest.approx(whole - only)


def of_case(unit: Prepared, item: int) -> list[set[int]]:
    return [set(group.tolist()) for group in groups(unit, item)]


def test_groups_of_code_are_its_lines_the_nearest_first(unit: Prepared) -> None:
    tokens = tokens_of(unit)
    item = guilty(unit)
    found = [{int(tokens.spans[i, 0]) for i in group} for group in groups(unit, item)]
    assert all(len(lines) == 1 for lines in found)
    assert [lines.pop() for lines in found][:3] == [22, 21, 23]
    assert not any(item in group for group in groups(unit, item))


def test_groups_are_owners_with_their_parts_but_never_the_item(pieces: WordPieces) -> None:
    """Those whose numbers are largest first, of a summary and of an item without subject."""
    unit = prepared(pieces)
    assert of_case(unit, 0) == [{5}, {3, 4}, {8}, {6, 7}]
    assert of_case(unit, 5) == [{3, 4}, {8}, {6, 7}]
    assert of_case(unit, 3) == [{5}, {4}, {8}, {6, 7}]


def test_groups_of_the_same_subject_come_first(pieces: WordPieces) -> None:
    assert of_case(prepared(pieces), 4) == [{8}, {6, 7}, {5}, {3}]


def test_parts_are_tokens_of_a_line_and_a_series_with_all_of_its_own(
    pieces: WordPieces, unit: Prepared
) -> None:
    case = prepared(pieces)
    assert [set(part.tolist()) for part in parts(case, groups(case, 0))] == of_case(case, 0)
    line = groups(unit, guilty(unit))[0]
    assert [part.tolist() for part in parts(unit, [line])] == [[i] for i in line.tolist()]


@pytest.mark.parametrize("count", [3, 200])
def test_groups_of_different_inputs_are_never_one(pieces: WordPieces, count: int) -> None:
    """Lines are numbered like items: 5 of the one is not 5 of the other."""
    case = SimpleNamespace(left=("def@#",) * count, code=Code(path="a.py", text="x = 1\n" * 20))
    unit = FUSION.prepare(case, {"left": INPUTS["left"], "code": CodeEncoder()}, pieces)
    found = groups(unit, 0)
    assert len(found) == count - 1 + 20
    for group in found:
        assert len({unit.at(int(i))[0].name for i in group}) == 1


def test_only_so_many_are_looked_at_and_fewer_shown(pieces: WordPieces, prepare: Prepare) -> None:
    long = prepare("x = 1\n" * 60)
    made = runner(pieces, list(range(1, len(long))))
    found = explain(made, long, "a.py", EvidenceTarget("kind", 1, "bad"))
    assert len(found.evidence) <= SHOWN
    assert isinstance(made.engine, Watching)
    assert len(made.engine.visible) <= 1 + NEAR + PARTS + 7 and BEST <= NEAR


def test_nothing_has_no_groups(pieces: WordPieces) -> None:
    assert groups(prepared(pieces, None, None), 0) == []
