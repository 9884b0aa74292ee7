"""Histories as items: one per event, the newest ones, with their age and what they were.

Legend: N events.
"""

from __future__ import annotations

import numpy as np

from octad.encoders.base import Encoder, Items
from octad.records.events import Event, Events

MOST = 32
KINDS = ("deployed", "rolled-back", "incident", "fixed", "reviewed", "accepted", "dismissed")
DAY = 86_400.0


class EventEncoder(Encoder):
    """The newest events of a history, in any order."""

    size = len(KINDS) + 3
    kinds = 1
    relations = 1

    def items(self, history: Events | None) -> Items | None:
        """Events with their age before the newest, the gap to the one before, and who comes next."""
        if history is None or not history.events:
            return None
        newest = sorted(history.events, key=lambda event: (event.time, event.kind, event.subject))[-MOST:]
        stamps = np.array([event.time.timestamp() for event in newest])
        ages, gaps = (stamps[-1] - stamps) / DAY, np.diff(stamps, prepend=stamps[0]) / DAY
        kinds = np.array([[event.kind == kind for kind in KINDS] for event in newest], np.float32)
        order = np.arange(len(newest) - 1)
        return Items(
            texts=tuple(_words(event) for event in newest),
            numbers=np.column_stack([kinds, ~kinds.any(1), np.log1p(ages) / 5, np.log1p(gaps) / 5]).astype(
                np.float32
            ),
            kinds=(0,) * len(newest),
            names=tuple(f"{event.kind} {event.subject}" for event in newest),
            anchors=(None,) * len(newest),
            subjects=tuple(event.attributes.get("service", "") for event in newest),
            links=tuple((event.subject,) for event in newest),
            candidates=(True,) * len(newest),
            edges=np.column_stack([order, order + 1, np.zeros_like(order)]).astype(np.int32),
        )


def _words(event: Event) -> str:
    return f"{event.kind} {event.attributes.get('message', event.subject)}"
