"""What somebody said of a finding: that it helped, that it did not and why, or what it should have been."""

from __future__ import annotations

import hashlib
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, model_validator

from octad.records.base import Record
from octad.records.events import Event
from octad.records.report import Finding

Decision = Literal["accepted", "dismissed", "corrected"]
Reason = Literal["wrong", "not-worth-it", "intended"]
"""Why a finding is dismissed: it says what is not so, it is so and small, or it is so and meant."""
Name = Annotated[str, Field(max_length=200)]
Words = Annotated[str, Field(max_length=1_000)]
SHORTEST = 8
"""Characters of a fingerprint that are enough to name one of a report."""
ABOUT = (
    "project",
    "actor",
    "agent",
    "version",
    "fingerprint",
    "path",
    "line_digest",
    "reason",
    "correction",
    "note",
)
"""What an event says of a verdict beside time, kind and rule."""


class Verdict(Record):
    """A verdict on a finding, without any of the code: `line_digest` is one of the text it is on.

    `version` is that of what made the finding, `project` an identity of the repository (`project.py`).
    `reason` is there where it was dismissed, `correction` where it was corrected: what should have been said.
    """

    fingerprint: str = Field(pattern=r"^[0-9a-f]{16}$")
    rule: str = Field(min_length=1, max_length=200)
    decision: Decision
    project: str = Field(min_length=1, max_length=200)
    actor: str = Field(min_length=1, max_length=200)
    time: AwareDatetime
    agent: Name = ""
    version: Name = ""
    path: Annotated[str, Field(max_length=4_096)] = ""
    line_digest: Annotated[str, Field(pattern=r"^([0-9a-f]{16})?$")] = ""
    reason: Reason | None = None
    correction: Words = ""
    note: Words = ""

    @model_validator(mode="after")
    def _says_what_it_must(self) -> Verdict:
        """A dismissal says why, a correction what is right; neither says the other's."""
        if (self.reason is not None) != (self.decision == "dismissed"):
            raise ValueError("a dismissal has a reason, and nothing else has")
        if bool(self.correction.strip()) != (self.decision == "corrected"):
            raise ValueError("a correction says what it should have been, and nothing else does")
        return self


def line_digest(text: str) -> str:
    """Sixteen hexadecimal digits for the text of a line, whatever its spaces."""
    return hashlib.sha256(" ".join(text.split()).encode("utf-8", "replace")).hexdigest()[:16]


def line_of(finding: Finding, lines: list[str]) -> str | None:
    """The text of the line that a finding begins on; None where there is no such line."""
    number = finding.anchor.line - 1
    return lines[number] if 0 <= number < len(lines) else None


def as_event(verdict: Verdict) -> Event:
    """The verdict as an event on its rule: what is exported, and what findings are held against."""
    said = verdict.model_dump(mode="json", include=set(ABOUT))
    attributes = {name: str(value) for name in ABOUT if (value := said[name])}
    return Event(time=verdict.time, kind=verdict.decision, subject=verdict.rule, attributes=attributes)
