"""What happened and when: reviews, deployments, incidents."""

from __future__ import annotations

from pydantic import AwareDatetime, Field

from octad.records.base import Record


class Event(Record):
    """One event; `kind` is what happened (`dismissed`, `accepted`, `deployed`), `subject` to what."""

    time: AwareDatetime
    kind: str
    subject: str
    attributes: dict[str, str] = Field(default_factory=dict)


class Events(Record):
    """A history of events, in any order."""

    events: tuple[Event, ...] = ()
