"""Docstrings of a file that stayed while the code under them changed, with both versions of it."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from octad.records.code import Code
from octad.records.lines import lines_of
from octad.records.report import Anchor
from octad.records.text import Text
from octad.signals.function_facts import Function
from octad.syntax.python_source import module_of


class Documented(NamedTuple):
    """A function with a docstring: that and where it begins, the function without it, and what it does.

    `shape` is what of the function is no layout, comment or docstring, empty where it is nested too deep.
    """

    text: str
    place: Anchor
    code: Code
    shape: str


def kept_docstrings(before: Code, after: Code) -> Iterator[Mapping[str, Any]]:
    """`text`, `before`, `after` and `place` of each such docstring, in the order of the new file.

    Functions are matched by their dotted names; of a name that a file has twice nothing is said, nor of a
    file that does not parse.
    """
    old, new = documented(before), documented(after)
    for name, one in new.items():
        other = old.get(name)
        if other and other.text == one.text and other.shape != one.shape:
            yield {"text": Text(text=one.text), "before": other.code, "after": one.code, "place": one.place}


def documented(code: Code) -> dict[str, Documented]:
    """The functions of a file that have a docstring, by their dotted names; none where one is not unique."""
    tree = module_of(code.text)
    found: dict[str, Documented] = {}
    seen: set[str] = set()
    twice: set[str] = set()
    lines = lines_of(code.text)
    waiting: list[tuple[ast.AST, str]] = [(tree, "")] if tree else []
    while waiting:
        node, prefix = waiting.pop()
        for child in ast.iter_child_nodes(node):
            own = prefix
            if isinstance(child, Function | ast.ClassDef):
                own = f"{prefix}{child.name}."
            if isinstance(child, Function):
                (twice if own in seen else seen).add(own)
                if (text := ast.get_docstring(child)) is not None:
                    place, without = _place(child, code, lines), _without(child, code, lines)
                    found[own] = Documented(text, place, without, _shape(child))
            waiting.append((child, own))
    kept = {name: one for name, one in found.items() if name not in twice}
    return dict(sorted(kept.items(), key=lambda pair: pair[1].place.line))


def _shape(function: Function) -> str:
    returns = [function.returns] if function.returns else []
    try:
        return "\n".join(
            map(ast.dump, [function.args, *function.decorator_list, *function.body[1:], *returns])
        )
    except RecursionError:
        return ""


def _place(function: Function, code: Code, lines: list[str]) -> Anchor:
    """Where the docstring of a function begins: its first line."""
    first = function.body[0]
    text = lines[first.lineno - 1]
    line = code.first_line + first.lineno - 1
    indent = len(text) - len(text.lstrip())
    return Anchor(path=code.path, line=line, column=indent + 1, end_line=line, end_column=len(text) + 1)


def _without(function: Function, code: Code, lines: list[str]) -> Code:
    """The source of a function without its docstring."""
    first = min([function.lineno, *(one.lineno for one in function.decorator_list)])
    own = function.body[0]
    kept = [*lines[first - 1 : own.lineno - 1], *lines[own.end_lineno or own.lineno : function.end_lineno]]
    return Code(path=code.path, text="\n".join(kept) + "\n", first_line=code.first_line + first - 1)
