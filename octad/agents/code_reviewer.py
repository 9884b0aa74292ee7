"""Finds what is wrong with a change: bugs, weaknesses, style, slow code, each with a repair or a reason."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from octad.agent import Agent, Claim, Claimed, Gate
from octad.data.complexity import Measured, folds_of, measured
from octad.data.growth import CLASSES
from octad.data.labelled import optional
from octad.data.labels import BugLabel
from octad.data.mixture import Mixture, Part
from octad.data.oracle import PERFORMANCE_RULES, SECURITY_RULES, STYLE_RULES
from octad.data.rows import read_rows
from octad.data.security import SecurityPair, security_pairs
from octad.data.stream import Planted, PlantedFunctions
from octad.data.weaknesses import WEAKNESSES
from octad.heads.classes import Classes
from octad.heads.labels import Labels, LineScore, Mark, Marking
from octad.heads.pointer import Correct, Diagnosis, Pointer, Suspect
from octad.modalities.code import CodeModality
from octad.records.base import Record
from octad.records.code import Code
from octad.records.events import Events
from octad.records.report import Anchor, Finding, Level
from octad.syntax.edits import describe, rule_kind
from octad.syntax.repairs import repair_of
from octad.syntax.tokens import Tokens, tokenize

VERB = "review"


class Case(Record):
    """A function, a method or a run of statements; `history` holds past verdicts on findings."""

    code: Code
    history: Events | None = None


@dataclass(frozen=True, slots=True)
class Label:
    """What is known of a unit; None where nothing is."""

    bug: BugLabel | Correct | None = None
    security: frozenset[Mark] | None = None
    style: frozenset[Mark] | None = None
    performance: frozenset[Mark] | None = None
    complexity: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What the heads say of a unit."""

    bug: Diagnosis
    security: Marking
    style: Marking
    performance: Marking
    complexity: dict[str, float]


ADVICE: dict[str, str] = {
    "variable-misuse": "`{word}` looks like the wrong variable here",
    "wrong-attribute": "`{word}` looks like the wrong attribute here",
    "swapped-arguments": "two arguments of this call look swapped",
    "off-by-one": "`{word}` looks off by one or two",
    "wrong-literal": "`{word}` looks like the wrong value here",
    "wrong-comparison": "`{word}` looks like the wrong comparison",
    "wrong-operator": "`{word}` looks like the wrong operator",
    "wrong-assignment": "`{word}` looks like the wrong assignment",
    "wrong-sign": "the sign of `{word}` looks wrong",
    "negated-condition": "this condition looks negated the wrong way",
    "missing-not": "this condition looks as if its `not` were missing",
    "missing-await": "this coroutine is probably not awaited",
    "needless-await": "this is probably not to be awaited",
    "missing-return": "this value is probably to be returned",
    "needless-return": "this is probably not to be returned",
    "wrong-jump": "`{word}` looks like the wrong jump",
    "wrong-function": "`{word}` looks like the wrong function",
    "wrong-method": "`{word}` looks like the wrong method",
}


def findings(case: Case, answer: Answer, thresholds: Mapping[str, float]) -> tuple[Claimed, ...]:
    """What the answer says above the threshold of each rule; nothing where a rule has none."""
    suspects = [suspect for suspect in answer.bug.suspects if suspect.repairs]
    tokens = tokenize(case.code)
    found = [_bug(case, tokens, suspect) for suspect in suspects]
    for prefix, rules, marking, level in (
        ("security", WEAKNESSES, answer.security, "warning"),
        ("style", STYLE_RULES, answer.style, "note"),
        ("performance", PERFORMANCE_RULES, answer.performance, "note"),
    ):
        # Memory only ever lowers a probability: what is below its threshold here stays below.
        sure = [s for s in marking.lines if s.probability >= thresholds.get(f"{prefix}/{s.rule}", 2.0)]
        found += [_mark(case, prefix, rules[score.rule], score, level) for score in sure]  # type: ignore[arg-type]
    judged = [_remembered(case, claimed) for claimed in found]
    return tuple(
        c
        for c in judged
        if c.finding.probability >= thresholds.get(c.finding.rule, 2.0) and _new(case, c.finding)
    )


def _bug(case: Case, tokens: Tokens, suspect: Suspect) -> Claimed:
    """The finding that a suspect makes, with its repairs."""
    item = suspect.item
    best, word = suspect.repairs[0], tokens.words[item]
    kind = rule_kind(best.edit, int(tokens.role[item]))
    line, column, end_line, end_column = map(int, tokens.spans[item])
    anchor = Anchor(path=case.code.path, line=line, column=column, end_line=end_line, end_column=end_column)
    repairs = tuple(
        repair_of(case.code, tokens, item, ranked.edit, ranked.name, ranked.probability)
        for ranked in suspect.repairs
    )
    advice = ADVICE[kind].format(word=word)
    finding = Finding(
        rule=f"bug/{kind}",
        level="warning",
        message=f"{advice}: {describe(best.edit, word, best.name)}?",
        probability=suspect.probability,
        anchor=anchor,
        repairs=repairs,
        reference=f"learned from planted bugs of the kind {kind}",
    )
    return Claimed(finding, Claim("bug", item))


def _mark(case: Case, prefix: str, advice: str, score: LineScore, level: Level) -> Claimed:
    """The finding that a marked line makes."""
    lines = case.code.text.split("\n")
    text = lines[score.line - case.code.first_line]
    indent = len(text) - len(text.lstrip())
    finding = Finding(
        rule=f"{prefix}/{score.rule}",
        level=level,
        message=advice,
        probability=score.probability,
        anchor=Anchor(
            path=case.code.path,
            line=score.line,
            column=indent + 1,
            end_line=score.line,
            end_column=len(text) + 1,
        ),
        reference=score.rule,
    )
    return Claimed(finding, Claim(prefix, score.item, score.rule))


