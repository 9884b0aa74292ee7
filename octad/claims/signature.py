"""Functions with a docstring, and how they are called: what their docstring is held against."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from octad.records.report import Anchor, Evidence
from octad.syntax.docstring import Docstring, docstring_of
from octad.syntax.raised import dotted

Function = ast.FunctionDef | ast.AsyncFunctionDef

_PLAIN = (
    "staticmethod classmethod abstractmethod property cached_property override final cache lru_cache "
    "contextmanager asynccontextmanager deprecated coroutine nullcontext total_ordering runtime_checkable"
)
PLAIN = frozenset(_PLAIN.split())
"""Decorators that leave the parameters of a function as they are written."""
_PROPERTIES = frozenset({"property", "cached_property", "setter", "getter", "deleter"})
_MADE = frozenset({"NamedTuple", "TypedDict", "Enum", "IntEnum", "StrEnum", "Flag", "Protocol", "BaseModel"})
"""Bases of classes that are not made by an `__init__` that is written."""
DEEPEST = 6


class SourceFile(NamedTuple):
    """A file by its path and its lines, cut once for all that is said of it."""

    path: str
    lines: Sequence[str]

    def place(self, line: int, column: int, length: int) -> Anchor:
        """A piece of one line."""
        return Anchor(path=self.path, line=line, column=column, end_line=line, end_column=column + length)

    def seen(self, line: int) -> tuple[Evidence, ...]:
        """A whole line that contradicts a claim."""
        if not 0 < line <= len(self.lines):
            return ()
        text = self.lines[line - 1]
        return (Evidence(anchor=self.place(line, 1, len(text)), text=text, weight=1.0),)


@dataclass(frozen=True, slots=True)
class Signature:
    """A documented function, or a class that documents how it is made.

    `function` is what is called, `owner` the class around it; `is_sure` says that nothing seen may change
    what it takes.
    """

    doc: Docstring
    function: Function
    owner: ast.ClassDef | None
    is_sure: bool

    @property
    def name(self) -> str:
        """How a message names it."""
        own = self.doc.node.name
        return (
            f"{self.owner.name}.{own}" if self.owner is not None and self.owner is not self.doc.node else own
        )

    @property
    def parameters(self) -> dict[str, ast.arg]:
        """What it takes, without `self` and `cls`, stars included."""
        spec = self.function.args
        plain = [*spec.posonlyargs, *spec.args]
        if plain and self.owner is not None and "staticmethod" not in decorators(self.function):
            plain = plain[1:]
        stars = [one for one in (spec.vararg, spec.kwarg) if one is not None]
        return {one.arg: one for one in (*plain, *spec.kwonlyargs, *stars)}

    @property
    def defaults(self) -> dict[str, ast.expr]:
        """The default of every parameter that has one."""
        spec = self.function.args
        plain = [*spec.posonlyargs, *spec.args]
        found = dict(
            zip((one.arg for one in plain[len(plain) - len(spec.defaults) :]), spec.defaults, strict=True)
        )
        named = zip(spec.kwonlyargs, spec.kw_defaults, strict=True)
        return found | {one.arg: default for one, default in named if default is not None}

    @property
    def takes_any(self) -> bool:
        """Whether it takes names or values that are not written."""
        return self.function.args.vararg is not None or self.function.args.kwarg is not None


def signatures(tree: ast.Module, lines: Sequence[str]) -> Iterator[Signature]:
    """Every documented function of a file, those inside functions left out, and class with an `__init__`."""
    yield from _of_body(tree.body, None, lines, 0)


def decorators(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> list[str]:
    """The last names of the decorators, "" for what has none."""
    called = (one.func if isinstance(one, ast.Call) else one for one in node.decorator_list)
    return [dotted(one).rpartition(".")[2] for one in called]


def _of_body(
    body: Sequence[ast.stmt], owner: ast.ClassDef | None, lines: Sequence[str], depth: int
) -> Iterator[Signature]:
    names = Counter(one.name for one in body if isinstance(one, Function))
    for node in body:
        if isinstance(node, Function):
            doc = docstring_of(node, lines)
            told = set(decorators(node))
            if doc is not None and not told & (_PROPERTIES | {"overload"}):
                yield Signature(doc, node, owner, told <= PLAIN and names[node.name] == 1)
        elif isinstance(node, ast.ClassDef) and depth < DEEPEST:
            doc = docstring_of(node, lines)
            made = [one for one in node.body if isinstance(one, Function) and one.name == "__init__"]
            if doc is not None and len(made) == 1:
                yield Signature(doc, made[0], node, _is_plain(node) and set(decorators(made[0])) <= PLAIN)
            yield from _of_body(node.body, node, lines, depth + 1)
        elif isinstance(node, ast.If | ast.Try) and depth < DEEPEST:
            inner = [*node.body, *node.orelse, *(one for each in _handlers(node) for one in each.body)]
            yield from _of_body(inner, owner, lines, depth + 1)


def _handlers(node: ast.If | ast.Try) -> list[ast.ExceptHandler]:
    return node.handlers if isinstance(node, ast.Try) else []


def _is_plain(node: ast.ClassDef) -> bool:
    """Whether a class is made by the `__init__` that is written in it."""
    bases = {dotted(one).rpartition(".")[2] for one in node.bases}
    own = {one.name for one in node.body if isinstance(one, Function)}
    return not (node.keywords or bases & _MADE or "__new__" in own or set(decorators(node)) - PLAIN)
