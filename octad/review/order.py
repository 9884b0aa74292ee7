"""Look here first: the changed units of a review in the order of the chance that a repair follows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from statistics import median
from typing import Any

from octad.agents.command import ReviewCommand
from octad.records.look import Look
from octad.records.report import Block
from octad.runtime import Asked

SHOWN = 5
"""Units that are printed; JSON has all."""
MARKED = 0.2
"""Log odds by which a part of a score is above the median of the change to be named beside a larger one."""


def look_first(command: ReviewCommand, asked: Iterable[Asked[Any, Any]]) -> tuple[Look, ...]:
    """Every unit that the agent has a word for, highest score first, with what puts it there."""
    look = command.look
    found = [one for answer in asked if look is not None and (one := look(answer.case, answer.answer))]
    if found:
        length, odds = median(map(_length, found)), median(one.log_odds for one in found)
        found = [one.model_copy(update={"reasons": _reasons(one, length, odds)}) for one in found]
    return tuple(sorted(found, key=lambda one: (-one.score, one.anchor.path, one.anchor.line)))


def block_of(looks: Sequence[Look]) -> Block | None:
    """The first few as a table; None where there is no choice to be made."""
    if len(looks) < 2:
        return None
    rows = [("where", "in", "changed", "first because it", "a repair is mostly")]
    for one in looks[:SHOWN]:
        lines = f"{one.changed} of {_lines(one)} lines"
        rows.append(
            (f"{one.anchor.path}:{one.line}", one.name, lines, " and ".join(one.reasons), one.why or "any")
        )
    more = f" (of {len(looks)} changed places)" if len(looks) > SHOWN else ""
    return Block(kind="table", title=f"Look here first{more}", rows=tuple(rows))


def _reasons(one: Look, length: float, odds: float) -> tuple[str, ...]:
    """What of a unit puts it before the middle of its change, whose parts of the score are given."""
    above = {"is long": _length(one) - length, "reads like repaired code": one.log_odds - odds}
    least = min(MARKED, max(above.values()))
    return tuple(words for words, more in above.items() if more > 0 and more >= least)


def _length(one: Look) -> float:
    """What its length adds to the score of a unit."""
    return one.score - one.log_odds


def _lines(one: Look) -> int:
    return one.anchor.end_line - one.anchor.line + 1
