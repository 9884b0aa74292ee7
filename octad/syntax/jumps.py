"""What becomes of a loop when one of its jumps is another."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from octad.syntax.program import Function, Loop, Nodes, binders, function_of, parts

CONSUMERS = frozenset({"list", "tuple", "set", "frozenset", "dict", "sorted", "sum", "min", "max", "deque"})
METHODS = frozenset({"join", "extend", "writelines", "update"})
"""Functions and methods that read all that is left of an iterator."""
ITERATORS = frozenset({"iter", "map", "filter", "zip", "enumerate", "reversed", "open"})
"""Functions of Python whose result can be read once."""


def loop_of(path: Nodes) -> int:
    """The index in a path of the loop that a jump at its end is of; 0 where there is none."""
    for at in range(len(path) - 2, 0, -1):
        node = path[at]
        if isinstance(node, Function | ast.ClassDef | ast.Lambda):
            return 0
        if isinstance(node, Loop) and path[at + 1] in node.body:
            return at
    return 0


def goes_round(block: Sequence[ast.AST], without: ast.AST) -> bool:
    """Whether a body of a loop has a way to another round, with `break` in place of one of its jumps."""
    return _falls_through(block) or any(
        isinstance(one, ast.Continue) and one is not without for one in jumps(block)
    )


def jumps(block: Sequence[ast.AST]) -> Iterator[ast.Break | ast.Continue]:
    """The jumps of the loop whose body a block is."""
    for node in block:
        if isinstance(node, ast.Break | ast.Continue):
            yield node
        elif isinstance(node, Loop):
            yield from jumps(node.orelse)
        elif not isinstance(node, Function | ast.ClassDef | ast.expr):
            yield from jumps(list(parts(node)))


def _falls_through(block: Sequence[ast.AST]) -> bool:
    """Whether what follows a block may be reached from its end; True where it is not certain."""
    return all(_is_passed(node) for node in block)


def _is_passed(node: ast.AST) -> bool:
    match node:
        case ast.Return() | ast.Raise() | ast.Break() | ast.Continue():
            return False
        case ast.If():
            return not node.orelse or _falls_through(node.body) or _falls_through(node.orelse)
        case ast.Try():
            tried = _falls_through([*node.body, *node.orelse])
            handled = any(_falls_through(one.body) for one in node.handlers)
            return _falls_through(node.finalbody) and (tried or handled)
    return True


def is_endless(loop: ast.For | ast.AsyncFor | ast.While, without: ast.AST) -> bool:
    """Whether no statement leaves a `while True`, or waits in it, besides one of its jumps."""
    if not isinstance(loop, ast.While) or not (isinstance(loop.test, ast.Constant) and loop.test.value):
        return False
    ways = ast.Return | ast.Raise | ast.Yield | ast.YieldFrom | ast.Await | ast.AsyncFor | ast.AsyncWith
    return not has_break(loop, without) and not any(isinstance(one, ways) for one in ast.walk(loop))


def has_break(loop: ast.For | ast.AsyncFor | ast.While, without: ast.AST) -> bool:
    """Whether a loop has a `break` besides one of its jumps."""
    return any(isinstance(one, ast.Break) and one is not without for one in jumps(loop.body))


def has_read_the_rest(path: Nodes, at: int) -> bool:
    """Whether what is run before a jump, in the same round, has read all that its loop has yet to read.

    `path` leads to the jump, `at` is the index of its loop. A single `next` leaves the rest where it is.
    """
    loop = path[at]
    if not isinstance(loop, ast.For | ast.AsyncFor):
        return False
    read = [one for expression in _run_before(path, at) for one in ast.walk(expression)]
    counted = _counted(loop)
    if counted is not None:
        return any(_is_rest(one, *counted) for one in read)
    is_iterator = isinstance(loop.iter, ast.Name) and _is_iterator(loop.iter.id, path)
    return is_iterator and any(_reads_all(one, loop.iter) for one in read)


def _run_before(path: Nodes, at: int) -> Iterator[ast.AST]:
    """The expressions that are always run in a round before the end of a path."""
    for node, child in zip(path[at:], path[at + 1 :], strict=False):
        for owner in (node, *getattr(node, "cases", ())):
            for block in (getattr(owner, name, None) for name in ("body", "orelse", "finalbody")):
                if isinstance(block, list) and child in block:
                    yield from _simple(block[: block.index(child)])


def _simple(block: Sequence[ast.AST]) -> Iterator[ast.AST]:
    for node in block:
        if isinstance(node, ast.For | ast.AsyncFor):
            yield node.iter
        elif isinstance(node, ast.Expr | ast.Assign | ast.AnnAssign | ast.AugAssign):
            yield node


def _counted(loop: ast.For | ast.AsyncFor) -> tuple[str, str] | None:
    """The index of a loop over what is counted, and what that is; None for other loops."""
    match loop.iter, loop.target:
        case (
            ast.Call(func=ast.Name(id="enumerate"), args=[held, *_]),
            ast.Tuple(elts=[ast.Name(id=index), *_]),
        ):
            return index, ast.dump(held)
        case (
            ast.Call(
                func=ast.Name(id="range"),
                args=[*_, ast.Call(func=ast.Name(id="len"), args=[held])],
            ),
            ast.Name(id=index),
        ):
            return index, ast.dump(held)
    return None


def _is_rest(node: ast.AST, index: str, counted: str) -> bool:
    """Whether a node is what is counted from its index, or from near it, to the end."""
    match node:
        case ast.Subscript(
            value=held,
            slice=ast.Slice(
                lower=ast.Name(id=name) | ast.BinOp(ast.Name(id=name), ast.Add() | ast.Sub(), ast.Constant()),
                upper=None,
                step=None,
            ),
        ):
            return name == index and ast.dump(held) == counted
    return False


def _is_iterator(name: str, path: Nodes) -> bool:
    """Whether a function sets a name to what can be read once, and to nothing else."""
    function = path[function_of(path)]
    values = [one.value for one in ast.walk(function) if isinstance(one, ast.Assign) and _sets(one, name)]
    return len(values) == len(binders(function, name)) > 0 and all(map(_gives_iterator, values))


def _sets(node: ast.Assign, name: str) -> bool:
    return any(isinstance(one, ast.Name) and one.id == name for one in node.targets)


def _gives_iterator(value: ast.AST) -> bool:
    match value:
        case ast.Call(func=ast.Name(id=name)):
            return name in ITERATORS
    return isinstance(value, ast.GeneratorExp)


def _reads_all(node: ast.AST, iterator: ast.AST) -> bool:
    """Whether a node hands an iterator to what reads it to its end."""
    same = ast.dump(iterator)
    match node:
        case ast.Call(func=ast.Name(id=name)):
            known = name in CONSUMERS
        case ast.Call(func=ast.Attribute(attr=name)):
            known = name in METHODS
        case ast.Starred(value=value):
            return ast.dump(value) == same
        case _:
            return False
    return known and any(ast.dump(one) == same for one in node.args)
