"""Environment variables that code reads, by the names that are written down in it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import NamedTuple

from octad.records.code import Code
from octad.repository.command_line.syntax import constants_of, keyword, last_name, text_of, texts_of
from octad.syntax.python_source import module_of

_WORDS = ("environ", "getenv", "envvar", "env_prefix", "BaseSettings", "Env(")
_GETTERS = frozenset({"getenv", "get", "pop", "setdefault"})
_NAME = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\Z|[A-Z][A-Z0-9]{2,}\Z")


class Variable(NamedTuple):
    """A variable that code reads, and where."""

    name: str
    path: str
    line: int


def variables_of(code: Code) -> Iterator[Variable]:
    """What a file of Python reads: `os.environ`, `getenv`, `envvar=`, fields of settings of pydantic."""
    if code.language != "python" or not any(word in code.text for word in _WORDS):
        return
    tree = module_of(code.text)
    if tree is None:
        return
    constants = constants_of(tree)
    for node in ast.walk(tree):
        names: tuple[str, ...] = ()
        if isinstance(node, ast.Subscript) and last_name(node.value) == "environ":
            names = texts_of(node.slice, constants)
        elif isinstance(node, ast.Call):
            names = _of_call(node, constants)
        elif isinstance(node, ast.Compare) and any(last_name(one) == "environ" for one in node.comparators):
            names = texts_of(node.left, constants)
        elif isinstance(node, ast.ClassDef):
            names = tuple(_fields(node, constants))
        yield from (Variable(name, code.path, getattr(node, "lineno", 1)) for name in names if name)


def _of_call(call: ast.Call, constants: dict[str, str]) -> tuple[str, ...]:
    """`os.getenv("X")`, `os.environ.get("X")`, and the `envvar` of an option."""
    said = texts_of(keyword(call, "envvar"), constants)
    if last_name(call) not in _GETTERS or not call.args:
        return said
    owner = call.func.value if isinstance(call.func, ast.Attribute) else None
    is_environment = last_name(call) == "getenv" or (owner is not None and last_name(owner) == "environ")
    return said + (texts_of(call.args[0], constants) if is_environment else ())


def _fields(node: ast.ClassDef, constants: dict[str, str]) -> Iterator[str]:
    """The variables of a class of settings: its prefix and the names of its fields, in capitals."""
    if not any("Settings" in last_name(base) for base in node.bases):
        return
    prefix = ""
    for inner in ast.walk(node):
        if isinstance(inner, ast.Call) and (said := keyword(inner, "env_prefix")) is not None:
            prefix = text_of(said, constants) or prefix
        if isinstance(inner, ast.Assign) and last_name(inner.targets[0]) == "env_prefix":
            prefix = text_of(inner.value, constants) or prefix
    for one in node.body:
        if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name):
            yield f"{prefix}{one.target.id}".upper()


def is_variable(word: str) -> bool:
    """Whether a word is written as names of variables are: capitals, with digits and underscores."""
    return _NAME.match(word) is not None
