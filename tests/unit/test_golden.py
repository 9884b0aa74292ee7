"""A stored artefact answers its golden case; one with unsound weights or other labels is refused."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from octad import catalog
from octad.errors import ArtefactError
from octad.golden import difference, golden, plain, verify
from octad.heads.line_labels import LineLabels
from octad.heads.pointer import Diagnosis, Suspect
from octad.records.report import Anchor
from octad.runtime import Runner
from octad.store.artefact import load
from tests.conftest import Stored

NAME = catalog.entries()[0].name


@pytest.fixture(scope="module")
def runner(stored: Stored) -> Runner[Any, Any]:
    return Runner.load(catalog.load(NAME), stored(NAME))


class Broken:
    """An engine whose weights are no numbers."""

    def __init__(self, engine: Any) -> None:
        self.engine, self.width = engine, engine.width

    def encode(self, tokens: Any) -> Any:
        return self.engine.encode(tokens)

    def decide(self, batch: Any, vectors: Any) -> Any:
        outputs = self.engine.decide(batch, vectors)
        return {name: [a * np.nan for a in arrays] for name, arrays in outputs.items()}


def test_what_was_stored_is_answered_again(runner: Runner[Any, Any]) -> None:
    verify(runner)
    assert runner.manifest.golden == golden(runner)


def test_weights_that_are_no_numbers_are_refused(runner: Runner[Any, Any]) -> None:
    broken = Runner(runner.agent, runner.manifest, runner.pieces, Broken(runner.engine))
    for check in (verify, golden):
        with pytest.raises(ArtefactError, match="answers with what is no number"):
            check(broken)


def test_labels_in_another_order_are_refused(runner: Runner[Any, Any]) -> None:
    name, head = next((n, h) for n, h in runner.agent.heads.items() if isinstance(h, LineLabels))
    agent = replace(runner.agent, heads={**runner.agent.heads, name: LineLabels(tuple(reversed(head.rules)))})
    with pytest.raises(ArtefactError, match=rf"{name}.*, not "):
        verify(Runner(agent, runner.manifest, runner.pieces, runner.engine))


def test_an_artefact_without_a_golden_case_says_so(runner: Runner[Any, Any]) -> None:
    older = runner.manifest.model_copy(update={"golden": None})
    with pytest.raises(ArtefactError, match="no golden case"):
        verify(Runner(runner.agent, older, runner.pieces, runner.engine))


def test_the_shipped_weights_answer_theirs() -> None:
    _, manifest = load(NAME)
    assert manifest.golden is not None
    verify(Runner.load(catalog.load(NAME)))


def test_differences() -> None:
    answer = plain(Diagnosis(0.9, (Suspect(3, 0.8, ()), Suspect(4, 0.1, ()))))
    suspect = [["item", 3], ["probability", 0.8], ["repairs", []], ["stated", 0.0]]
    assert answer == [["probability", 0.9], ["suspects", [suspect]]]
    assert difference(answer, plain(Diagnosis(0.91, (Suspect(3, 0.79, ()),)))) == ""
    assert difference(answer, plain(Diagnosis(0.9, (Suspect(5, 0.8, ()),)))) == "suspects.item is 5, not 3"
    assert difference(answer, plain(Diagnosis(0.9, ()))) != ""
    assert difference(0.5, math.nan, "here") == "here is nan, not 0.5"


def test_places_are_part_of_an_answer() -> None:
    place = Anchor(path="a.csv", line=3, end_line=3, end_column=2)
    expected = [["path", "a.csv"], ["line", 3], ["column", 1], ["end_line", 3], ["end_column", 2]]
    assert plain(place) == expected
