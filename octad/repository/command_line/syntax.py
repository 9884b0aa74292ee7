"""What the readers of all libraries ask of a syntax tree: texts that are written down, arguments, names."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping

Function = ast.FunctionDef | ast.AsyncFunctionDef
_FLAG = re.compile(r"--?[A-Za-z0-9?@#][\w.:?-]*\Z")


def is_flag(text: str) -> bool:
    """Whether a word is an option: `-v`, `--verbose`, `--no-color`."""
    return _FLAG.match(text) is not None


def last_name(node: ast.expr) -> str:
    """The last name of `a.b.c`, of what is called too; "" for other expressions."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Call(func=func):
            return last_name(func)
    return ""


def first_name(node: ast.expr) -> str:
    """The first name of `a.b.c`, "" where it begins with something else."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def keyword(call: ast.Call, name: str) -> ast.expr | None:
    """The value of a named argument of a call."""
    return next((one.value for one in call.keywords if one.arg == name), None)


def text_of(node: ast.expr | None, constants: Mapping[str, str]) -> str | None:
    """The text that an expression is, where it is written down or is the name of one; None otherwise."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.Name(id=name):
            return constants.get(name)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            parts = text_of(left, constants), text_of(right, constants)
            return None if parts[0] is None or parts[1] is None else parts[0] + parts[1]
        case ast.JoinedStr(values=values):
            texts = [text_of(_inside(one), constants) for one in values]
            return None if None in texts else "".join(one for one in texts if one is not None)
    return None


def _inside(node: ast.expr) -> ast.expr:
    """What a field of an f-string holds, where nothing is done to it."""
    plain = isinstance(node, ast.FormattedValue) and node.conversion == -1 and node.format_spec is None
    return node.value if plain and isinstance(node, ast.FormattedValue) else node


def texts_of(node: ast.expr | None, constants: Mapping[str, str]) -> tuple[str, ...]:
    """The texts of a list or tuple, or of one expression; what is none is left out."""
    items = node.elts if isinstance(node, ast.List | ast.Tuple) else [node]
    return tuple(text for one in items if (text := text_of(one, constants)) is not None)


def constants_of(tree: ast.Module) -> dict[str, str]:
    """The names that stand for one text in the whole of a file."""
    found: dict[str, str] = {}
    twice: set[str] = set()
    for node in tree.body:
        name, value = _assigned(node)
        if not name:
            continue
        if name in found or name in twice:
            twice.add(name)
            found.pop(name, None)
        elif (text := text_of(value, found)) is not None:
            found[name] = text
    return found


def _assigned(node: ast.stmt) -> tuple[str, ast.expr | None]:
    match node:
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            return name, value
        case ast.AnnAssign(target=ast.Name(id=name), value=value):
            return name, value
    return "", None


def is_true(node: ast.expr | None) -> bool:
    """Whether an expression is the word True."""
    return isinstance(node, ast.Constant) and node.value is True
