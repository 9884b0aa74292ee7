"""A declaration whose parts contradict each other is refused when it is made."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pytest

from octad.agent import Agent
from octad.errors import DeclarationError
from octad.heads.classes import Classes
from octad.modalities.code import CodeModality
from octad.records.base import Record
from octad.records.code import Code
from octad.records.report import Report


class Case(Record):
    code: Code


@dataclass(frozen=True)
class Said:
    kind: Any


@dataclass(frozen=True)
class Other:
    other: Any


PARTS: dict[str, Any] = {
    "name": "made-up", "summary": "", "case": Case, "label": Said, "answer": Said,
    "inputs": {"code": CodeModality()}, "heads": {"kind": Classes(("a", "b"))},
    "findings": lambda case, answer, thresholds: (), "truth": lambda case, label: frozenset(),
    "sources": {}, "primary": "kind/accuracy", "example": Case(code=Code(path="a.py", text="")),
}  # fmt: skip


def test_a_sound_declaration_is_made() -> None:
    assert Agent(**PARTS).backbone == "embedded"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"inputs": {"text": CodeModality()}}, "no fields of the case"),
        ({"label": Case}, "the label must be a dataclass"),
        ({"answer": Other}, "heads and answer differ in"),
        ({"label": Other}, "heads and label differ in"),
        ({"example": Code(path="a.py", text="")}, "the example is not a Case"),
        ({"needs": {"colour": ("code",)}}, r"needs name \['colour'\]"),
        ({"needs": {"kind": ("code", "sound")}}, r"needs name \['sound'\]"),
    ],
)
def test_a_contradiction_is_named(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(DeclarationError, match=message):
        Agent(**PARTS | changes)


def test_a_head_is_heard_where_one_of_its_inputs_is_there() -> None:
    needy = Agent(**PARTS | {"needs": {"kind": ("code",)}})
    there, empty = (SimpleNamespace(present=frozenset(names)) for names in (("code",), ()))
    assert needy.heard("kind", there) and not needy.heard("kind", empty)  # type: ignore[arg-type]
    assert Agent(**PARTS).heard("kind", empty), "without a need it is always heard"  # type: ignore[arg-type]


def test_a_report_is_left_as_it_is_unless_said() -> None:
    report = Report(agent="made-up", version="0")
    assert Agent(**PARTS).report(PARTS["example"], Said(None), (), report) is report
