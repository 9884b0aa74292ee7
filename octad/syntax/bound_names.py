"""Names that the statements of a Python file bind, and attributes that they assign."""

from __future__ import annotations

import ast
from collections.abc import Iterator

Function = ast.FunctionDef | ast.AsyncFunctionDef


def attributes(tree: ast.AST, owners: tuple[str, ...] = ()) -> Iterator[tuple[str, ast.stmt]]:
    """Every attribute that a statement assigns, through one of the names or through anything."""
    waiting: list[tuple[ast.AST, ast.stmt | None]] = [(tree, None)]
    while waiting:
        node, statement = waiting.pop()
        statement = node if isinstance(node, ast.stmt) else statement
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and statement is not None:
            by_name = isinstance(node.value, ast.Name) and node.value.id in owners
            if by_name or not owners:
                yield node.attr, statement
        waiting += [(child, statement) for child in reversed(list(ast.iter_child_nodes(node)))]


def bound(body: list[ast.stmt]) -> Iterator[tuple[str, ast.stmt]]:
    """The names that statements bind in their own scope, those inside `if`, `try`, `for` and `with` too."""
    waiting: list[ast.AST] = list(reversed(body))
    while waiting:
        node = waiting.pop()
        if isinstance(node, Function | ast.ClassDef):
            yield node.name, node
            continue
        if isinstance(node, ast.Import | ast.ImportFrom):
            for alias in node.names:
                yield (alias.asname or alias.name).partition(".")[0], node
            continue
        if isinstance(node, ast.stmt):
            for target in _targets(node):
                yield target, node
        waiting += [
            child
            for child in reversed(list(ast.iter_child_nodes(node)))
            if isinstance(child, ast.stmt | ast.ExceptHandler | ast.match_case)
        ]


def _targets(node: ast.stmt) -> list[str]:
    """Names that a statement by itself stores."""
    inner = [child for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr | ast.withitem)]
    return [
        name.id
        for child in inner
        for name in ast.walk(child)
        if isinstance(name, ast.Name) and not isinstance(name.ctx, ast.Load)
    ]


def names_of(node: Function | ast.Lambda) -> frozenset[str]:
    """Everything that a function binds, in whatever inner scope: to be safe."""
    found = {arg.arg for arg in ast.walk(node.args) if isinstance(arg, ast.arg)}
    if isinstance(node, ast.Lambda):
        return frozenset(found)
    for inner in (one for part in node.body for one in ast.walk(part)):
        match inner:
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
                found.add(name)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                found.add(name)
            case ast.arg(arg=name) | ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)):
                found.add(name)
            case ast.alias(name=name, asname=other):
                found.add((other or name).partition(".")[0])
    return frozenset(found)
