"""Says whether a docstring still fits the code that it is about, after that code changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from octad.agents.agent import NEVER, Agent, Candidate, EvidenceTarget, Gate
from octad.agents.command import Option, SweepCommand
from octad.calibration.promise import Promise, Promises
from octad.encoders.documented_change import DocumentedChangeEncoder
from octad.encoders.prose import ProseEncoder
from octad.extensions.stacked_trees import StackedTrees
from octad.fusion.fusion import Fusion
from octad.heads.binary import Binary
from octad.records.base import Record
from octad.records.code import Code
from octad.records.report import Anchor, Finding
from octad.records.text import Text
from octad.rules.rule import rule

SENTENCES = 4
"""Sentences of a docstring that are read."""


class Case(Record):
    """A docstring that stayed, where it stands, and its function before and after a change."""

    text: Text
    before: Code
    after: Code
    place: Anchor


@dataclass(frozen=True, slots=True)
class Label:
    """Whether the docstring had to change with the code; None where nobody knows."""

    unfit: bool | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """How likely it is that the docstring no longer fits."""

    unfit: float | None


def candidates(case: Case, answer: Answer, thresholds: Mapping[str, float]) -> tuple[Candidate, ...]:
    """The docstring, where its probability reaches the threshold."""
    declared, chance = rule("docs/unfit"), answer.unfit
    if chance is None or chance < thresholds.get(declared.name, NEVER):
        return ()
    finding = Finding(
        rule=declared.name,
        level=declared.level,
        message=declared.message,
        probability=chance,
        anchor=case.place,
    )
    return (Candidate(finding, EvidenceTarget("unfit", 0)),)


def expected(case: Case, label: Label) -> frozenset[tuple[str, int | str]]:
    """The finding that the label calls for, as (rule, line)."""
    return frozenset({("docs/unfit", case.place.line)} if label.unfit else ())


agent = Agent(
    name="documentation-keeper",
    summary=__doc__.splitlines()[0],
    command=SweepCommand(
        "docs",
        "Find what documentation says and the code no longer does.",
        options=(
            Option("paths", "Files and folders.", "paths", shown=".", positional=True),
            Option("diff", "Also what has changed since REV, or in A..B, without a word.", "text", "REV"),
            Option(
                "run",
                "Run the examples too, isolated, and hold them against their texts.",
                "flag",
                local=True,
            ),
        ),
        read="octad.claims.sweep:swept",
        families=("docs",),
    ),
    case=Case,
    label=Label,
    answer=Answer,
    inputs={
        "text": ProseEncoder("text", most=SENTENCES),
        "change": DocumentedChangeEncoder("text", "before", "after"),
    },
    fusion=Fusion(size=96, layers=(1, 2), text_dropout=0.1),
    heads={"unfit": Binary()},
    extensions=(StackedTrees("unfit", input="change"),),
    candidates=candidates,
    expected=expected,
    promises={"unfit": Promises(Promise(alarms=25))},
    sources={
        "train": "octad_train.data.text.docs:training",
        "valid": "octad_train.data.text.docs:validation",
        "sample": "octad_train.data.text.docs:sample",
        "real": "octad_train.data.text.docs:real",
    },
    primary="unfit/auc",
    example_file=Path(__file__).with_suffix(".json"),
    gates=(Gate("unfit/auc", 0.86),),
)
