"""Finds what is wrong with a change: bugs, weaknesses, style, slow code, each with a repair or a reason."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import cast

from octad.agents.agent import NEVER, Agent, Candidate, EvidenceTarget, Gate
from octad.agents.command import ReviewCommand
from octad.calibration.promise import Promise, Promises
from octad.encoders.code import CodeEncoder
from octad.extensions.definition_use import SORTS, DefinitionUse, used
from octad.fusion.fusion import ONE_STREAM
from octad.heads.binary import Binary
from octad.heads.consistency import Consistency, Inconsistencies, UseLabel
from octad.heads.line_labels import LineLabels, Mark, Marking
from octad.heads.place import LinePlace, Place, Places, RepairLabel
from octad.heads.pointer import BugLabel, Correct, Diagnosis, Pointer
from octad.records.base import Record
from octad.records.code import Code
from octad.records.events import Events
from octad.records.look import Look
from octad.records.report import Anchor, Finding, Level
from octad.records.used_definition import UsedDefinition
from octad.rules.findings import marked_line, wrong_token, wrong_use
from octad.rules.repair_classes import CLASSES
from octad.rules.ruff_rules import PERFORMANCE_RULES, STYLE_RULES
from octad.rules.weaknesses import WEAKNESSES
from octad.syntax.edits import RULE_KINDS
from octad.syntax.tokenizer import tokenize
from octad.syntax.tokens import Kind

MARKED = (
    ("security", WEAKNESSES, "warning"),
    ("style", STYLE_RULES, "note"),
    ("performance", PERFORMANCE_RULES, "note"),
)
"""Heads that mark lines, the message of each of their rules, and their level."""

LENGTH = 0.53
"""Weight of the logarithm of a unit's lines beside the logit of `later_fix` in the order of reading.

Conditional logistic regression within 315 commits of 25 projects; judged on five others (docs/RESULTS.md).
"""
NAMED = 3
"""At most so many classes of repair are named at a place."""
HEAT = 1.73
"""Temperature of the classes at the line that is shown (`benchmarks/repair_words.py`, valid projects)."""


class Case(Record):
    """A function, a method or a run of statements; `history` holds past verdicts on findings (`octad.ask`).

    `context` are the definitions that the code uses and that stand elsewhere.
    """

    code: Code
    history: Events | None = None
    context: tuple[UsedDefinition, ...] = ()


@dataclass(frozen=True, slots=True)
class Label:
    """What is known of a unit; None where nothing is."""

    bug: BugLabel | Correct | None = None
    security: frozenset[Mark] | None = None
    style: frozenset[Mark] | None = None
    performance: frozenset[Mark] | None = None
    uses: UseLabel | None = None
    place: RepairLabel | None = None
    later_fix: bool | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What the heads say of a unit; None for a head that the weights are from before, or that was not asked.

    `place` says where a repair would go if there is to be one, and `later_fix` whether a later repair will
    touch the change that is under review.
    """

    bug: Diagnosis | None
    security: Marking | None
    style: Marking | None
    performance: Marking | None
    uses: Inconsistencies | None = None
    place: Places | None = None
    later_fix: float | None = None


def candidates(case: Case, answer: Answer, thresholds: Mapping[str, float]) -> tuple[Candidate, ...]:
    """What the answer says above the threshold of each rule; nothing where a rule has none."""
    return tuple(
        Candidate(finding, target)
        for finding, target in _likely(case, answer, thresholds)
        if _is_new(case, finding) and finding.likelihood >= thresholds.get(finding.rule, NEVER)
    )


def _likely(
    case: Case, answer: Answer, thresholds: Mapping[str, float]
) -> Iterator[tuple[Finding, EvidenceTarget]]:
    """Findings at least as likely as some rule of their head asks."""
    tokens = tokenize(case.code)
    least = min(thresholds.get(f"bug/{kind}", NEVER) for kind in RULE_KINDS)
    for suspect in answer.bug.suspects if answer.bug else ():
        if suspect.stated >= least and (finding := wrong_token(case.code, tokens, suspect)) is not None:
            yield finding, EvidenceTarget("bug", suspect.item)
    for use in answer.uses or ():
        asked = thresholds.get(f"uses/{use.sort}", NEVER)
        if use.probability >= asked and (misuse := wrong_use(case.code, tokens, use)) is not None:
            yield misuse, EvidenceTarget("uses", use.item)
    for head, messages, level in MARKED:
        marking: Marking | None = getattr(answer, head)
        for score in marking.lines if marking else ():
            if score.probability >= thresholds.get(f"{head}/{score.rule}", NEVER):
                finding = marked_line(case.code, head, messages[score.rule], score, cast(Level, level))
                yield finding, EvidenceTarget(head, score.item, score.rule)


