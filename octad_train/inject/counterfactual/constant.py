"""Counterfactuals of two constants of a module: their names are exchanged, in a file that uses one of them.

Each is assigned a literal once; the values are of different kinds: a number, a string, bytes, or a tuple,
list, set or dictionary. Both names are of capitals, or neither is. Around a use the kind must matter, by
these rules:

* compared by order, or with `==`, `!=` to a literal; computed with;
* tested by `in`, iterated, unpacked with `*` or `**`, subscripted, or the bound of a slice;
* asked for a method that only some kinds have;
* handed to a function of `TAKES`, such as `range`, `len`, `sleep`, `open` or `re.compile`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

import numpy as np

from octad_train.inject.counterfactual.pair import Counterfactual, renamed
from octad_train.inject.counterfactual.source import Source

NUMBER, STRING, BYTES, MANY = "number", "string", "bytes", "many"
_METHODS = {
    NUMBER: frozenset(dir(int)) | frozenset(dir(float)),
    STRING: frozenset(dir(str)),
    BYTES: frozenset(dir(bytes)),
    MANY: frozenset().union(*map(dir, (tuple, list, set, dict))),
}
_TAKERS = {
    (NUMBER,): "range sleep wait timedelta round chr settimeout isfinite sqrt log exp min max read recv "
    "to_bytes urandom randint seek truncate ljust rjust center",
    (
        STRING,
        BYTES,
    ): "open getenv getLogger import_module compile match search fullmatch findall finditer sub "
    "split rsplit strptime strftime unpack pack calcsize strip lstrip rstrip replace encode decode partition",
    (STRING, BYTES, MANY): "len startswith endswith",
    (MANY,): "sorted set list tuple dict frozenset any all enumerate zip chain product isinstance issubclass "
    "choice update extend",
}
TAKES = {word: frozenset(kinds) for kinds, words in _TAKERS.items() for word in words.split()}
"""Functions by the last word of their name, and the kinds that their positional arguments may be."""
_OF_NUMBERS = ast.Sub | ast.Mult | ast.Div | ast.FloorDiv | ast.Pow | ast.LShift | ast.RShift
_ORDER = ast.Lt | ast.LtE | ast.Gt | ast.GtE
_ALL = frozenset([NUMBER, STRING, BYTES, MANY])
_TRIES = 4


def constant_counterfactuals(source: Source, rng: np.random.Generator) -> Iterator[Counterfactual]:
    """Counterfactuals of the constants of a file, in random order."""
    held = {name: kind for name, kind in _constants(source).items() if _known(source, name)}
    names = list(held)
    for index in rng.permutation(len(names)):
        name = names[index]
        others = [w for w in names if held[w] != held[name] and w.isupper() == name.isupper()]
        for number in rng.permutation(len(others))[:_TRIES]:
            other = others[number]
            yield from _counterfactuals(source, rng, (name, other), (held[name], held[other]))


def _counterfactuals(
    source: Source, rng: np.random.Generator, names: tuple[str, str], kinds: tuple[str, str]
) -> Iterator[Counterfactual]:
    name, other = names
    telling = [node for node in source.loads[name] if _tells(source, node, *kinds)]
    for index in rng.permutation(len(telling)):
        node = telling[index]
        unit, use = source.unit(node), source.start(node)
        if unit is None or use < source.start(unit.body[0]) or not source.far(names, unit, use):
            continue
        low, high = source.span(unit)
        places = [[source.start(node) for node in _nodes(source, word)] for word in names]
        here = [place for place in places[0] if low <= place < high]
        there = [place for place in places[0] if not low <= place < high]
        if source.within(other, (low, high)) or not all(map(source.exact, places, names)):
            continue
        defined = renamed(there, name, other) + renamed(places[1], other, name)
        yield Counterfactual("constant", defined, renamed(here, name, other), min(there), use)
        return


def _nodes(source: Source, name: str) -> list[ast.AST]:
    return [*source.bindings[name], *source.loads.get(name, ())]


def _constants(source: Source) -> dict[str, str]:
    """The names that the module assigns a literal, and the kinds of the values."""
    found: dict[str, str] = {}
    for node in source.tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                found |= {name: kind} if (kind := _kind(value)) else {}
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                found |= {name: kind} if (kind := _kind(value)) else {}
    return found


def _known(source: Source, name: str) -> bool:
    """Whether a constant is bound once, by no string looked up, and used."""
    once = len(source.bindings[name]) == 1 and name not in source.quoted
    return once and not name.startswith("__") and len(name) > 1 and bool(source.loads.get(name))


def _kind(value: ast.expr) -> str | None:
    match value:
        case ast.Constant(value=bool()):
            return None
        case ast.Constant(value=int() | float()) | ast.UnaryOp(operand=ast.Constant(value=int() | float())):
            return NUMBER if not isinstance(value, ast.UnaryOp) or isinstance(value.op, ast.USub) else None
        case ast.Constant(value=str()) | ast.JoinedStr():
            return STRING
        case ast.Constant(value=bytes()):
            return BYTES
        case ast.Tuple() | ast.List() | ast.Set() | ast.Dict():
            return MANY
        case ast.BinOp(left=left, right=right):
            return NUMBER if _kind(left) == _kind(right) == NUMBER else None
    return None


def _tells(source: Source, node: ast.Name, right: str, wrong: str) -> bool:
    """Whether the place of a constant takes its kind and not the other."""
    fit = _fitting(source.parent[node], node)
    return right in fit and wrong not in fit


def _fitting(above: ast.AST, node: ast.Name) -> frozenset[str]:
    """The kinds that may stand where `node` does, as far as its parent tells."""
    match above:
        case ast.Compare():
            return _comparable(above, node)
        case ast.BinOp():
            return _computable(above, node)
        case ast.UnaryOp(op=ast.USub()) | ast.Slice():
            return frozenset([NUMBER])
        case ast.For(iter=it) | ast.comprehension(iter=it) if it is node:
            return frozenset([MANY])
        case ast.Starred():
            return frozenset([MANY])
        case ast.keyword(arg=None) | ast.Dict(values=[*_]):
            return frozenset([MANY]) if _unpacked(above, node) else _ALL
        case ast.Subscript(value=value) if value is node:
            return frozenset([STRING, BYTES, MANY])
        case ast.Attribute(attr=name):
            return frozenset(kind for kind, names in _METHODS.items() if name in names)
        case ast.Call(func=function) if node in above.args:
            return _takes(function, above.args.index(node))
    return _ALL


def _unpacked(above: ast.AST, node: ast.Name) -> bool:
    if isinstance(above, ast.Dict):
        return any(key is None and value is node for key, value in zip(above.keys, above.values, strict=True))
    return True


def _takes(function: ast.expr, position: int) -> frozenset[str]:
    """The kinds that a function of `TAKES` may be handed: first for patterns, second for types."""
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    kinds = TAKES.get(name, _ALL)
    if name in ("isinstance", "issubclass"):
        return kinds if position else _ALL
    return _ALL if position and STRING in kinds else kinds


def _comparable(above: ast.Compare, node: ast.Name) -> frozenset[str]:
    """Beside a literal its kind; by order numbers; in `in` what holds others."""
    if len(above.ops) != 1:
        return frozenset([NUMBER]) if all(isinstance(op, _ORDER) for op in above.ops) else _ALL
    other = above.comparators[0] if above.left is node else above.left
    if isinstance(above.ops[0], ast.In | ast.NotIn):
        return frozenset([STRING, BYTES, MANY]) if above.left is not node else _ALL
    kind = _kind(other)
    if kind is None and isinstance(other, ast.Call) and ast.unparse(other.func) == "len":
        kind = NUMBER
    if kind is not None:
        return frozenset([kind])
    return frozenset([NUMBER]) if isinstance(above.ops[0], _ORDER) else _ALL


def _computable(above: ast.BinOp, node: ast.Name) -> frozenset[str]:
    """Beside a literal under `+` its kind; under `-`, `*` and the like a number; before `%` no container."""
    if isinstance(above.op, _OF_NUMBERS):
        return frozenset([NUMBER])
    other = above.right if above.left is node else above.left
    if isinstance(above.op, ast.Add) and (kind := _kind(other)) is not None:
        return frozenset([kind])
    if isinstance(above.op, ast.Mod) and above.left is node:
        return frozenset([STRING, BYTES]) if isinstance(other, ast.Tuple | ast.Dict) else _ALL - {MANY}
    return _ALL
