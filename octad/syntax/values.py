"""What values are known to be text, as far as one file tells."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable

from octad.syntax.program import Function, Nodes, binders, own_nodes, parameters

MAKERS = frozenset({"str", "repr", "ascii", "chr", "hex", "bin", "oct", "format", "bytes"})
"""Functions of Python that give text."""
METHODS = frozenset(
    {"join", "format", "strip", "lstrip", "rstrip", "lower", "upper", "title", "replace", "ljust", "rjust"}
    | {"center", "zfill", "capitalize", "expandtabs", "encode", "decode"}
)
"""Methods of text that give text."""
TYPES = frozenset({"str", "bytes"})


def is_text(node: ast.AST, path: Nodes = ()) -> bool:
    """Whether a value is text in a program that runs; `path` leads to it, and names are looked up there."""
    match node:
        case ast.JoinedStr() | ast.Constant(value=str() | bytes()):
            return True
        case ast.BinOp(op=ast.Add() | ast.Mult()):
            return is_text(node.left, path) or is_text(node.right, path)
        case ast.BinOp(op=ast.Mod()):
            return is_text(node.left, path)
        case ast.IfExp():
            return is_text(node.body, path) and is_text(node.orelse, path)
        case ast.Call(func=ast.Name(id=name)):
            return name in MAKERS
        case ast.Call(func=ast.Attribute(value=owner, attr=name)):
            return name in METHODS and is_text(owner, path)
        case ast.Name():
            return _is_text_name(node.id, path)
        case ast.Attribute(value=ast.Name(id="self" | "cls")):
            return _is_text_field(node.attr, path)
    return False


def is_added_to_text(path: Nodes) -> bool:
    """Whether what the end of a path gives is added to text, so that it must be text itself."""
    for at in range(len(path) - 2, 0, -1):
        match path[at]:
            case ast.BinOp(op=ast.Add()) as whole:
                other = whole.left if whole.right is path[at + 1] else whole.right
            case ast.AugAssign(op=ast.Add()) as update:
                other = update.target
            case _:
                return False
        if is_text(other, path):
            return True
    return False


def _is_text_name(name: str, path: Nodes) -> bool:
    """Whether the innermost scope that sets a name sets it to text alone."""
    for scope in reversed(path):
        if not isinstance(scope, Function | ast.Module):
            continue
        parameter = parameters(scope).get(name)
        stores = binders(scope, name)
        if parameter is not None or stores:
            fits = parameter is None or _is_text_type(parameter.annotation)
            named = _named(name)
            return fits and _are_text(own_nodes(scope), named, len(stores), given=parameter is not None)
    return False


def _named(name: str) -> Callable[[ast.AST], bool]:
    return lambda node: isinstance(node, ast.Name) and node.id == name


def _is_text_field(name: str, path: Nodes) -> bool:
    """Whether a class sets a field to text alone, in its methods and its body."""
    owner = next(
        (one for one in reversed(path) if isinstance(one, ast.ClassDef)), path[1] if path[1:] else None
    )
    if owner is None:
        return False
    body = [one for one in own_nodes(owner) if isinstance(owner, ast.ClassDef)]
    nodes = [*ast.walk(owner)]

    def is_it(node: ast.AST) -> bool:
        match node:
            case ast.Attribute(value=ast.Name(id="self" | "cls"), attr=attribute):
                return attribute == name
            case ast.Name(id=word):
                return word == name and any(node is one for one in body)
        return False

    stores = sum(is_it(one) and isinstance(getattr(one, "ctx", None), ast.Store) for one in nodes)
    return _are_text(nodes, is_it, stores)


def _are_text(
    nodes: Iterable[ast.AST], is_it: Callable[[ast.AST], bool], stores: int, *, given: bool = False
) -> bool:
    """Whether all stores of something among nodes are of text, and there is one, or it is given as text."""
    texts = kept = 0
    for node in nodes:
        match node:
            case ast.Assign():
                texts += sum(map(is_it, node.targets)) if is_text(node.value) else 0
            case ast.AnnAssign():
                known = _is_text_type(node.annotation) or (node.value is not None and is_text(node.value))
                texts += known and is_it(node.target)
            case ast.AugAssign(op=ast.Add() | ast.Mult() | ast.Mod()):
                kept += is_it(node.target)
    return texts + kept == stores and (given or texts > 0)


def _is_text_type(annotation: ast.AST | None) -> bool:
    match annotation:
        case ast.Name(id=name) | ast.Constant(value=name):
            return name in TYPES
    return False
