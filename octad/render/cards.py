"""Findings made into cards: the sentence, the words that moved the model, the repair line by line."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass

from octad.host.terminal import visible
from octad.records.report import Anchor, Evidence, Finding, Repair
from octad.render.excerpt import Edit, edit_of, flat, percent

HEATS = 9
MAX_REPAIR_LINES = 20
MAX_EVIDENCE = 8
MAX_REPAIRS = 3


@dataclass(frozen=True, slots=True)
class Change:
    """A repair: a sentence, its probability, and the lines before and after with the part that differs."""

    description: list[tuple[str, bool]]
    probability: str
    before: list[tuple[str, str, str]]
    after: list[tuple[str, str, str]]


@dataclass(frozen=True, slots=True)
class Word:
    """A piece of evidence in a card; `line` is 0 in another file, `place` says where it is if elsewhere."""

    text: str
    share: str
    heat: int
    line: int
    place: str


@dataclass(frozen=True, slots=True)
class Card:
    """Everything about one finding."""

    number: int
    finding: Finding
    place: str
    percent: str
    message: list[tuple[str, bool]]
    words: list[Word]
    changes: list[Change]

    @property
    def link(self) -> str:
        """The reference where it is a web address, else nothing."""
        reference = self.finding.reference
        return reference if reference.startswith(("https://", "http://")) else ""

    @property
    def commands(self) -> tuple[str, ...]:
        """What says that the finding helped or not; a rule that a stranger named is no command of its own."""
        about = f"{self.finding.fingerprint} --rule {shlex.quote(visible(self.finding.rule))}"
        verbs = {"accept": "", "dismiss": " --reason wrong"}
        return tuple(f"octad feedback {verb} {about}{reason}" for verb, reason in verbs.items())


def card_of(number: int, finding: Finding, lines: Sequence[str]) -> Card:
    """One finding with its evidence and repairs made ready."""
    anchor = finding.anchor
    top = max((one.weight for one in finding.evidence), default=0.0)
    shown = finding.evidence if finding.is_explained else ()
    heaviest = sorted(shown, key=lambda one: -one.weight)[:MAX_EVIDENCE]
    return Card(
        number=number,
        finding=finding,
        place=visible(f"{anchor.path}:{anchor.line}:{anchor.column}"),
        percent=percent(finding.probability),
        message=spoken(finding.message),
        words=[
            Word(
                text=flat(one.text),
                share=percent(one.weight),
                heat=heat_of(one, top),
                line=one.anchor.line if one.anchor.path == anchor.path else 0,
                place=_elsewhere(one.anchor, anchor),
            )
            for one in heaviest
        ],
        changes=[_change(repair, edit_of(repair, lines)) for repair in finding.repairs[:MAX_REPAIRS]],
    )


def _elsewhere(place: Anchor, own: Anchor) -> str:
    """Where evidence lies that does not lie on the line of its finding."""
    if place.path != own.path:
        return visible(f"{place.path}:{place.line}")
    return "" if place.line == own.line else f"line {place.line}"


def _change(repair: Repair, edit: Edit | None) -> Change:
    """A repair as lines of (same, different, same)."""
    before: list[tuple[str, str, str]] = []
    after: list[tuple[str, str, str]] = []
    if edit is not None and max(len(edit.before), len(edit.after)) <= MAX_REPAIR_LINES:
        before = _parts(edit, edit.removed)
        after = _parts(edit, edit.inserted)
    return Change(spoken(repair.description), percent(repair.probability), before, after)


def _parts(edit: Edit, middle: str) -> list[tuple[str, str, str]]:
    """One side of an edit, line by line."""
    middles = middle.split("\n")
    last = len(middles) - 1
    return [
        (
            visible(edit.head) if index == 0 else "",
            visible(part),
            visible(edit.tail) if index == last else "",
        )
        for index, part in enumerate(middles)
    ]


def heat_of(evidence: Evidence, top: float) -> int:
    """How hot a token is beside the hottest of its finding, 1 to HEATS."""
    if top <= 0:
        return 1
    return max(1, min(HEATS, round(HEATS * evidence.weight / top)))


def spoken(sentence: str) -> list[tuple[str, bool]]:
    """A sentence cut at its backticks: each piece, and whether it is code."""
    parts = visible(sentence).split("`")
    if len(parts) % 2 == 0:  # one backtick has no partner
        return [(visible(sentence), False)]
    return [(part, index % 2 == 1) for index, part in enumerate(parts) if part]
