"""Which cell of a notebook a finding is in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from octad.read.code.notebook import FLAG, Cells
from octad.records.code import Code
from octad.records.report import Finding, Suppressed


def in_cells(findings: Iterable[Finding], codes: Sequence[Code]) -> tuple[Finding, ...]:
    """The findings; those in a notebook say the cell, counted among all of it, and the line of the cell.

    They have no repairs: the lines of the file are JSON, which the edits are not of.
    """
    cells = {code.path: Cells(code.text) for code in codes if FLAG in code.flags}
    return tuple(_in_cell(finding, cells.get(finding.anchor.path)) for finding in findings)


def suppressed_in_cells(suppressed: Iterable[Suppressed], codes: Sequence[Code]) -> tuple[Suppressed, ...]:
    """The same of findings that are not shown."""
    every = tuple(suppressed)
    findings = in_cells((one.finding for one in every), codes)
    return tuple(
        one.model_copy(update={"finding": finding}) for one, finding in zip(every, findings, strict=True)
    )


def _in_cell(finding: Finding, cells: Cells | None) -> Finding:
    place = cells.at(finding.anchor.line) if cells is not None else None
    if place is None:
        return finding
    said = f"{finding.message} (cell {place[0]}, line {place[1]})"
    return finding.model_copy(update={"message": said, "repairs": ()})
