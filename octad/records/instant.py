"""A point in time: a deployment, the moment an incident was noticed."""

from __future__ import annotations

from octad.records.base import Moment, Record


class Instant(Record):
    """Unix seconds in UTC."""

    time: Moment
