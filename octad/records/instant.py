"""A point in time: a deployment, the moment an incident was noticed."""

from __future__ import annotations

from pydantic import FiniteFloat

from octad.records.base import Record


class Instant(Record):
    """Unix seconds in UTC."""

    time: FiniteFloat
