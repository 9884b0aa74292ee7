"""Judge the analysers: how likely people act on each finding, and what is folded away for it.

Errors always stand, and so does what nothing is known of; what is folded is counted and kept in the report.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from octad.records.code import Code
from octad.records.report import Finding, Suppressed
from octad.review.judge import chances, fold_below


class Triaged(NamedTuple):
    """Findings that stand, each with its chance where it is known, and those that few people act on."""

    findings: tuple[Finding, ...]
    folded: tuple[Suppressed, ...]


def triaged(findings: Sequence[Finding], codes: Sequence[Code], *, folds: bool = True) -> Triaged:
    """Give findings of analysers their chance, and part them; without `folds` all stand.

    Raises ArtefactError where what the judge has learned is damaged.
    """
    judged = with_chances(findings, {code.path: code for code in codes})
    least = fold_below() if folds else 0.0
    stand = [one for one in judged if not _is_folded(one, least)]
    folded = [one for one in judged if _is_folded(one, least)]
    return Triaged(
        tuple(stand), tuple(Suppressed(finding=one, by="judge", reason=_reason(one)) for one in folded)
    )


def with_chances(findings: Sequence[Finding], codes: Mapping[str, Code]) -> list[Finding]:
    """The findings with the chance that people act on them, of those of which it is known."""
    found = chances(findings, codes)
    return [
        one if chance is None else one.model_copy(update={"acted_on": chance})
        for one, chance in zip(findings, found, strict=True)
    ]


def _is_folded(finding: Finding, least: float) -> bool:
    return finding.level != "error" and finding.acted_on is not None and finding.acted_on < least


def _reason(finding: Finding) -> str:
    return f"people act on {100 * (finding.acted_on or 0.0):.0f} of 100 such findings within two years"
