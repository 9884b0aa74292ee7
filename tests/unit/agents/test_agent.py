"""A declaration whose parts contradict each other is refused when it is made."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from octad.agents.agent import Agent, EveryRule
from octad.agents.command import Command
from octad.calibration.promise import Promise, Promises
from octad.encoders.code import CodeEncoder
from octad.encoders.word_pieces import WordPieces
from octad.errors import DeclarationError
from octad.extensions.placebo_windows import PlaceboWindows
from octad.extensions.stacked_trees import StackedTrees
from octad.fusion.fusion import ONE_STREAM, Fusion
from octad.heads.classes import Classes
from octad.records.base import Record
from octad.records.code import Code
from octad.records.report import Report


class Case(Record):
    code: Code
    other: Code | None = None


@dataclass(frozen=True)
class Said:
    kind: Any


@dataclass(frozen=True)
class Other:
    other: Any


CASE = Case(code=Code(path="a.py", text=""))
PARTS: dict[str, Any] = {
    "name": "made-up", "summary": "", "command": Command("make-up", "Make something up."),
    "case": Case, "label": Said, "answer": Said,
    "inputs": {"code": CodeEncoder()}, "fusion": ONE_STREAM, "heads": {"kind": Classes(("a", "b"))},
    "candidates": lambda case, answer, thresholds: (), "expected": lambda case, label: frozenset(),
    "sources": {}, "primary": "kind/accuracy", "example_file": Path("made_up.json"), "adaptation": "full",
}  # fmt: skip
PROMISES = Promises(Promise(alarms=1.0))


def test_a_sound_declaration_is_made() -> None:
    made = Agent(**PARTS)
    assert (made.adaptation, made.gates, made.extensions) == ("full", (), ())


CONTRADICTIONS = {
    "an input is no field": (
        {"inputs": {"text": CodeEncoder()}},
        "inputs: no fields of the case of the name text",
    ),
    "an encoder reads no field": (
        {"inputs": {"code": CodeEncoder("code", "sound")}},
        "inputs: no fields of the case of the name sound",
    ),
    "something is required for no head": (
        {"required": {"colour": ("code",)}},
        "required, promises and extensions: no heads of the name colour",
    ),
    "no head's promise": (
        {"promises": {"colour": PROMISES}},
        "required, promises and extensions: no heads of the name colour",
    ),
    "an extension speaks to no head": (
        {"extensions": (PlaceboWindows("colour", lambda case: ()),)},
        "required, promises and extensions: no heads of the name colour",
    ),
    "what is required is no input": (
        {"required": {"kind": ("code", "other")}},
        "required and extensions: no inputs of the name other",
    ),
    "an extension reads no input": (
        {"extensions": (StackedTrees("kind", input="other"),)},
        "required and extensions: no inputs of the name other",
    ),
    "an extension corrects a head of several logits": (
        {"extensions": (PlaceboWindows("kind", lambda case: ()),)},
        "kind_placebos corrects one logit, which kind has not",
    ),
    "an extension twice": (
        {"extensions": 2 * (StackedTrees("kind", input="code"),)},
        "two extensions have one name",
    ),
    "features of tokens over a backbone that is not trained": (
        {"adaptation": "frozen"},
        "features of tokens need a backbone that is trained",
    ),
    "the primary metric is of no head": (
        {"primary": "colour/accuracy"},
        "the primary metric: no heads of the name colour",
    ),
    "a label of another kind": ({"label": Case}, "the label must be a dataclass"),
    "an answer of another kind": ({"answer": Case}, "the answer must be a dataclass"),
    "a label without a head": ({"label": Other}, "heads and label differ in ['kind', 'other']"),
    "an answer without a head": ({"answer": Other}, "heads and answer differ in ['kind', 'other']"),
    "two inputs in one stream": (
        {"inputs": {"code": CodeEncoder(), "other": CodeEncoder()}},
        "2 inputs need a fusion that joins them",
    ),
    "no input": ({"inputs": {}}, "inputs: there are none"),
    "a source of no kind": (
        {"sources": {"trian": "module:function"}},
        "sources: no kind (train, valid, sample, repository, real) of the name trian",
    ),
    "a source that is no name": ({"sources": {"train": 5}}, "sources: train is not module:function"),
    "a text where inputs are named": (
        {"required": {"kind": "code"}},
        "required: kind needs a tuple of inputs",
    ),
    "a gate that is none": ({"gates": (1,)}, "gates: 1 is no Gate"),
}


@pytest.mark.parametrize(("changes", "message"), CONTRADICTIONS.values(), ids=CONTRADICTIONS)
def test_a_contradiction_is_named(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(DeclarationError) as raised:
        Agent(**PARTS | changes)
    assert str(raised.value) == f"made-up: {message}"


def test_two_inputs_may_be_joined() -> None:
    inputs = {"code": CodeEncoder(), "other": CodeEncoder()}
    assert Agent(**PARTS | {"inputs": inputs, "fusion": Fusion()}).fusion.joins


def test_the_example_is_a_case_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "made_up.json"
    file.write_text(CASE.model_dump_json())
    assert Agent(**PARTS | {"example_file": file}).example == CASE


@pytest.mark.parametrize("text", [None, "no json", '{"code": {"path": "a.py"}}', '{"prose": "none"}'])
def test_a_file_that_holds_no_example_is_refused(tmp_path: Path, text: str | None) -> None:
    file = tmp_path / "made_up.json"
    if text is not None:
        file.write_text(text)
    with pytest.raises(DeclarationError, match=r"made-up: .*made_up\.json is no example: .") as raised:
        _ = Agent(**PARTS | {"example_file": file}).example
    assert "\n" not in str(raised.value)


def test_a_head_is_asked_where_one_of_its_inputs_is_there() -> None:
    needy = Agent(**PARTS | {"required": {"kind": ("code",)}})
    there, empty = (SimpleNamespace(present=frozenset(names)) for names in (("code",), ()))
    assert needy.can_answer("kind", there) and not needy.can_answer("kind", empty)  # type: ignore[arg-type]
    assert Agent(**PARTS).can_answer("kind", empty), "one that needs nothing always is"  # type: ignore[arg-type]


def test_a_report_is_left_as_it_is_unless_said() -> None:
    report = Report(agent="made-up", version="0")
    assert Agent(**PARTS).report(CASE, Said(None), (), report) is report


def test_preparing_is_pure(pieces: WordPieces) -> None:
    agent = Agent(**PARTS)
    case = Case(code=Code(path="a.py", text="def f(first):\n    return first\n"))
    one, other = agent.prepare(case, pieces), agent.prepare(case, pieces)
    assert one.fingerprint == other.fingerprint and len(one) > 1
    assert agent.prepare(CASE, pieces).fingerprint != one.fingerprint


def test_every_rule_lets_everything_through() -> None:
    every = EveryRule()
    assert every["bug/whatever"] == every.get("bug/other", 2.0) == 0.0
    assert (list(every), len(every)) == ([], 0)