def _remembered(case: Case, claimed: Claimed) -> Claimed:
    """Lower the probability by what was said of the same rule before.

    With d dismissals and a acceptances the odds are multiplied by (a + 2) / (a + d + 2); a line
    dismissed for the same rule is not brought up again. Other rules are untouched.
    """
    finding = claimed.finding
    events = [e for e in (case.history.events if case.history else ()) if e.subject == finding.rule]
    dismissed = [e for e in events if e.kind == "dismissed"]
    if not dismissed:
        return claimed
    accepted = sum(e.kind == "accepted" for e in events)
    line = case.code.text.split("\n")[finding.anchor.line - case.code.first_line].strip()
    if any(e.attributes.get("line") == line for e in dismissed):
        return Claimed(finding.model_copy(update={"probability": 0.0}), claimed.claim)
    odds = finding.probability / max(1 - finding.probability, 1e-9)
    odds *= (accepted + 2) / (accepted + len(dismissed) + 2)
    return Claimed(finding.model_copy(update={"probability": odds / (1 + odds)}), claimed.claim)


def _new(case: Case, finding: Finding) -> bool:
    """Whether the finding touches a changed line, or no change is under review."""
    changed = case.code.changed
    return changed is None or any(r.first <= finding.anchor.line <= r.last for r in changed)


def _planted(case: Planted) -> tuple[Case, Label]:
    """A function of the corpus: with a bug, or correct and marked by the analyser."""
    if case.bug is not None:
        return Case(code=case.code), Label(bug=case.bug)
    if case.marks is None:
        return Case(code=case.code), Label(bug="correct")
    marks = [Mark(line, rule) for line, rule in case.marks]
    weak = [Mark(m.line, f"CWE-{SECURITY_RULES[m.rule]}") for m in marks if m.rule in SECURITY_RULES]
    sets = frozenset(weak), frozenset(m for m in marks if m.rule in STYLE_RULES)
    slow = frozenset(m for m in marks if m.rule in PERFORMANCE_RULES)
    return Case(code=case.code), Label("correct", *sets, slow)


def _secured(pair: SecurityPair, before: bool) -> tuple[Case, Label]:
    """One half of a fixed vulnerability."""
    marks = frozenset(Mark(line, pair.cwe) for line in pair.lines) if before else frozenset()
    return Case(code=pair.before if before else pair.after), Label(security=marks)


def _grown(case: Measured) -> tuple[Case, Label]:
    """A function whose growth was measured."""
    return Case(code=Code(path=f"{case.task_id}.py", text=case.code)), Label(complexity=case.label)


def _grown_in(folder: Path, wanted: Container[int]) -> list[Measured]:
    """The measured functions of some folds."""
    cases = optional(lambda: measured(folder / "complexity.jsonl"))
    return [case for case, fold in zip(cases, folds_of(cases), strict=True) if fold in wanted]


def training(folder: Path) -> Mixture[tuple[Case, Label]]:
    """Planted bugs in the corpus, fixed vulnerabilities, measured complexity: train parts only."""
    planted = PlantedFunctions(list(read_rows(folder / "train.jsonl.xz")))
    pairs = [pair for pair in optional(security_pairs) if pair.fold > 1]
    grown = _grown_in(folder, range(2, 5))
    parts = [Part(0.985, lambda epoch, i: _planted(planted.example(epoch, i)))]
    if pairs:
        parts.append(Part(0.01, lambda epoch, i: _secured(pairs[i // 2 % len(pairs)], bool(i % 2))))
    if grown:
        parts.append(Part(0.005, lambda epoch, i: _grown(grown[i % len(grown)])))
    return Mixture(parts)


def validation(folder: Path, part: str = "valid", size: int = 2000) -> list[tuple[Case, Label]]:
    """Held-out cases: packages, commits and problems that training never saw. `part` may be test."""
    planted = PlantedFunctions(list(islice(read_rows(folder / f"{part}.jsonl.xz"), 40 * size)))
    step = max(len(planted) // size, 1)
    cases = [_planted(planted.example(0, i * step)) for i in range(min(size, len(planted)))]
    fold = {"valid": 1, "test": 0}[part]
    pairs = [pair for pair in optional(security_pairs) if pair.fold == fold]
    cases += [_secured(pair, before) for pair in pairs for before in (True, False)]
    return cases + [_grown(case) for case in _grown_in(folder, (fold,))]


EXAMPLE = Case(
    code=Code(
        path="example.py",
        text="def distance(left, right):\n    if left is None:\n        return 0\n    return abs(left - left)\n",
    )
)

agent = Agent(
    name="code-reviewer",
    summary=__doc__.splitlines()[0],
    case=Case,
    label=Label,
    answer=Answer,
    inputs={"code": CodeModality()},
    heads={
        "bug": Pointer(),
        "security": Labels(tuple(WEAKNESSES)),
        "style": Labels(tuple(STYLE_RULES)),
        "performance": Labels(tuple(PERFORMANCE_RULES)),
        "complexity": Classes(CLASSES),
    },
    findings=findings,
    sources={"train": training, "valid": validation},
    primary="bug/joint",
    example=EXAMPLE,
    gates=(Gate("bug/detection", 0.75), Gate("bug/joint", 0.5)),
)
