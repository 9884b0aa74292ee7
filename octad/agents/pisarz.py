"""Tells people what happened between two versions: which commits are worth telling, and their kinds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from octad.agents.agent import NEVER, Agent, Candidate, EvidenceTarget, Gate
from octad.agents.command import Command, Option
from octad.encoders.release import ReleaseEncoder, anchor_of
from octad.extensions.stacked_trees import StackedItemTrees
from octad.fusion.fusion import Fusion
from octad.heads.item_binary import Chances, ItemBinary
from octad.heads.item_classes import ItemClasses, Named, Shares
from octad.notes.compose import composed
from octad.notes.judged import Judged
from octad.records.base import Record
from octad.records.notes import Kind, Material, Notes
from octad.records.release import Release
from octad.records.report import Finding, Report
from octad.rules.rule import rule

LEAST = 0.4
"""The probability from which on a commit is told."""
TOLD = "notes/told"


class Case(Record):
    """A release, and what its notes are made of beside its commits."""

    release: Release | None = None
    material: Material | None = None


@dataclass(frozen=True, slots=True)
class Label:
    """What people did, by full names of commits; None where nobody knows."""

    told: Mapping[str, bool] | None = None
    kind: Named | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What the heads say of commits by their full names; None where there are none."""

    told: Chances | None
    kind: Shares | None


def candidates(case: Case, answer: Answer, thresholds: Mapping[str, float]) -> tuple[Candidate, ...]:
    """The commits that are worth telling, each at its message."""
    declared, found = rule(TOLD), []
    for item, commit in enumerate(case.release.commits if case.release else ()):
        chance = (answer.told or {}).get(commit.revision)
        if chance is not None and chance >= thresholds.get(TOLD, NEVER):
            finding = Finding(
                rule=TOLD, level=declared.level, message=declared.message.format(word=commit.subject),
                probability=chance, anchor=anchor_of(commit), reference=commit.revision,
            )  # fmt: skip
            found.append(Candidate(finding, EvidenceTarget("told", SHARED + item)))
    return tuple(found)


def judged(answer: Answer) -> dict[str, Judged]:
    """What the heads think of every commit that they read.

    Kinds are left to the rule: what was learned of them is worse than it on projects never seen.
    """
    return {name: Judged(chance) for name, chance in (answer.told or {}).items()}


def report(case: Case, answer: Answer, every: tuple[Finding, ...], made: Report) -> Notes:
    """The notes: entries in the place of findings, each with its commits and its probability."""
    notes = composed(case.release or Release(), judged(answer), case.material, LEAST)
    update = {"agent": made.agent, "version": made.version, "skipped": made.skipped}
    return notes.model_copy(update=update)


def expected(case: Case, label: Label) -> frozenset[tuple[str, int | str]]:
    """The commits that people told, as (rule, full name)."""
    return frozenset((TOLD, name) for name, is_so in (label.told or {}).items() if is_so)


FUSION = Fusion(size=128, layers=(1, 1), bottlenecks=1, dropout=0.3, text_dropout=0.3)
SHARED = 1 + FUSION.bottlenecks

agent = Agent(
    name="pisarz",
    summary=__doc__.splitlines()[0],
    command=Command(
        "notes",
        "Tell what happened between two versions: notes on a release, every entry with its commits.",
        options=(
            Option(
                "range",
                "What to tell of: A..B, or a tag.",
                "text",
                "A..B",
                shown="since the last version",
                positional=True,
            ),
            Option("describe", "Title and body of a change: a commit, or A..B.", "text", "REV"),
            Option("audience", "For whom: users or developers.", "text", shown="users"),
            Option("package", "What the tags of one package begin with.", "text", "PREFIX"),
            Option("corrections", "What is to be told otherwise, in a TOML file."),
            Option("repo", "The repository.", shown="."),
        ),
        read="octad.read.notes:notes_case",
        fail_on="never",
        formats="note_formats",
        template="octad.render.note_template:render_template",
    ),
    case=Case,
    label=Label,
    answer=Answer,
    inputs={"release": ReleaseEncoder("release")},
    fusion=FUSION,
    heads={"told": ItemBinary("release"), "kind": ItemClasses(get_args(Kind), "release")},
    required={"told": ("release",), "kind": ("release",)},
    extensions=(StackedItemTrees("told", input="release"),),
    candidates=candidates,
    report=report,
    expected=expected,
    sources={
        "train": "octad_train.data.text.releases:training",
        "valid": "octad_train.data.text.releases:validation",
        "sample": "octad_train.data.text.releases:sample",
    },
    primary="told/auc",
    example_file=Path(__file__).with_suffix(".json"),
    gates=(Gate("told/auc", 0.8), Gate("told/auc_of_all", 0.8)),
)
