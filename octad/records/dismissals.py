"""What was said of findings before, and what follows for a new one."""

from __future__ import annotations

from collections.abc import Sequence

from octad.records.events import Event
from octad.records.report import Finding


def with_dismissals(finding: Finding, events: Sequence[Event], line: str) -> Finding:
    """Lower the probability by what was said of the same rule; `line` is the text that the finding is on.

    With d dismissals and a acceptances the odds are multiplied by (a + 2) / (a + d + 2); a line
    dismissed for the same rule is not brought up again. Other rules are untouched.
    """
    same = [event for event in events if event.subject == finding.rule]
    dismissed = [event for event in same if event.kind == "dismissed"]
    if not dismissed:
        return finding
    if any(event.attributes.get("line") == line.strip() for event in dismissed):
        return finding.model_copy(update={"probability": 0.0})
    accepted = sum(event.kind == "accepted" for event in same)
    odds = finding.likelihood / max(1 - finding.likelihood, 1e-9)
    odds *= (accepted + 2) / (accepted + len(dismissed) + 2)
    return finding.model_copy(update={"probability": odds / (1 + odds)})
