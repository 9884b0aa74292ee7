"""A declaration whose parts contradict each other is refused when it is made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from octad.agent import Agent
from octad.errors import DeclarationError
from octad.heads.classes import Classes
from octad.modalities.code import CodeModality
from octad.records.base import Record
from octad.records.code import Code


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
    ],
)
def test_a_contradiction_is_named(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(DeclarationError, match=message):
        Agent(**PARTS | changes)
