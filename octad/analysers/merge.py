"""One list out of the model's findings and the analysers': duplicates joined, the rest in order of rank.

Two findings are one where they overlap and speak of the same concern: the same numbered rule (ruff took
bandit's numbers, so `ruff/S602` is `bandit/B602`), or, where one of them is the model's own, the same rule
(`style/F841` learned what `ruff/F841` says) or the same family.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Sequence
from math import prod

from octad.records.report import Anchor, Finding, Level

FEW_LINES = 16
"""Lines of a finding that are looked up one by one."""
LEVELS: dict[Level, int] = {"error": 0, "warning": 1, "note": 2}

# Families of rules by the longest prefix of the name after `ruff/`; a model's rule starts with its family.
FAMILIES = {
    "B": "bug", "E9": "bug", "F": "bug", "PLE": "bug", "PLW": "bug", "PERF": "performance", "S": "security",
    "C4": "style", "E7": "style", "N": "style", "RET": "style", "SIM": "style", "UP": "style",
    "invalid-syntax": "syntax",
}  # fmt: skip


def merge(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Findings without duplicates, by level, then by how sure all who reported it are together.

    A joined finding keeps the words, evidence and probability of the model where it has one, and names
    the others; agreement moves it up without inflating the probability, which stays calibrated.
    """
    files: dict[str, _Groups] = defaultdict(_Groups)
    for finding in sorted(findings, key=_precedence):
        files[finding.anchor.path].add(finding)
    every = (group for groups in files.values() for group in groups.every)
    ranked = sorted(((_rank(group), _joined(group)) for group in every), key=lambda pair: pair[0])
    return tuple(finding for _, finding in ranked)


class _Groups:
    """The findings of one file, those that are one together; a finding meets only those near it."""

    def __init__(self) -> None:
        self.every: list[list[Finding]] = []
        self._on_line: dict[int, set[int]] = defaultdict(set)
        self._long: set[int] = set()

    def add(self, finding: Finding) -> None:
        """Put a finding to the first group that it is one with, or begin another."""
        anchor = finding.anchor
        lines = range(anchor.line, max(anchor.line, anchor.end_line) + 1)
        is_long = len(lines) > FEW_LINES
        beside = range(len(self.every)) if is_long else self._long.union(*map(self._near, lines))
        groups = (one for one in sorted(beside) if any(_same(finding, other) for other in self.every[one]))
        number = next(groups, len(self.every))
        if number == len(self.every):
            self.every.append([])
        self.every[number].append(finding)
        if is_long:
            self._long.add(number)
        else:
            for line in lines:
                self._on_line[line].add(number)

    def _near(self, line: int) -> Collection[int]:
        return self._on_line.get(line, ())


def family(rule: str) -> str:
    """What a rule is about: bug, security, style, performance; for a model's rule its own first word."""
    tool, _, name = rule.partition("/")
    if tool == "bandit":
        return "security"
    if tool != "ruff":
        return tool
    fitting = [prefix for prefix in FAMILIES if name.startswith(prefix)]
    return FAMILIES[max(fitting, key=len)] if fitting else "style"


def overlap(one: Anchor, other: Anchor) -> bool:
    """Whether two anchors share a character; an empty anchor counts as the character it stands before."""
    if one.path != other.path:
        return False
    (start, end), (first, last) = _span(one), _span(other)
    return start < last and first < end


def _span(anchor: Anchor) -> tuple[tuple[int, int], tuple[int, int]]:
    start = (anchor.line, anchor.column)
    return start, max((anchor.end_line, anchor.end_column), (anchor.line, anchor.column + 1))


def _same(one: Finding, other: Finding) -> bool:
    if one.source == other.source or not overlap(one.anchor, other.anchor):
        return False
    if "model" in (one.source, other.source):
        return family(one.rule) == family(other.rule) or _name(one.rule) == _name(other.rule)
    return twin(one.rule) == other.rule


def _name(rule: str) -> str:
    return rule.partition("/")[2]


def twin(rule: str) -> str:
    """The same check as the other security linter names it, `bandit/B602` for `ruff/S602`; "" without one."""
    match = re.fullmatch(r"(ruff/S|bandit/B)(\d+)", rule)
    return ("bandit/B" if match[1] == "ruff/S" else "ruff/S") + match[2] if match else ""


def _precedence(finding: Finding) -> tuple[bool, int, float]:
    """The model's finding leads a group, then the graver, then the surer."""
    return finding.source != "model", LEVELS[finding.level], -finding.likelihood


def _rank(group: Sequence[Finding]) -> tuple[int, float, str, int, int]:
    anchor = group[0].anchor
    sure = 1 - prod(1 - finding.likelihood for finding in group)
    return min(LEVELS[f.level] for f in group), -sure, anchor.path, anchor.line, anchor.column


def _joined(group: Sequence[Finding]) -> Finding:
    lead, others = group[0], group[1:]
    if not others:
        return lead
    names = ", ".join(dict.fromkeys(other.rule for other in others))
    return lead.model_copy(
        update={
            "level": min((f.level for f in group), key=LEVELS.__getitem__),
            "message": f"{lead.message} (also {names})",
            "reference": lead.reference or next((o.reference for o in others if o.reference), ""),
            "repairs": lead.repairs or next((o.repairs for o in others if o.repairs), ()),
        }
    )
