"""Labelled cases of agents that read code: what the sets know of a unit, as case and label of an agent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from functools import partial
from pathlib import Path
from typing import Any

from octad.agents.agent import Agent
from octad.heads.consistency import UseLabel
from octad.heads.line_labels import Mark
from octad.read.code.files import read_paths
from octad.records.report import Finding
from octad.review.pipeline import cases_of, command_of
from octad.rules.ruff_rules import PERFORMANCE_RULES, STYLE_RULES
from octad_train.data.code import code_sets
from octad_train.data.code.analyser_labels import SECURITY_RULES
from octad_train.data.code.definition_use_pairs import Distant
from octad_train.data.code.own_repository import write_corpus
from octad_train.data.code.real_fixes import RealFunction, real_functions
from octad_train.data.code.repairs import Real, bugs
from octad_train.data.mixture import Mixture
from octad_train.sources import IsRight

Pair = tuple[Any, Any]


def training(agent: Agent[Any, Any], folder: Path) -> Mixture[Pair]:
    """Labelled cases without end."""
    return code_sets.training(folder).map(lambda unit: labelled(agent, unit))


def validation(agent: Agent[Any, Any], folder: Path, part: str = "valid", size: int = 2000) -> list[Pair]:
    """Held-out cases: packages, commits and problems that training never saw. `part` may be test."""
    return [labelled(agent, unit) for unit in code_sets.held_out(folder, part, size)]


def calibration(agent: Agent[Any, Any], part: str = "valid") -> list[Pair]:
    """Real functions of projects that training never saw: mended by one edit, or right as they are.

    What is said of a bug is calibrated on these: on injected ones, half of a stream, it would be too sure.
    """
    return [labelled(agent, unit) for unit in bugs(part)]


def sample(agent: Agent[Any, Any], size: int) -> list[Pair]:
    """So many labelled cases that need no corpus."""
    return [labelled(agent, unit) for unit in code_sets.sample(size)]


def repository(agent: Agent[Any, Any], folder: Path, output: Path) -> dict[str, int]:
    """A user's own functions as a corpus."""
    codes = read_paths([folder], command_of(agent).languages).codes
    return write_corpus(codes, folder.resolve().name, output)


def real(agent: Agent[Any, Any]) -> Iterator[tuple[Any, IsRight]]:
    """Units of functions that were fixed or survived; right is a finding on a line that was mended."""
    for function in real_functions():
        for case in cases_of(agent, [function.code]):
            yield case, partial(_is_mended, function)


def _is_mended(function: RealFunction, finding: Finding) -> bool:
    first, last = finding.anchor.line, finding.anchor.end_line
    return any(lines.first <= last and first <= lines.last for lines in function.mended)


def labelled(agent: Agent[Any, Any], unit: code_sets.Known) -> Pair:
    """Case and label of a unit of which something is known."""
    if isinstance(unit, Distant):
        uses = UseLabel(frozenset(unit.wrong), frozenset(unit.asked))
        case = agent.case(code=unit.code, context=unit.context)
        return case, label_of(agent, uses=uses)
    if isinstance(unit, code_sets.Half):
        pair, before = unit
        marks = frozenset(Mark(line, pair.cwe) for line in pair.lines) if before else frozenset()
        return agent.case(code=pair.before if before else pair.after), label_of(agent, security=marks)
    case = agent.case(code=unit.code)
    if isinstance(unit, Real):
        known = {"place": unit.place, "later_fix": unit.later_fix, "bug": unit.bug}
        return case, label_of(agent, **known)
    if unit.bug is not None or unit.marks is None:
        return case, label_of(agent, bug=unit.bug or "correct")
    found = [Mark(line, rule) for line, rule in unit.marks]
    weak = (Mark(m.line, f"CWE-{SECURITY_RULES[m.rule]}") for m in found if m.rule in SECURITY_RULES)
    return case, label_of(
        agent,
        bug="correct",
        security=frozenset(weak),
        style=frozenset(m for m in found if m.rule in STYLE_RULES),
        performance=frozenset(m for m in found if m.rule in PERFORMANCE_RULES),
    )


def label_of(agent: Agent[Any, Any], **known: Any) -> Any:
    """A label with what the agent has heads for."""
    names = {field.name for field in fields(agent.label)}
    return agent.label(**{name: value for name, value in known.items() if name in names})
