"""A function of a file with all its calls, where each of them is known and fits.

The functions are those of the module, those called through `self`, `cls` or their class, and classes, called
for their `__init__`. One that is handed on as a value, inherited, overridden or called through another
object is left out: a change of it could not be followed.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from octad_train.inject.counterfactual.source import Function, Source, owned

PLAIN = frozenset({"staticmethod", "classmethod"})
PLAIN_BASES = frozenset({"object", "ABC", "abc.ABC"})
_MADE_ELSEWHERE = re.compile(r"\bcls\(|\btype\(self\)|__class__|\bklass\(")


@dataclass(frozen=True, slots=True)
class Signature:
    """A definition, the name it is called by, all its calls, and its parameters without `self`."""

    name: str
    function: Function
    calls: tuple[ast.Call, ...]
    positional: tuple[ast.arg, ...]
    required: int

    def argument(self, call: ast.Call, parameter: ast.arg) -> ast.expr | ast.keyword | None:
        """What a call hands to a parameter."""
        index = self.positional.index(parameter) if parameter in self.positional else len(call.args)
        if index < len(call.args):
            return call.args[index]
        return next((word for word in call.keywords if word.arg == parameter.arg), None)


def signature_of(source: Source, function: Function) -> Signature | None:
    """The definition with its calls, if they are all there and all understood."""
    arguments, decorators = function.args, {ast.unparse(node) for node in function.decorator_list}
    if arguments.vararg or arguments.kwarg or arguments.posonlyargs or not decorators <= PLAIN:
        return None
    owner, top = source.around(function), source.parent[function] is source.tree
    if not top and (owner is None or source.parent[owner] is not source.tree):
        return None
    skip = 0 if owner is None or "staticmethod" in decorators else 1
    positional = tuple(arguments.args[skip:])
    required = len(arguments.args) - len(arguments.defaults) - skip
    name = owner.name if owner and function.name == "__init__" else function.name
    calls = _calls(source, function, owner, name)
    if required < 0 or not calls:
        return None
    signature = Signature(name, function, tuple(calls), positional, required)
    return signature if all(_fits(signature, call) for call in calls) else None


def _calls(
    source: Source, function: Function, owner: ast.ClassDef | None, name: str
) -> list[ast.Call] | None:
    """The calls of a function; None where something else might be done with it."""
    node: ast.AST = function if name == function.name and owner is not None else (owner or function)
    if name.startswith("__") or name in source.quoted or not _once(source, node, owner, name):
        return None
    uses: list[ast.Name] | list[ast.Attribute] = source.loads.get(name, [])
    if owner is not None and name != owner.name:
        uses = source.attributes.get(name, [])
        if not all(owned(use, "self", "cls", owner.name) and _inside(source, use, owner) for use in uses):
            return None
    if owner is not None and name == owner.name:
        uses = [use for use in source.loads.get(name, []) if not _of_a_type(source, use)]
    calls = [source.parent[use] for use in uses]
    if not all(
        isinstance(call, ast.Call) and call.func is use for call, use in zip(calls, uses, strict=True)
    ):
        return None
    return [call for call in calls if isinstance(call, ast.Call)]


def _once(source: Source, node: ast.AST, owner: ast.ClassDef | None, name: str) -> bool:
    """Whether a name is bound once, and a class made by its own `__init__` alone and never inherited."""
    if source.bindings[name] != [node]:
        return False
    if owner is None:
        return True
    if not isinstance(node, ast.ClassDef):
        foreign = not all(ast.unparse(base) in PLAIN_BASES for base in owner.bases)
        stored = any(not isinstance(use.ctx, ast.Load) for use in source.attributes.get(name, ()))
        return not (foreign or owner.keywords or stored)
    inits = [
        n for n in owner.body if isinstance(n, Function) and n.name in ("__init__", "__new__", "__reduce__")
    ]
    inherited = any(name in ast.unparse(base) for other in source.classes for base in other.bases)
    hidden = _MADE_ELSEWHERE.search(source.text, *source.span(owner))
    return not (len(inits) != 1 or owner.decorator_list or owner.keywords or inherited or hidden)


def _inside(source: Source, use: ast.AST, owner: ast.ClassDef) -> bool:
    """Whether `self` at a use is the class: the use stands in a function of the class, in no other class."""
    above: ast.AST | None = source.parent[use]
    while above is not None and not isinstance(above, ast.ClassDef):
        above = source.parent.get(above)
    return above is owner or (isinstance(use, ast.Attribute) and owned(use, owner.name))


def _of_a_type(source: Source, use: ast.Name) -> bool:
    """Whether a class is only named: in an annotation, a test of the type, a handler, for an attribute."""
    node, above = use, source.parent[use]
    if isinstance(above, ast.Attribute):
        return True
    child: ast.AST = node
    while isinstance(above, ast.Tuple | ast.Subscript | ast.BinOp):
        child, above = above, source.parent[above]
    match above:
        case ast.arg() | ast.ExceptHandler():
            return True
        case (
            ast.AnnAssign(annotation=kind)
            | ast.FunctionDef(returns=kind)
            | ast.AsyncFunctionDef(returns=kind)
        ):
            return kind is child
        case ast.Call(func=ast.Name(id="isinstance" | "issubclass")):
            return True
    return False


def _fits(signature: Signature, call: ast.Call) -> bool:
    """Whether a call hands over what is required, nothing unknown and nothing unseen."""
    if any(isinstance(item, ast.Starred) for item in call.args) or len(call.args) > len(signature.positional):
        return False
    known = {
        item.arg for item in (*signature.positional[len(call.args) :], *signature.function.args.kwonlyargs)
    }
    given = {word.arg for word in call.keywords}
    needed = {item.arg for item in signature.positional[len(call.args) : signature.required]}
    return needed <= given <= known and None not in given
