"""A report with one line for each finding, as compilers write it, and a last line with the count."""

from __future__ import annotations

from collections.abc import Mapping

from octad.host.terminal import visible
from octad.records.report import Finding, Report
from octad.render.excerpt import by_place, flat, stated, summary


def render(report: Report, sources: Mapping[str, str]) -> str:
    """`path:line:column: rule message` in reading order; `sources` is not needed."""
    lines = [_line(finding) for finding in by_place(report.findings)]
    counts = [summary(report.findings)]
    counts += [f"{len(report.suppressed):,} suppressed"] if report.suppressed else []
    counts += [f"{len(report.skipped):,} skipped"] if report.skipped else []
    return "\n".join([*lines, " · ".join(counts), ""])


def _line(finding: Finding) -> str:
    """One finding. Where a build server reads along, no name or message of reviewed code is a command."""
    anchor = finding.anchor
    path = visible(anchor.path)
    if not path.strip() or path.lstrip() != path or path.startswith(":"):
        path = f"./{path}"
    line = f"{path}:{anchor.line}:{anchor.column}: {visible(finding.rule)} {flat(stated(finding))}"
    return line.replace("##[", "# #[")
