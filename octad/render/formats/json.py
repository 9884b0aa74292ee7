"""A report as JSON: the public interface, described in docs/json.md.

Fields may be added within a version; a field that changes its meaning or goes away makes a new one.
A kind of report that has fields of its own has them in the document too, under their names.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Literal

from pydantic import create_model

from octad.records.base import Record
from octad.records.report import Block, Finding, Report, Suppressed
from octad.records.skipped import Skipped
from octad.render.excerpt import by_place
from octad.render.fields import added_by

VERSION: Literal["1"] = "1"


class Summary(Record):
    """Counts, so that a shell script needs no loop."""

    findings: int
    errors: int
    warnings: int
    notes: int
    files: int
    suppressed: int
    skipped: int


class Output(Record):
    """The whole document of a report without fields of its own."""

    version: Literal["1"] = VERSION
    agent: str
    agent_version: str
    findings: tuple[Finding, ...]
    suppressed: tuple[Suppressed, ...]
    skipped: tuple[Skipped, ...]
    blocks: tuple[Block, ...]
    summary: Summary


def render(report: Report, sources: Mapping[str, str]) -> str:
    """The report as one JSON document with a line end; `sources` is not needed: anchors say it all."""
    return output_of(report).model_dump_json(indent=2) + "\n"


@cache
def document_of(kind: type[Report]) -> type[Output]:
    """The type of the document of a kind of report: `Output` and the fields that the kind adds."""
    added: dict[str, Any] = {name: (field.annotation, field) for name, field in added_by(kind).items()}
    taken = sorted(added.keys() & Output.model_fields.keys())
    if taken:
        raise TypeError(f"{kind.__name__} adds {', '.join(taken)}, which its document has already")
    return create_model(f"{kind.__name__}Output", __base__=Output, **added) if added else Output


def output_of(report: Report) -> Output:
    """The document before it is written; findings in reading order."""
    findings = tuple(by_place(report.findings))
    levels = [finding.level for finding in findings]
    return document_of(type(report))(
        agent=report.agent,
        agent_version=report.version,
        findings=findings,
        suppressed=report.suppressed,
        skipped=report.skipped,
        blocks=report.blocks,
        summary=Summary(
            findings=len(findings),
            errors=levels.count("error"),
            warnings=levels.count("warning"),
            notes=levels.count("note"),
            files=len({finding.anchor.path for finding in findings}),
            suppressed=len(report.suppressed),
            skipped=len(report.skipped),
        ),
        **{name: getattr(report, name) for name in added_by(type(report))},
    )
