"""The typed relations between items: an edge (i, j, R) reads "i has in j its R", except where noted."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum

from octad.errors import InputError


class Relation(IntEnum):
    """What connects a source item to a target item.

    PARENT: j heads the construct around that of i; CHILD is its reverse.
    NEXT_SIBLING, PREV_SIBLING: j heads the next or previous part of the same construct.
    ARGUMENT: i heads an argument of the call that j names; CALLEE is its reverse.
    SAME_NAME: j is the same identifier.
    NEXT_USE, LAST_USE: j is the next or previous occurrence of the name of i in the same role.
    DEF_USE: the definition i reaches the use j; USE_DEF is its reverse.
    COMPUTED_FROM: the variable i is assigned from an expression with the variable j; COMPUTES is its reverse.
    FLOW_NEXT, FLOW_PREV: j heads a statement that may run right after or before that of i.
    RETURNS: i heads a return or yield of the function that j heads.
    SAME_STATEMENT_HEAD: j is the first item of the statement of i.
    LINE_NEXT, LINE_PREV: j begins the next or previous line, i begins its own.
    """

    PARENT = 0
    CHILD = 1
    NEXT_SIBLING = 2
    PREV_SIBLING = 3
    ARGUMENT = 4
    CALLEE = 5
    SAME_NAME = 6
    NEXT_USE = 7
    LAST_USE = 8
    DEF_USE = 9
    USE_DEF = 10
    COMPUTED_FROM = 11
    COMPUTES = 12
    FLOW_NEXT = 13
    FLOW_PREV = 14
    RETURNS = 15
    SAME_STATEMENT_HEAD = 16
    LINE_NEXT = 17
    LINE_PREV = 18


FAMILIES: dict[str, tuple[Relation, ...]] = {
    "syntax": (
        Relation.PARENT,
        Relation.CHILD,
        Relation.NEXT_SIBLING,
        Relation.PREV_SIBLING,
        Relation.ARGUMENT,
        Relation.CALLEE,
    ),
    "names": (Relation.SAME_NAME, Relation.NEXT_USE, Relation.LAST_USE),
    "data": (Relation.DEF_USE, Relation.USE_DEF, Relation.COMPUTED_FROM, Relation.COMPUTES),
    "control": (Relation.FLOW_NEXT, Relation.FLOW_PREV, Relation.RETURNS),
    "layout": (Relation.SAME_STATEMENT_HEAD, Relation.LINE_NEXT, Relation.LINE_PREV),
}


def outside(families: Sequence[str]) -> tuple[Relation, ...]:
    """The relations of all other families; raises InputError for a family that there is not."""
    unknown = [name for name in families if name not in FAMILIES]
    if unknown:
        hint = f"known: {', '.join(FAMILIES)}"
        raise InputError(f"there is no family of relations called {', '.join(unknown)}", hint=hint)
    return tuple(r for name, relations in FAMILIES.items() if name not in families for r in relations)
