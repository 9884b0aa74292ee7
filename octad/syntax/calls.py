"""Whether Python would take the arguments of a call, by the head of what is called."""

from __future__ import annotations

import ast
import textwrap
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from octad.records.code import Code
from octad.records.used_definition import UsedDefinition
from octad.syntax.parsed import part_of_file
from octad.syntax.python_source import module_of, part_of

Function = ast.FunctionDef | ast.AsyncFunctionDef
Place = tuple[int, int]
"""Line of the file, and column after the last character, of the name that is called; both from 1."""


def calls(unit: Code) -> Mapping[Place, ast.Call]:
    """The calls of a unit by where the names of what they call end; none where it cannot be parsed."""
    part = part_of_file(unit.text) if unit.language == "python" else None
    module = module_of(part.file) if part is not None else None
    if part is not None and module is not None:
        first = 1 + part.file.count("\n", 0, part.first)
        last = first + unit.text.rstrip("\n").count("\n")
        return _placed(_by_line(part.file), range(first, last + 1), unit.first_line - first)
    indented = unit.text[:1] in (" ", "\t")
    tree = part_of("if 1:\n" + unit.text if indented else unit.text)
    found = _lines_of(tree) if tree is not None else {}
    return _placed(found, found, unit.first_line - 1 - indented)


def _placed(
    found: Mapping[int, Sequence[ast.Call]], lines: Iterable[int], moved: int
) -> Mapping[Place, ast.Call]:
    """The calls on some lines, with lines counted as many further."""
    return {
        (line + moved, (call.func.end_col_offset or 0) + 1): call
        for line in lines
        for call in found.get(line, ())
    }


@lru_cache(maxsize=8)
def _by_line(file: str) -> Mapping[int, Sequence[ast.Call]]:
    module = module_of(file)
    return _lines_of(module) if module is not None else {}


def _lines_of(tree: ast.AST) -> dict[int, list[ast.Call]]:
    """The calls of a tree by the line on which the name of what they call ends."""
    found: dict[int, list[ast.Call]] = defaultdict(list)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.func.end_lineno is not None:
            found[node.func.end_lineno].append(node)
    return found


def is_refused(definition: UsedDefinition, call: ast.Call) -> bool:
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
def _arguments(definition: UsedDefinition) -> ast.arguments | None:
    """The parameters of a head; None where it is no function's."""
    tree = part_of(textwrap.dedent(definition.code.text).rstrip() + " ...")
    node = tree.body[0] if tree is not None and len(tree.body) == 1 else None
    return node.args if isinstance(node, Function) else None
