"""Functions whose code a change touched while their docstring stayed: each is asked whether it still fits."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from typing import Any, NamedTuple, get_args

from octad.budget import current
from octad.claims.tree import Tree
from octad.records.code import Code
from octad.records.report import Anchor
from octad.records.text import Text
from octad.syntax.python_source import problem_of

Function = ast.FunctionDef | ast.AsyncFunctionDef
_BLOCKS = (ast.stmt, ast.ExceptHandler, ast.match_case)
"""What statements stand in."""


class _Documented(NamedTuple):
    """A function with a docstring: what that says and where, and its code without it."""

    text: str
    place: Anchor
    code: Code
    shape: str


def documented_changes(before: Tree, after: Tree) -> Iterator[dict[str, Any]]:
    """The fields of a case for each docstring that is as it was over code that is not."""
    for path, code in after.code.items():
        was = before.code.get(path)
        if code.language != "python" or was is None or was.text == code.text or current().spent():
            continue
        old = _documented(was)
        for name, now in _documented(code).items():
            then = old.get(name)
            if then is not None and then.text == now.text and then.shape != now.shape:
                yield {
                    "text": Text(text=now.text),
                    "before": then.code,
                    "after": now.code,
                    "place": now.place,
                }


def _documented(code: Code) -> dict[str, _Documented]:
    """The functions of a file that have a docstring, by their dotted names; of several the last."""
    if problem_of(code.text):
        return {}
    lines = code.text.split("\n")
    return {name: _of(node, code.path, lines) for name, node in _functions(ast.parse(code.text))}


def _functions(tree: ast.AST) -> Iterator[tuple[str, Function]]:
    """Functions with a docstring and more than that, by their dotted names; no depth is too deep."""
    waiting: list[tuple[ast.AST, str]] = [(tree, "")]
    while waiting:
        node, outer = waiting.pop()
        if isinstance(node, Function) and ast.get_docstring(node, clean=False) and len(node.body) > 1:
            yield f"{outer}{node.name}", node
        named = isinstance(node, (*get_args(Function), ast.ClassDef))
        inner = f"{outer}{getattr(node, 'name', '')}." if named else outer
        waiting += [(child, inner) for child in ast.iter_child_nodes(node) if isinstance(child, _BLOCKS)]


def _of(node: Function, path: str, lines: list[str]) -> _Documented:
    said = node.body[0]
    end = said.end_lineno or said.lineno
    code = [*lines[node.lineno - 1 : said.lineno - 1], *lines[end : node.end_lineno]]
    first = lines[said.lineno - 1]
    begin = 1 + len(first) - len(first.lstrip())
    return _Documented(
        text=inspect.cleandoc(ast.get_docstring(node, clean=False) or ""),
        place=Anchor(
            path=path, line=said.lineno, column=begin, end_line=said.lineno, end_column=1 + len(first)
        ),
        code=Code(path=path, text="\n".join(code), first_line=node.lineno, language="python"),
        shape=_shape(node),
    )


def _shape(node: Function) -> str:
    """What of a function is no layout, comment or docstring; nothing where it is nested too deep to say."""
    parts = [node.args, *node.decorator_list, *node.body[1:], *([node.returns] if node.returns else [])]
    try:
        return "\n".join(map(ast.dump, parts))
    except RecursionError:
        return ""
