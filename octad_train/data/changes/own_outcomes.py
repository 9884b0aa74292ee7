"""Deployments of one's own that were watched, as outcomes of their changes: what a fit learns from.

`octad rollout outcomes --format json` writes the events; those of deployments that stayed are as many
examples as those that were taken back.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from octad.read.history.events import read_events
from octad.read.operations import change_of
from octad.signals.change_cues import change_cues
from octad.signals.changed_lines import sides
from octad_train.data.changes.reverts import Outcome

LABELS = {"rolled-back": True, "deployed": False}


def own_outcomes(events: Path, repository: Path, part: str = "train") -> Iterator[Outcome]:
    """The cues of every watched change whose past the repository knows, and whether it was taken back.

    The last event of a revision counts. Raises InputError for a file of no events, or a revision that the
    repository does not have.
    """
    last = {
        event.attributes["revision"]: (LABELS[event.kind], event.subject)
        for event in read_events(events).events
        if event.kind in LABELS and event.attributes.get("revision")
    }
    for revision, (is_taken_back, subject) in last.items():
        change = change_of(revision, repository)
        if change.familiarity is not None:
            yield Outcome(change_cues(change, map(sides, change.files)), is_taken_back, subject, part)