def _is_new(case: Case, finding: Finding) -> bool:
    """Whether the finding touches a changed line, or no change is under review."""
    changed = case.code.changed
    return changed is None or any(r.first <= finding.anchor.line <= r.last for r in changed)


def expected(case: Case, label: Label) -> frozenset[tuple[str, int | str]]:
    """The findings that the label calls for, as (rule, line of the file)."""
    marks = ((head, getattr(label, head) or ()) for head, _, _ in MARKED)
    found = {(f"{head}/{mark.rule}", mark.line) for head, held in marks for mark in held}
    if isinstance(label.bug, BugLabel):
        line = case.code.first_line + case.code.text.count("\n", 0, label.bug.offset)
        found.add((f"bug/{label.bug.kind}", line))
    if label.uses is not None and label.uses.wrong:
        tokens = tokenize(case.code)
        for use in used(tokens, case.context):
            if int(tokens.offsets[use.item, 0]) in label.uses.wrong:
                found.add((f"uses/{SORTS[use.sort]}", int(tokens.spans[use.item, 0])))
    return frozenset(found)


def look(case: Case, answer: Answer) -> Look | None:
    """How much a changed unit deserves a reader, and where in it a repair would likeliest go.

    Statements outside functions have no length of their own: what changed of them counts. None where nothing
    changed in it, or the weights are from before there was a head for it.
    """
    code = case.code
    if not code.changed or answer.later_fix is None:
        return None
    tokens = tokenize(code)
    names = [word for word, kind in zip(tokens.words, tokens.kind, strict=True) if kind == Kind.DEFINITION]
    own = range(code.first_line, code.last_line + 1)
    lines = {
        line for r in code.changed for line in own[max(0, r.first - own[0]) : max(0, r.last + 1 - own[0])]
    }
    places = [one for one in answer.place or () if one.line in lines] or list(answer.place or ())
    kinds = _likely_kinds(places[0]) if places else ()
    words = [CLASSES[kind] for kind in kinds]
    odds, length = _logit(answer.later_fix), len(own) if names else len(lines)
    return Look(
        anchor=Anchor(path=code.path, line=code.first_line, end_line=code.last_line, end_column=1),
        name=names[0] if names else "",
        changed=len(lines),
        score=odds + LENGTH * math.log(max(length, 1)),
        log_odds=odds,
        line=places[0].line if places else min(lines, default=code.first_line),
        kinds=kinds,
        why=" or ".join(filter(None, (", ".join(words[:-1]), *words[-1:]))),
    )


def _likely_kinds(place: LinePlace) -> tuple[str, ...]:
    """The fewest classes that are together likelier than all others; none where these are too many."""
    cooled = [chance ** (1 / HEAT) for _, chance in place.kinds]
    reached = accumulate(chance / sum(cooled) for chance in cooled)
    count = next((i for i, share in enumerate(reached, 1) if share >= 0.5), NAMED + 1)
    return tuple(kind for kind, _ in place.kinds[:count]) if count <= NAMED else ()


def _logit(chance: float) -> float:
    bounded = min(max(chance, 1e-6), 1 - 1e-6)
    return math.log(bounded / (1 - bounded))


agent = Agent(
    name="code-reviewer",
    summary=__doc__.splitlines()[0],
    command=ReviewCommand(
        "review", "Say what is wrong with code, where, how surely and why.", context="context", look=look
    ),
    case=Case,
    label=Label,
    answer=Answer,
    inputs={"code": CodeEncoder("code")},
    fusion=ONE_STREAM,
    adaptation="full",
    heads={
        "bug": Pointer(),
        "security": LineLabels(tuple(WEAKNESSES)),
        "style": LineLabels(tuple(STYLE_RULES)),
        "performance": LineLabels(tuple(PERFORMANCE_RULES)),
        "uses": Consistency(),
        "place": Place(tuple(CLASSES)),
        "later_fix": Binary(),
    },
    extensions=(DefinitionUse("uses"),),
    candidates=candidates,
    expected=expected,
    sources={
        "train": "octad_train.data.code.cases:training",
        "valid": "octad_train.data.code.cases:validation",
        "sample": "octad_train.data.code.cases:sample",
        "repository": "octad_train.data.code.cases:repository",
        "real": "octad_train.data.code.cases:real",
    },
    primary="bug/joint",
    promises={
        # One released unit in a hundred holds a bug; that of a change is derived in design/0004.
        "bug": Promises(Promise(alarms=0.25, prior=0.01), Promise(alarms=1.0, prior=0.04)),
        "uses": Promises(Promise(alarms=0.02, prior=0.005), Promise(alarms=0.2, prior=0.02)),
    },
    example_file=Path(__file__).with_suffix(".json"),
    gates=(Gate("bug/detection", 0.75), Gate("bug/joint", 0.5)),
)
