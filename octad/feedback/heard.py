"""Findings after what people said of findings before: the one place where that has an effect.

Two things follow from verdicts, and both are said in the report. A finding that was dismissed is not brought
up again while it is the same line of the same file. A rule that is mostly dismissed in a project is silenced
there, but for errors. No probability is changed: what it says was measured, and stays true.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from octad.feedback.silence import MOST, Tally, is_mostly_dismissed
from octad.feedback.verdict import line_digest, line_of
from octad.records.events import Event
from octad.records.lines import lines_of
from octad.records.report import Finding, Suppressed

APPROVED, DISMISSED = ("accepted", "corrected"), "dismissed"
_REASONS: Mapping[str, str] = {
    "wrong": "as wrong", "not-worth-it": "as not worth it", "intended": "as intended"
}  # fmt: skip


class Parted(NamedTuple):
    """Findings that stand, and those that are not shown, each with the reason."""

    findings: tuple[Finding, ...]
    suppressed: tuple[Suppressed, ...]


@dataclass(frozen=True)
class Heard:
    """What follows from verdicts on findings of one project.

    `dismissed` says why, by fingerprint, or by rule and digest of the line where a verdict has no
    fingerprint; `tallies` are by rule.
    """

    dismissed: Mapping[str, str] = field(default_factory=dict)
    tallies: Mapping[str, Tally] = field(default_factory=dict)

    @property
    def silenced(self) -> Mapping[str, Tally]:
        """The rules that are mostly dismissed, with their counts."""
        return {rule: tally for rule, tally in self.tallies.items() if is_mostly_dismissed(tally)}

    def parted(self, findings: Sequence[Finding], sources: Mapping[str, str]) -> Parted:
        """Part findings, which have fingerprints; `sources` maps a path to its text.

        Where the line of a finding is not in a text, as of a metric, its fingerprint tells two of them not
        apart: then only its rule may be silenced.
        """
        if not self.dismissed and not self.tallies:
            return Parted(tuple(findings), ())
        lines = {path: lines_of(text) for path, text in sources.items()}
        silenced = self.silenced
        kept: list[Finding] = []
        hidden: list[Suppressed] = []
        for one in findings:
            reason = self._dismissal(one, lines.get(one.anchor.path, []))
            if not reason and one.rule in silenced and one.level != "error":
                reason = f"{one.rule} is mostly dismissed in this project: {silenced[one.rule].said}"
            if reason:
                hidden.append(Suppressed(finding=one, by="feedback", reason=reason))
            else:
                kept.append(one)
        return Parted(tuple(kept), tuple(hidden))

    def _dismissal(self, finding: Finding, lines: list[str]) -> str:
        """Why this very finding is not brought up again; "" where nobody said so."""
        line = line_of(finding, lines)
        if line is None:
            return ""
        by_line = self.dismissed.get(_line_key(finding.rule, line_digest(line)), "")
        return self.dismissed.get(finding.fingerprint, "") or by_line


def heard(events: Iterable[Event]) -> Heard:
    """What follows from verdicts as events; of several on one finding the newest holds."""
    newest: dict[str, Event] = {}
    for event in sorted(events, key=lambda one: one.time):
        if event.kind in (*APPROVED, DISMISSED):
            key = _key(event)
            newest.pop(key, None)  # the newest are last
            newest[key] = event
    dismissed = {key: _why(event) for key, event in newest.items() if event.kind == DISMISSED}
    by_rule: dict[str, list[bool]] = defaultdict(list)
    for event in newest.values():
        by_rule[event.subject].append(event.kind in APPROVED)
    return Heard(dismissed, {rule: _tally(said[-MOST:]) for rule, said in by_rule.items()})


def _tally(approvals: Sequence[bool]) -> Tally:
    return Tally(sum(approvals), len(approvals) - sum(approvals))


def _key(event: Event) -> str:
    """What a verdict is on: a finding by its fingerprint, or a line; without either nothing else is on it."""
    about = event.attributes
    if fingerprint := about.get("fingerprint"):
        return fingerprint
    if "line" in about:
        return _line_key(event.subject, line_digest(about["line"]))
    return f"{event.subject} {event.time.isoformat()}"


def _line_key(rule: str, mark: str) -> str:
    return f"{rule} {mark}"


def _why(event: Event) -> str:
    said = " ".join(filter(None, ("dismissed", _REASONS.get(event.attributes.get("reason", ""), ""))))
    actor = event.attributes.get("actor", "")
    return f"{said} by {actor}" if actor else said
