"""Whether Python would take the arguments of a call, by the head of what is called."""

from __future__ import annotations

import ast
import textwrap
import warnings
from collections.abc import Mapping
from functools import lru_cache

from octad.records.code import Code
from octad.records.defined import Defined

Function = ast.FunctionDef | ast.AsyncFunctionDef
Place = tuple[int, int]
"""Line of the file, and column after the last character, of the name that is called; both from 1."""


def calls(unit: Code) -> Mapping[Place, ast.Call]:
    """The calls of a unit by where the names of what they call end; none where it cannot be parsed."""
    indented = unit.text[:1] in (" ", "\t")
    tree = _parsed("if 1:\n" + unit.text if indented else unit.text)
    first = unit.first_line - 1 - indented
    return {
        (call.func.end_lineno + first, call.func.end_col_offset + 1): call
        for call in (ast.walk(tree) if tree is not None else ())
        if isinstance(call, ast.Call) and call.func.end_lineno and call.func.end_col_offset is not None
    }


def is_refused(definition: Defined, call: ast.Call) -> bool:
    """Whether the call has too many arguments, lacks one, or names one that there is not.

    What cannot be known is not refused: starred arguments, heads that do not parse.
    """
    arguments = _arguments(definition)
    given = {one.arg for one in call.keywords}
    if arguments is None or None in given or any(isinstance(one, ast.Starred) for one in call.args):
        return False
    names = [one.arg for one in (*arguments.posonlyargs, *arguments.args)]
    if names[:1] in (["self"], ["cls"]) and definition.sort in ("method", "class"):
        names = names[1:]
    required = set(names[: len(names) - len(arguments.defaults)]) - set(names[: len(call.args)])
    alone = zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    required |= {one.arg for one, default in alone if default is None}
    known = {*names[len(call.args) :], *(one.arg for one in arguments.kwonlyargs)}
    too_many = len(call.args) > len(names) and arguments.vararg is None
    unknown = not given <= known and arguments.kwarg is None
    return too_many or unknown or not required <= given


@lru_cache(maxsize=4096)
def _arguments(definition: Defined) -> ast.arguments | None:
    """The parameters of a head; None where it is no function's."""
    tree = _parsed(textwrap.dedent(definition.code.text).rstrip() + " ...")
    node = tree.body[0] if tree is not None and len(tree.body) == 1 else None
    return node.args if isinstance(node, Function) else None


def _parsed(text: str) -> ast.Module | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
