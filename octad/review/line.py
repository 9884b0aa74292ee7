"""Why there is, or is not, a finding at a line: every candidate of its unit beside its threshold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from octad import __version__
from octad.agents.agent import NEVER, EveryRule
from octad.ask import Asking, Explain, Found, Thresholds, ask_one, explained, thresholds
from octad.errors import InputError
from octad.records.code import Code
from octad.records.lines import lines_of
from octad.records.report import Block, Finding, Report
from octad.repository.signatures import Signatures
from octad.review.pipeline import command_of
from octad.syntax.units import units, unread

EXPLAINED = 3
LISTED = 12


def explain_line(runner: Asking, code: Code, line: int, explain: Explain = explained) -> Report:
    """The candidates at a line, with evidence; beside them all others of the unit, best first.

    Raises InputError where the line is not in the file or holds no code.
    """
    agent, manifest = runner.agent, runner.manifest
    usual, in_diff = thresholds(manifest), thresholds(manifest, diff=True)
    asked = ask_one(runner, _case(runner, code, unit_at(code, line)))
    candidates = agent.candidates(asked.case, asked.answer, EveryRule())
    every = sorted((Found(asked, one) for one in candidates), key=lambda one: -one.finding.likelihood)
    here = [one for one in every if one.finding.anchor.line <= line <= one.finding.anchor.end_line]
    return Report(
        agent=agent.name,
        version=__version__,
        findings=tuple(explain(runner, *one) for one in here[:EXPLAINED]),
        blocks=(
            Block(
                kind="paragraph",
                title=f"{code.path}:{line}",
                rows=((_verdict([one.finding for one in here], usual, in_diff),),),
            ),
            _table([one.finding for one in every[:LISTED]], usual, in_diff),
        ),
    )


def _case(runner: Asking, code: Code, unit: Code) -> Any:
    command = command_of(runner.agent)
    context = {command.context: Signatures([code]).of(unit)} if command.context else {}
    return runner.agent.case(**{command.code: unit}, **context)


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


def _verdict(here: Sequence[Finding], usual: Thresholds, in_diff: Thresholds) -> str:
    if not here:
        return "Nothing is suspected here: the agent looked at every place of the unit and points elsewhere."
    best = max(here, key=lambda f: f.likelihood - usual.get(f.rule, NEVER))
    least, in_change = usual.get(best.rule), in_diff.get(best.rule)
    if least is None and in_change is None:
        return (
            f"Not shown: {best.rule} has no threshold, for none gave the stated precision on held-out code."
        )
    if best.likelihood >= (least or NEVER):
        shown = "Shown"
    elif best.likelihood >= (in_change or NEVER):
        shown = "Shown only where the line is part of a change"
    else:
        shown = "Not shown"
    said = f"{best.rule} has probability {best.likelihood:.3f}, its threshold is {_said(least)}"
    return f"{shown}: {said}." if least == in_change else f"{shown}: {said}, in a change {_said(in_change)}."


def _said(least: float | None) -> str:
    return "none" if least is None else f"{least:.3f}"


def _table(findings: Sequence[Finding], usual: Thresholds, in_diff: Thresholds) -> Block:
    rows = [("line", "rule", "probability", "threshold", "in a change", "what")]
    for finding in findings:
        rows.append(
            (
                str(finding.anchor.line),
                finding.rule,
                f"{finding.likelihood:.3f}",
                _said(usual.get(finding.rule)),
                _said(in_diff.get(finding.rule)),
                finding.message,
            )
        )
    return Block(kind="table", title="Everything suspected in this unit", rows=tuple(rows))
