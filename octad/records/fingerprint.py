"""The identity of a finding: what and where by content, never by line number.

Lines that are inserted, moved or re-indented elsewhere leave it as it is, so a second run repeats
nothing, and a baseline or a dismissal keeps its meaning.
"""

from __future__ import annotations

import hashlib
import posixpath
from collections.abc import Iterable, Mapping

from octad.records.lines import lines_of
from octad.records.report import Finding

LENGTH = 16


def fingerprint(rule: str, path: str, line_text: str, occurrence: int = 0) -> str:
    """Sixteen hexadecimal digits for the `occurrence`-th finding of `rule` on such a line of `path`.

    Where a finding is of no line of a text, what it refers to takes the place of the line.
    """
    where = posixpath.normpath(path.replace("\\", "/"))
    parts = (rule, where, " ".join(line_text.split()), str(occurrence))
    # The separator is written by no part: paths and normalised lines hold no line end.
    content = "\n".join(part.replace("\n", " ") for part in parts)
    return hashlib.sha256(content.encode("utf-8", "replace")).hexdigest()[:LENGTH]


def with_fingerprints(findings: Iterable[Finding], sources: Mapping[str, str]) -> tuple[Finding, ...]:
    """The findings, in their order, each with its fingerprint; `sources` maps a path to its text.

    Equal ones (same rule, path and line, apart from spaces) are counted in the order of their places.
    """
    ordered = list(findings)
    lines = {path: lines_of(sources.get(path, "")) for path in {finding.anchor.path for finding in ordered}}
    counts: dict[str, int] = {}
    marked: dict[int, Finding] = {}
    for index in sorted(
        range(len(ordered)), key=lambda i: (ordered[i].anchor.line, ordered[i].anchor.column)
    ):
        finding = ordered[index]
        text = lines[finding.anchor.path]
        number = finding.anchor.line - 1
        line = text[number] if 0 <= number < len(text) else finding.reference
        first = fingerprint(finding.rule, finding.anchor.path, line)
        occurrence = counts.get(first, 0)
        counts[first] = occurrence + 1
        mark = fingerprint(finding.rule, finding.anchor.path, line, occurrence)
        marked[index] = finding.model_copy(update={"fingerprint": mark})
    return tuple(marked[index] for index in range(len(ordered)))
