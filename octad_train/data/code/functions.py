"""The functions of a file, as whole-line units, with docstrings cut to what a model can see."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

from octad_train.data.code.python_lexer import count

MIN_ITEMS = 12
MAX_ITEMS = 400
MAX_LINE = 240
#: Words of a docstring that stay; the lines after them are emptied, so that line numbers hold.
DOCSTRING_WORDS = 48

_Function = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True, slots=True)
class Function:
    """A function or method with its decorators: lines `first_line` to `last_line` of its file."""

    first_line: int
    last_line: int
    text: str


def functions(text: str) -> list[Function]:
    """The outermost functions and methods of a file with 12 to 400 items; [] if it does not parse.

    Left out: stubs (nothing but a docstring, `pass`, `...` or `raise NotImplementedError`), overloads,
    and functions that share a line with other code.
    """
    lines = text.split("\n")
    found = []
    for node in _outermost(_body(text) or []):
        if _is_stub(node):
            continue
        function = _cut(node, lines)
        if function is not None:
            found.append(function)
    return found


def function_lines(text: str) -> set[int] | None:
    """Numbers of the lines that functions of any size take up; None if the text does not parse."""
    body = _body(text)
    if body is None:
        return None
    return {line for node in _outermost(body) for line in range(_first(node), (node.end_lineno or 0) + 1)}


def _body(text: str) -> list[ast.stmt] | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _first(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """The line of the first decorator, or of `def`."""
    return min([node.lineno, *(item.lineno for item in node.decorator_list)])


def _outermost(body: list[ast.stmt]) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in body:
        if isinstance(node, _Function):
            yield node
            continue
        for field in ("body", "orelse", "finalbody"):
            yield from _outermost(getattr(node, field, []))
        for handler in getattr(node, "handlers", []):
            yield from _outermost(handler.body)


def _is_stub(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    if any("overload" in ast.unparse(item) for item in node.decorator_list):
        return True
    body = node.body[1:] if ast.get_docstring(node, clean=False) is not None else node.body
    return all(
        isinstance(item, ast.Pass)
        or (isinstance(item, ast.Expr) and isinstance(item.value, ast.Constant))
        or (isinstance(item, ast.Raise) and item.exc is not None and "NotImplemented" in ast.dump(item.exc))
        for item in body
    )


def _cut(node: ast.FunctionDef | ast.AsyncFunctionDef, lines: list[str]) -> Function | None:
    first = _first(node)
    last = node.end_lineno or node.lineno
    own = lines[first - 1 : last]
    tail = own[-1].encode()[node.end_col_offset or 0 :].strip()
    if lines[node.lineno - 1][: node.col_offset].strip() or (tail and not tail.startswith(b"#")):
        return None
    _shorten_docstring(node, own, first)
    text = "\n".join(own)
    if max(map(len, own)) > MAX_LINE or not MIN_ITEMS <= count(text) <= MAX_ITEMS:
        return None
    return Function(first, last, text)


def _shorten_docstring(node: ast.FunctionDef | ast.AsyncFunctionDef, own: list[str], first: int) -> None:
    if ast.get_docstring(node, clean=False) is None:
        return
    statement = node.body[0]
    start, end = statement.lineno - first, (statement.end_lineno or statement.lineno) - first
    words = 0
    for index in range(start, end):
        if words >= DOCSTRING_WORDS and not own[index].rstrip().endswith("\\"):
            own[index] = ""
        words += len(own[index].split())
    if end > start and words >= DOCSTRING_WORDS and own[end].strip() not in ('"""', "'''"):
        quotes = own[end].rstrip()[-3:]
        if quotes in ('"""', "'''") and own[end].split(quotes)[0] == own[end].rstrip()[:-3]:
            indent = own[end][: len(own[end]) - len(own[end].lstrip())]
            own[end] = indent + quotes
