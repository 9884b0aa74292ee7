"""What can be read off one Python function: its interface, what it raises and gives back, and its words.

A text that does not parse gives words alone.
"""

from __future__ import annotations

import ast
import re
import textwrap
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from octad.syntax.python_source import part_of

WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
MOST = 100_000
"""Characters of a function that are read; a longer one is read by its beginning."""
_NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?![\w.])")
_TEXT = re.compile(r"'([^'\n]{1,60})'|\"([^\"\n]{1,60})\"")
_FIRST = ("self", "cls", "mcs")
KINDS = (
    ast.If,
    ast.For,
    ast.While,
    ast.With,
    ast.Try,
    ast.Raise,
    ast.Return,
    ast.Assert,
    ast.Call,
    ast.Await,
)
"""Sorts of syntax that are counted."""
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Parameter:
    """How a parameter is declared, as it is written; None for no default."""

    annotation: str
    default: str | None
    star: str
    place: int


@dataclass(frozen=True, slots=True)
class FunctionFacts:
    """One function without its docstring.

    `lines` are those with anything on them, stripped, and `at` where they stand, from 0; `head` is the
    signature. `returns` and `raises` count expressions and names as
    they are written; `words` counts identifiers, `counts` the syntax of KINDS, in that order; `shape` is the
    syntax tree as text, equal where only layout and comments differ, `plain` the same without annotations.
    """

    lines: tuple[str, ...]
    at: tuple[int, ...]
    words: Counter[str]
    numbers: frozenset[str]
    texts: frozenset[str]
    comments: tuple[str, ...]
    name: str = ""
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    result: str = ""
    decorators: frozenset[str] = frozenset()
    returns: Counter[str] = field(default_factory=Counter)
    raises: Counter[str] = field(default_factory=Counter)
    counts: tuple[int, ...] = (0,) * len(KINDS)
    yields: int = 0
    is_async: bool = False
    shape: str = ""
    plain: str = ""
    head: str = ""
    body: str = ""


@lru_cache(maxsize=256)
def function_facts(source: str) -> FunctionFacts:
    """The facts of the source of one function, a docstring in it left out."""
    text = textwrap.dedent(source[:MOST])
    tree = part_of(text)
    found = next((n for n in tree.body if isinstance(n, Function)), None) if tree else None
    lines = text.splitlines()
    if found is None:
        return _of_lines(lines)
    body = _without_docstring(found, lines)
    words = _of_lines(lines)
    return FunctionFacts(
        lines=words.lines,
        at=words.at,
        words=words.words,
        numbers=words.numbers,
        texts=words.texts,
        comments=words.comments,
        name=found.name,
        parameters=_parameters(found.args),
        result=_written(found.returns),
        decorators=frozenset(map(_written, found.decorator_list)),
        **_of_body(found, body),
    )


def _of_lines(lines: list[str]) -> FunctionFacts:
    """What a text says without being parsed."""
    kept = [(line.strip(), at) for at, line in enumerate(lines) if line.strip()]
    stripped = tuple(line for line, _ in kept)
    text = "\n".join(lines)
    return FunctionFacts(
        lines=stripped,
        at=tuple(at for _, at in kept),
        words=Counter(WORD.findall(text)),
        numbers=frozenset(_NUMBER.findall(text)),
        texts=frozenset(one or other for one, other in _TEXT.findall(text)),
        comments=tuple(line for line in stripped if line.startswith("#")),
    )


def _without_docstring(function: Function, lines: list[str]) -> list[ast.stmt]:
    """The statements after the docstring; its lines are made blank."""
    first = function.body[0]
    if ast.get_docstring(function, clean=False) is None:
        return function.body
    last = first.end_lineno or first.lineno
    lines[first.lineno - 1 : last] = [""] * (last - first.lineno + 1)
    return function.body[1:]


def _parameters(arguments: ast.arguments) -> dict[str, Parameter]:
    """The parameters by name, the bound first one left out."""
    plain = [*arguments.posonlyargs, *arguments.args]
    defaults: list[ast.expr | None] = [None] * (len(plain) - len(arguments.defaults))
    rows = [(one, default, "") for one, default in zip(plain, [*defaults, *arguments.defaults], strict=True)]
    rows += [(arguments.vararg, None, "*")] if arguments.vararg else []
    rows += [(o, d, "=") for o, d in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)]
    rows += [(arguments.kwarg, None, "**")] if arguments.kwarg else []
    return {
        one.arg: Parameter(_written(one.annotation), _written(default) if default else None, star, place)
        for place, (one, default, star) in enumerate(rows)
        if place or one.arg not in _FIRST
    }


def _of_body(function: Function, body: list[ast.stmt]) -> dict[str, Any]:
    """What the statements do, nested functions left out where only their own results are meant."""
    nodes = [node for statement in body for node in ast.walk(statement)]
    own = list(_own(body))
    sorts = Counter(type(node) for node in nodes)
    shape = _shape(*body)
    return {
        "returns": Counter(_written(n.value) for n in own if isinstance(n, ast.Return)),
        "raises": Counter(_raised(n) for n in own if isinstance(n, ast.Raise)),
        "counts": tuple(sorts[kind] for kind in KINDS),
        "yields": sum(isinstance(n, ast.Yield | ast.YieldFrom) for n in own),
        "head": f"{function.name}({_written_arguments(function.args)})",
        "is_async": isinstance(function, ast.AsyncFunctionDef),
        "body": shape,
        "shape": _shape(function.args) + _written(function.returns) + shape,
        "plain": " ".join(_parameters(function.args)) + shape,
    }


def _shape(*nodes: ast.AST) -> str:
    """Syntax trees as text; "" where they are nested too deep."""
    try:
        return "".join(map(ast.dump, nodes))
    except RecursionError:
        return ""


def _own(body: list[ast.stmt]) -> Iterator[ast.AST]:
    """The nodes of statements, without what is inside functions and classes that they define."""
    waiting: list[ast.AST] = list(body)
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, Function | ast.Lambda | ast.ClassDef):
            waiting.extend(ast.iter_child_nodes(node))


def _raised(node: ast.Raise) -> str:
    """The name of what is raised, its module left out; "" where it is raised again."""
    raised = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
    return _written(raised).rpartition(".")[2]


def _written_arguments(arguments: ast.arguments) -> str:
    """Parameters as source; "" where they are nested too deep."""
    try:
        return ast.unparse(arguments)
    except RecursionError:
        return ""


def _written(node: ast.expr | None) -> str:
    """An expression as source; "" for none and for what is nested too deep."""
    try:
        return ast.unparse(node) if node is not None else ""
    except RecursionError:
        return ""
