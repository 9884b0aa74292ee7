"""Look here first: the changed units of a review in the order of the chance that a repair follows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from octad.agents.command import ReviewCommand
from octad.records.look import Look
from octad.records.report import Block
from octad.runtime import Asked

SHOWN = 5
"""Units that are printed; JSON has all."""


def look_first(command: ReviewCommand, asked: Iterable[Asked[Any, Any]]) -> tuple[Look, ...]:
    """Every unit that the agent has a word for, highest score first."""
    look = command.look
    found = [one for answer in asked if look is not None and (one := look(answer.case, answer.answer))]
    return tuple(sorted(found, key=lambda one: (-one.score, one.anchor.path, one.anchor.line)))


def block_of(looks: Sequence[Look]) -> Block | None:
    """The first few as a table; None where there is no choice to be made."""
    if len(looks) < 2:
        return None
    rows = [("where", "in", "changed", "repairs of such lines are mostly")]
    for one in looks[:SHOWN]:
        lines = "1 line" if one.changed == 1 else f"{one.changed} lines"
        rows.append((f"{one.anchor.path}:{one.line}", one.name, lines, one.why))
    more = f" (of {len(looks)} changed places)" if len(looks) > SHOWN else ""
    return Block(kind="table", title=f"Look here first{more}", rows=tuple(rows))
