"""What logs say since a time that they did not say before, as people read it."""

from __future__ import annotations

from octad.records.instant import Instant
from octad.records.logs import Logs
from octad.records.report import Block
from octad.signals.log_changes import LogChange, log_changes

SHOWN = 10
"""Templates that are listed, the surest first."""


def changed_logs(logs: Logs | None, at: Instant | None) -> Block | None:
    """The templates that came, rose, fell or went at a known time; None where nothing surely did."""
    if logs is None or at is None:
        return None
    found = log_changes(logs, at.time).changes
    if not found:
        return None
    head = ("message", "", "service", "an hour before", "an hour since", "by chance")
    rows = [head, *map(_row, found[:SHOWN])]
    more = f" ({SHOWN} of {len(found)})" if len(found) > SHOWN else ""
    return Block(kind="table", title=f"Logs since{more}", rows=tuple(rows))


def _row(change: LogChange) -> tuple[str, ...]:
    one = change.template
    kind = f"{change.kind}, {one.level}" if change.grave else change.kind
    return (one.template, kind, one.service, f"{change.before:.3g}", f"{change.after:.3g}", f"{change.p:.1g}")
