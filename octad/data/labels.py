"""The label of a function with at most one bug."""

from __future__ import annotations

from dataclasses import dataclass

VARIABLE_MISUSE = "variable-misuse"


@dataclass(frozen=True, slots=True)
class BugLabel:
    """The repair of the one bug in a text: what to do where.

    `offset` is the character offset, in the buggy text, of the item at which the repair applies;
    `edit` the index in `syntax.edits.EDITS` of the repairing edit; `name` the right name where the
    edit is the pointer (index 0), else None; `kind` the rule that the bug breaks.
    """

    offset: int
    edit: int
    name: str | None
    kind: str
