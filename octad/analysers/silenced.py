"""What a comment of one security linter silences holds for the same check of the other.

Ruff took bandit's numbers: `# noqa: S307` speaks of `bandit/B307`, `# nosec B307` of `ruff/S307`. Each tool
obeys its own comments itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from octad.analysers.merge import twin
from octad.records.code import Code
from octad.records.lines import lines_of
from octad.records.report import Finding

CODES = r"[A-Z]+[0-9]*(?:[,\s]+[A-Z]+[0-9]+)*"
NOQA = re.compile(rf"#\s*noqa\b(?:\s*:\s*(?P<codes>{CODES}))?", re.I)
NOSEC = re.compile(r"#\s*nosec\b(?:\s*:?\s*(?P<codes>B\d+(?:[,\s]+B\d+)*))?", re.I)


def parted(
    findings: Iterable[Finding], codes: Sequence[Code]
) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    """The findings that no comment for the other tool on their lines speaks of, and those that one does."""
    lines = {code.path: lines_of(code.text) for code in codes}
    heard: list[Finding] = []
    silenced: list[Finding] = []
    for finding in findings:
        (silenced if _is_silenced(finding, lines) else heard).append(finding)
    return tuple(heard), tuple(silenced)


def _is_silenced(finding: Finding, lines: Mapping[str, Sequence[str]]) -> bool:
    tool, _, code = twin(finding.rule).partition("/")
    if not tool:
        return False
    comment = NOQA if tool == "ruff" else NOSEC
    anchor = finding.anchor
    about = lines.get(anchor.path, ())[anchor.line - 1 : anchor.end_line]
    return any(_speaks_of(match["codes"], code) for line in about for match in comment.finditer(line))


def _speaks_of(codes: str | None, rule: str) -> bool:
    """Whether a comment with these codes, or with none, is about a rule."""
    return codes is None or rule in re.split(r"[,\s]+", codes.upper())
