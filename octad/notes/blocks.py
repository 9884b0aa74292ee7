"""Notes as blocks, which every renderer of reports shows."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from octad.records.notes import Entry
from octad.records.report import Block

SHORT = 10
"""Characters of the name of a commit that are shown."""


def blocks_of(entries: Sequence[Entry]) -> tuple[Block, ...]:
    """A paragraph for each section, with a line for each entry."""
    return tuple(
        Block(kind="paragraph", title=section, rows=tuple((_line(entry),) for entry in group))
        for section, group in groupby(entries, key=lambda one: one.section)
    )


def _line(entry: Entry) -> str:
    """An entry with what it rests on."""
    commits = ", ".join(one[:SHORT] for one in entry.commits[:3])
    more = f" and {len(entry.commits) - 3} more" if len(entry.commits) > 3 else ""
    return f"{entry.text} ({commits}{more})"
