"""Finds what is wrong with a change: bugs, weaknesses, style, slow code, each with a repair or a reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from octad.agent import SILENT, Agent, Claim, Claimed, Gate
from octad.data import known
from octad.data.complexity import Measured
from octad.data.distant import Distant
from octad.data.growth import CLASSES
from octad.data.labels import BugLabel
from octad.data.mixture import Mixture
from octad.data.oracle import PERFORMANCE_RULES, SECURITY_RULES, STYLE_RULES
from octad.data.repository import write_corpus
from octad.data.weaknesses import WEAKNESSES
from octad.fusion.alone import Alone
from octad.heads.agreement import Agreement, Disagreements, Uses
from octad.heads.classes import Classes
from octad.heads.findings import marked_line, wrong_item, wrong_use
from octad.heads.labels import Labels, Mark, Marking
from octad.heads.pointer import Correct, Diagnosis, Pointer
from octad.modalities.code import CodeModality
from octad.modalities.uses import SORTS, used
from octad.read.files import read_paths
from octad.records.base import Record
from octad.records.code import Code, Language
from octad.records.defined import Defined
from octad.records.events import Events
from octad.records.memory import remembered
from octad.records.report import Finding, Level
from octad.syntax.tokens import tokenize

VERB = "review"
LANGUAGES: tuple[Language, ...] = ("python",)


class Case(Record):
    """A function, a method or a run of statements; `history` holds past verdicts on findings.

    `context` are the definitions that the code uses and that stand elsewhere.
    """

    code: Code
    history: Events | None = None
    context: tuple[Defined, ...] = ()


@dataclass(frozen=True, slots=True)
class Label:
    """What is known of a unit; None where nothing is."""

    bug: BugLabel | Correct | None = None
    security: frozenset[Mark] | None = None
    style: frozenset[Mark] | None = None
    performance: frozenset[Mark] | None = None
    complexity: str | None = None
    uses: Uses | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What the heads say of a unit; `uses` is None where the weights are from before that head was there."""

    bug: Diagnosis
    security: Marking
    style: Marking
    performance: Marking
    complexity: dict[str, float]
    uses: Disagreements | None = None


def findings(case: Case, answer: Answer, thresholds: Mapping[str, float]) -> tuple[Claimed, ...]:
    """What the answer says above the threshold of each rule; nothing where a rule has none."""
    tokens = tokenize(case.code)
    found = [
        Claimed(wrong_item(case.code, tokens, suspect), Claim("bug", suspect.item))
        for suspect in answer.bug.suspects
        if suspect.repairs
    ]
    found += [
        Claimed(wrong_use(case.code, tokens, use), Claim("uses", use.item)) for use in answer.uses or ()
    ]
    for prefix, rules, marking, level in (
        ("security", WEAKNESSES, answer.security, "warning"),
        ("style", STYLE_RULES, answer.style, "note"),
        ("performance", PERFORMANCE_RULES, answer.performance, "note"),
    ):
        # Memory only ever lowers a probability: what is below its threshold here stays below.
        found += [
            Claimed(
                marked_line(case.code, prefix, rules[score.rule], score, cast(Level, level)),
                Claim(prefix, score.item, score.rule),
            )
            for score in marking.lines
            if score.probability >= thresholds.get(f"{prefix}/{score.rule}", SILENT)
        ]
    judged = [Claimed(_remembered(case, finding), claim) for finding, claim in found if _new(case, finding)]
    return tuple(c for c in judged if c.finding.probability >= thresholds.get(c.finding.rule, SILENT))


def _remembered(case: Case, finding: Finding) -> Finding:
    """The finding in the light of past verdicts."""
    line = case.code.text.split("\n")[finding.anchor.line - case.code.first_line]
    return remembered(finding, case.history.events if case.history else (), line)


def _new(case: Case, finding: Finding) -> bool:
    """Whether the finding touches a changed line, or no change is under review."""
    changed = case.code.changed
    return changed is None or any(r.first <= finding.anchor.line <= r.last for r in changed)


