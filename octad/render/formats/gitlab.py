"""A report as Code Quality JSON of GitLab, which shows what a merge request adds and what it resolves.

A job keeps it as `artifacts:reports:codequality`; GitLab tells issues apart by their fingerprints alone.
"""

from __future__ import annotations

import hashlib
import json
import posixpath
from collections import Counter
from collections.abc import Mapping
from typing import Any

from octad.records.fingerprint import with_fingerprints
from octad.records.report import Finding, Level, Report
from octad.render.excerpt import by_place, stated

SEVERITIES: dict[Level, str] = {"error": "major", "warning": "minor", "note": "info"}


def render(report: Report, sources: Mapping[str, str]) -> str:
    """The report as one JSON array with a line end; `sources` is for findings without a fingerprint."""
    findings = by_place(report.findings)
    computed = with_fingerprints(findings, sources)
    marks = [one.fingerprint or other.fingerprint for one, other in zip(findings, computed, strict=True)]
    seen: Counter[str] = Counter()
    issues = []
    for finding, mark in zip(findings, marks, strict=True):
        issues.append(_issue(finding, _digest(mark, seen[mark])))
        seen[mark] += 1
    return json.dumps(issues, indent=2, ensure_ascii=False) + "\n"


def _issue(finding: Finding, digest: str) -> dict[str, Any]:
    """One finding; its path is relative to the folder of the review, without `./` before it."""
    anchor = finding.anchor
    return {
        "description": stated(finding),
        "check_name": finding.rule,
        "fingerprint": digest,
        "severity": SEVERITIES[finding.level],
        "location": {
            "path": posixpath.normpath(anchor.path),
            "lines": {"begin": max(1, anchor.line), "end": max(1, anchor.line, anchor.end_line)},
        },
    }


def _digest(mark: str, number: int) -> str:
    """The fingerprint of the `number`-th issue with one mark."""
    return hashlib.sha256(f"{mark}\n{number}".encode("utf-8", "replace")).hexdigest()[:32]
