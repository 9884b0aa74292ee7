"""Whether a variable of a function can have a value at a place."""

from __future__ import annotations

import ast
from itertools import pairwise

from octad.syntax.program import (
    Comprehension,
    Loop,
    Nodes,
    binders,
    function_of,
    parameters,
    start_of,
)


def has_no_value_yet(path: Nodes, name: str) -> bool:
    """Whether a name, read at the end of a path, is a variable of its function that is only set later.

    Loops, parameters, names of other scopes and what is run later leave it open: then it is False.
    """
    at = function_of(path)
    function, inside = path[at], path[at + 1 :]
    if at == 0 or name in parameters(function) or _is_of_another_scope(function, inside, name):
        return False
    stores = binders(function, name)
    return bool(stores) and all(_is_later(store, inside) for store in stores)


def _is_of_another_scope(function: ast.AST, inside: Nodes, name: str) -> bool:
    """Whether a name is shared with other functions, or one that a comprehension around the place sets."""
    shared = (one for one in ast.walk(function) if isinstance(one, ast.Global | ast.Nonlocal))
    targets = (
        generator.target for one in inside if isinstance(one, Comprehension) for generator in one.generators
    )
    named = (one.id for target in targets for one in ast.walk(target) if isinstance(one, ast.Name))
    return name in named or any(name in one.names for one in shared)


def _is_later(store: ast.AST, inside: Nodes) -> bool:
    """Whether a store is run after the end of a path, each time that both are."""
    common = 0
    while common < len(inside) and any(one is store for one in ast.walk(inside[common])):
        common += 1
    if common == len(inside) or any(_repeats(*pair) for pair in pairwise(inside[: common + 1])):
        return False
    last, side = inside[common - 1] if common else None, inside[common]
    match last:
        case ast.Assign() | ast.AnnAssign() | ast.AugAssign():
            return side is last.value
        case ast.For() | ast.AsyncFor():
            return True
        case ast.expr():
            return False
    return start_of(store) > start_of(inside[-1])


def _repeats(node: ast.AST, child: ast.AST) -> bool:
    """Whether a part of a node may be run again after other parts of it."""
    if isinstance(node, Loop):
        return isinstance(node, ast.While) or child is not node.iter
    return isinstance(node, Comprehension)
