"""The syntax tree that a unit stands in, and the nodes around a place of it, for reasoning about Python."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from octad.records.code import Code
from octad.syntax.parsed import part_of_file
from octad.syntax.python_source import module_of, part_of

Nodes = tuple[ast.AST, ...]
"""Nodes around a place, the whole tree first; each but it holds the place in its text."""
Function = ast.FunctionDef | ast.AsyncFunctionDef
Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
Loop = ast.For | ast.AsyncFor | ast.While


class Program(NamedTuple):
    """A tree, and how many lines further than in the file something is in it."""

    tree: ast.Module
    moved: int


def path_to(code: Code, offset: int) -> Nodes:
    """The nodes around a character of a unit; none where Python cannot read it."""
    program = program_of(code)
    if program is None:
        return ()
    start = code.text.rfind("\n", 0, offset) + 1
    line = code.first_line + code.text.count("\n", 0, offset) + program.moved
    place = (line, len(code.text[start:offset].encode()))
    path: list[ast.AST] = [program.tree]
    while (inner := next((one for one in parts(path[-1]) if _covers(one, place)), None)) is not None:
        path.append(inner)
    return tuple(path)


def program_of(code: Code) -> Program | None:
    """The tree of the file where a unit is known to stand in it, else that of the unit alone."""
    if code.language != "python":
        return None
    part = part_of_file(code.text)
    if part is not None and part.file.split("\n", code.first_line - 1)[-1].startswith(code.text):
        module = module_of(part.file)
        if module is not None:
            return Program(module, 0)
    indented = code.text[:1] in (" ", "\t")
    tree = _alone("if 1:\n" + code.text if indented else code.text)
    return Program(tree, 1 - code.first_line + indented) if tree is not None else None


@lru_cache(maxsize=8)
def _alone(text: str) -> ast.Module | None:
    return part_of(text)


def parts(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes right below one that have a place of their own."""
    for child in ast.iter_child_nodes(node):
        if hasattr(child, "lineno"):
            yield child
        else:
            yield from parts(child)


def _covers(node: ast.AST, place: tuple[int, int]) -> bool:
    return start_of(node) <= place < (getattr(node, "end_lineno", 0), getattr(node, "end_col_offset", 0))


def start_of(node: ast.AST) -> tuple[int, int]:
    """Line and column at which a node starts."""
    return getattr(node, "lineno", 0), getattr(node, "col_offset", 0)


def function_of(path: Nodes) -> int:
    """The index in a path of the function whose body is run with the end of the path; 0 where there is none.

    What is run later, or sees the names of a class, is in none.
    """
    for at in range(len(path) - 2, 0, -1):
        node, child = path[at], path[at + 1]
        if isinstance(node, Function) and child in node.body:
            return at
        if isinstance(node, ast.Lambda | ast.GeneratorExp) or (
            isinstance(node, ast.ClassDef) and child in node.body
        ):
            return 0
    return 0


def own_nodes(scope: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a function or module that belong to its own scope, not to one within it."""
    waiting: list[ast.AST] = list(getattr(scope, "body", ()))
    while waiting:
        node = waiting.pop()
        yield node
        waiting += _of_same_scope(node)


def _of_same_scope(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes right below one, without those that see other names."""
    if isinstance(node, ast.Lambda | ast.ClassDef | Function):
        held = () if isinstance(node, ast.ClassDef) else (node.args,)
        yield from getattr(node, "decorator_list", ())
        yield from (one for arguments in held for one in (*arguments.defaults, *arguments.kw_defaults) if one)
    elif isinstance(node, ast.comprehension):
        yield from (node.iter, *node.ifs)
    else:
        yield from ast.iter_child_nodes(node)


def binders(scope: ast.AST, name: str) -> list[ast.AST]:
    """The nodes of a scope that give a name its value, its parameters left out."""
    return [node for node in own_nodes(scope) if _bound_by(node) == name]


def _bound_by(node: ast.AST) -> str | None:
    """The name that a node gives a value."""
    match node:
        case ast.Name(id=name, ctx=ast.Store()):
            return name
        case ast.alias():
            return node.asname or node.name.partition(".")[0]
        case ast.MatchMapping():
            return node.rest
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return node.name
        case ast.ExceptHandler() | ast.MatchAs() | ast.MatchStar():
            return node.name
    return None


def parameters(function: ast.AST) -> dict[str, ast.arg]:
    """The parameters of a function by name."""
    held = function.args if isinstance(function, Function) else None
    if held is None:
        return {}
    stars = (one for one in (held.vararg, held.kwarg) if one is not None)
    return {one.arg: one for one in (*held.posonlyargs, *held.args, *held.kwonlyargs, *stars)}