def truth(case: Case, label: Label) -> frozenset[tuple[str, int]]:
    """The findings that the label calls for, as (rule, line of the file)."""
    marks = {"security": label.security, "style": label.style, "performance": label.performance}
    found = {(f"{name}/{mark.rule}", mark.line) for name, held in marks.items() for mark in held or ()}
    if isinstance(label.bug, BugLabel):
        line = case.code.first_line + case.code.text.count("\n", 0, label.bug.offset)
        found.add((f"bug/{label.bug.kind}", line))
    if label.uses is not None and label.uses.wrong:
        tokens = tokenize(case.code)
        for use in used(tokens, case.context):
            if int(tokens.offsets[use.item, 0]) in label.uses.wrong:
                found.add((f"uses/{SORTS[use.sort]}", int(tokens.spans[use.item, 0])))
    return frozenset(found)


def labelled(unit: known.Known) -> tuple[Case, Label]:
    """Case and label of a unit of which something is known."""
    if isinstance(unit, Distant):
        uses = Uses(frozenset(unit.wrong), frozenset(unit.asked))
        return Case(code=unit.code, context=unit.context), Label(uses=uses)
    if isinstance(unit, known.Half):
        pair, before = unit
        marks = frozenset(Mark(line, pair.cwe) for line in pair.lines) if before else frozenset()
        return Case(code=pair.before if before else pair.after), Label(security=marks)
    if isinstance(unit, Measured):
        return Case(code=Code(path=f"{unit.task_id}.py", text=unit.code)), Label(complexity=unit.label)
    case = Case(code=unit.code)
    if unit.bug is not None or unit.marks is None:
        return case, Label(bug=unit.bug or "correct")
    found = [Mark(line, rule) for line, rule in unit.marks]
    weak = frozenset(Mark(m.line, f"CWE-{SECURITY_RULES[m.rule]}") for m in found if m.rule in SECURITY_RULES)
    style = frozenset(m for m in found if m.rule in STYLE_RULES)
    slow = frozenset(m for m in found if m.rule in PERFORMANCE_RULES)
    return case, Label("correct", weak, style, slow)


def training(folder: Path) -> Mixture[tuple[Case, Label]]:
    """Labelled cases without end."""
    return known.training(folder).map(labelled)


def validation(folder: Path, part: str = "valid", size: int = 2000) -> list[tuple[Case, Label]]:
    """Held-out cases: packages, commits and problems that training never saw. `part` may be test."""
    return [labelled(unit) for unit in known.held_out(folder, part, size)]


def repository(folder: Path, output: Path) -> dict[str, int]:
    """A user's own functions as a corpus."""
    return write_corpus(read_paths([folder], LANGUAGES).codes, folder.resolve().name, output)


def sample(size: int) -> list[tuple[Case, Label]]:
    """So many labelled cases that need no corpus."""
    return [labelled(unit) for unit in known.sample(size)]


EXAMPLE = Case(
    code=Code(
        path="example.py",
        text="def distance(left, right):\n"
        "    if not left:\n        return scaled(right, 2)\n    return abs(left - left)\n",
    ),
    context=(
        Defined(
            name="scaled",
            sort="function",
            code=Code(path="example.py", text="def scaled(value):\n", first_line=9),
        ),
    ),
)

agent = Agent(
    name="code-reviewer",
    summary=__doc__.splitlines()[0],
    case=Case,
    label=Label,
    answer=Answer,
    inputs={"code": CodeModality(fields=("code", "context"))},
    fusion=Alone(met=("uses",)),
    heads={
        "bug": Pointer(),
        "security": Labels(tuple(WEAKNESSES)),
        "style": Labels(tuple(STYLE_RULES)),
        "performance": Labels(tuple(PERFORMANCE_RULES)),
        "complexity": Classes(CLASSES),
        "uses": Agreement(),
    },
    findings=findings,
    truth=truth,
    sources={"train": training, "valid": validation, "sample": sample, "repository": repository},
    primary="bug/joint",
    example=EXAMPLE,
    gates=(Gate("bug/detection", 0.75), Gate("bug/joint", 0.5)),
)
