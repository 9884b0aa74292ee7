"""Why there is, or is not, a finding at a line: every suspicion of its unit beside its threshold."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from octad import __version__
from octad.agent import SILENT, Agent, Claimed
from octad.errors import InputError
from octad.records.code import Code
from octad.records.lines import lines_of
from octad.records.report import Block, Finding, Report
from octad.repository.heads import Heads
from octad.syntax.units import units, unread

EXPLAINED = 3
LISTED = 12
Thresholds = Mapping[str, float]


class Answering(Protocol):
    """What is needed of a runner."""

    @property
    def agent(self) -> Agent[Any, Any]:
        """The declaration that it answers for."""

    @property
    def thresholds(self) -> Mapping[str, float]:
        """The least probability per rule at which a finding is made."""

    @property
    def changes(self) -> Mapping[str, float]:
        """The same where a change is under review."""

    def answers(self, cases: Sequence[Any]) -> Sequence[Any]:
        """One answer per case."""


class EveryRule(Mapping[str, float]):
    """Thresholds that let everything through, rules without a shipped one too."""

    def __getitem__(self, rule: str) -> float:
        """No probability is too low."""
        return 0.0

    def __iter__(self) -> Iterator[str]:
        """No rule is singled out."""
        return iter(())

    def __len__(self) -> int:
        """How many rules are singled out."""
        return 0


def explain_line(
    runner: Answering, code: Code, line: int, explain: Callable[[Any, Any, Claimed], Finding]
) -> Report:
    """The suspicions at a line, with evidence; beside them all others of the unit, best first.

    Raises InputError where the line is not in the file or holds no code.
    """
    agent = runner.agent
    unit = unit_at(code, line)
    case = agent.about(unit, Heads([code]).of(unit))
    (answer,) = runner.answers([case])
    claims = sorted(agent.findings(case, answer, EveryRule()), key=lambda c: -c.finding.probability)
    here = [c for c in claims if c.finding.anchor.line <= line <= c.finding.anchor.end_line]
    return Report(
        agent=agent.name,
        version=__version__,
        findings=tuple(explain(runner, case, claimed) for claimed in here[:EXPLAINED]),
        blocks=(
            Block(
                kind="paragraph",
                title=f"{code.path}:{line}",
                rows=((_verdict(here, runner.thresholds, runner.changes),),),
            ),
            _table([c.finding for c in claims[:LISTED]], runner.thresholds, runner.changes),
        ),
    )


def unit_at(code: Code, line: int) -> Code:
    """The unit that a line of the file is in; raises InputError."""
    lines = lines_of(code.text)
    if not 1 <= line <= len(lines):
        raise InputError(f"{code.path} has no line {line}", hint=f"it has {len(lines)}")
    for unit in units(code.model_copy(update={"changed": None})):
        if unit.first_line <= line < unit.first_line + len(lines_of(unit.text)):
            return unit
    cut = unread(code)
    raise InputError(
        f"there is no code at {code.path}:{line}{cut and f', or {cut}'}",
        hint="name a line that holds a statement",
    )


def _verdict(here: Sequence[Claimed], thresholds: Thresholds, changes: Thresholds) -> str:
    if not here:
        return "Nothing is suspected here: the agent looked at every place of the unit and points elsewhere."
    best = max((c.finding for c in here), key=lambda f: f.probability - thresholds.get(f.rule, SILENT))
    least, in_change = thresholds.get(best.rule), changes.get(best.rule)
    if least is None and in_change is None:
        return (
            f"Not shown: {best.rule} has no threshold, for none gave the stated precision on held-out code."
        )
    if best.probability >= (least or SILENT):
        shown = "Shown"
    elif best.probability >= (in_change or SILENT):
        shown = "Shown only where the line is part of a change"
    else:
        shown = "Not shown"
    said = f"{best.rule} has probability {best.probability:.3f}, its threshold is {_said(least)}"
    return f"{shown}: {said}." if least == in_change else f"{shown}: {said}, in a change {_said(in_change)}."


def _said(least: float | None) -> str:
    return "none" if least is None else f"{least:.3f}"


def _table(findings: Sequence[Finding], thresholds: Thresholds, changes: Thresholds) -> Block:
    rows = [("line", "rule", "probability", "threshold", "in a change", "what")]
    for finding in findings:
        rows.append(
            (
                str(finding.anchor.line),
                finding.rule,
                f"{finding.probability:.3f}",
                _said(thresholds.get(finding.rule)),
                _said(changes.get(finding.rule)),
                finding.message,
            )
        )
    return Block(kind="table", title="Everything suspected in this unit", rows=tuple(rows))
