"""What Python says: imports with what marks them, functions, classes, and the types that are written down."""

from __future__ import annotations

import re
from collections.abc import Iterator

from octad.records.repo import Mark
from octad.repository.outline import Value, Wanted
from octad.repository.walk import EVERYWHERE, Handler, Walk, call, type_of

FUNCTIONS = frozenset({"function_definition", "lambda"})
_TYPES = frozenset({"TYPE_CHECKING", "typing.TYPE_CHECKING", "t.TYPE_CHECKING"})
_MAIN = re.compile(r"__name__\s*==\s*[\"']__main__[\"']\Z")
_TARGETS = frozenset({"pattern_list", "tuple_pattern"})
_VALUES = frozenset({"expression_list", "tuple"})
_DYNAMIC = {("importlib", ".import_module"), ("import_module",), ("__import__",)}


def function(walk: Walk, node: int) -> None:
    """A function or method, with what it returns."""
    whole = walk.tree.parent[node] if walk.above(node) == "decorated_definition" else -1
    decorators = [walk.written(child) for child in walk.tree.children(whole)][:-1] if whole >= 0 else []
    scope = walk.enter(node, walk.field(node, "name"), "function", whole=whole)
    scope.returns = type_of(walk.field(node, "return_type"))
    scope.is_property = any(text.endswith("property") for text in decorators)


def class_(walk: Walk, node: int) -> None:
    """A class and its bases."""
    whole = walk.tree.parent[node] if walk.above(node) == "decorated_definition" else -1
    bases = walk.tree.child(node, "superclasses")
    scope = walk.enter(node, walk.field(node, "name"), "class", whole=whole)
    for base in walk.inner(bases) if bases >= 0 else ():
        if walk.tree.kind[base] == "subscript":
            base = walk.tree.child(base, "value")
        if chain := walk.chain(base):
            scope.bases.append(chain)


def assignment(walk: Walk, node: int) -> None:
    """A variable, or an attribute of `self`: its type where it is written, else its value."""
    left, right = walk.tree.child(node, "left"), walk.tree.child(node, "right")
    typed = Value(type_of(walk.field(node, "type")), is_instance=True)
    if typed.chain or right < 0:
        _assign(walk, left, typed, node)
        return
    several = walk.tree.kind[left] in _TARGETS and walk.tree.kind[right] in _VALUES
    targets, values = (list(walk.inner(side)) if several else [side] for side in (left, right))
    for target, value in zip(targets, values, strict=False) if len(targets) == len(values) else ():
        _assign(walk, target, Value(walk.chain(value)), node)


def _assign(walk: Walk, target: int, value: Value, node: int) -> None:
    """One name or attribute, by the statement `node`."""
    chain = walk.chain(target)
    if len(chain) == 1:
        walk.bind(chain[0], value, node)
    elif len(chain) == 2 and chain[0] == "self" and (owner := walk.class_scope()) is not None:
        owner.bind(chain[1][1:], value)


def parameter(walk: Walk, node: int) -> None:
    """A parameter with a type."""
    name = walk.field(node, "name") or walk.written(node + 1)
    walk.scope.bind(name, Value(type_of(walk.field(node, "type")), is_instance=True))


def walrus(walk: Walk, node: int) -> None:
    """`name := value`."""
    walk.bind(walk.field(node, "name"), Value(walk.chain(walk.tree.child(node, "value"))), node)


def managed(walk: Walk, node: int) -> None:
    """`with value as name`: most context managers give themselves."""
    target = walk.tree.child(node, "alias")
    value = next(walk.tree.children(node))
    if target >= 0 and len(chain := walk.chain(target + 1)) == 1:
        walk.bind(chain[0], Value(walk.chain(value)), node)


def plain_import(walk: Walk, node: int) -> None:
    """`import a.b, c as d`: `a` and `d` are bound."""
    for child in walk.inner(node):
        if walk.tree.field[child] != "name":
            continue
        name, alias = _named(walk, child)
        wanted = Wanted(name, "", walk.line(node), marks=marks_of(walk, node))
        walk.want(wanted, alias)
        if not alias:
            top = name.partition(".")[0]
            walk.scope.bind(top, Wanted(top, "", wanted.line, marks=wanted.marks))


def from_import(walk: Walk, node: int) -> None:
    """`from ..a import b as c, d`."""
    module = walk.field(node, "module_name").replace(" ", "")
    name = module.lstrip(".")
    marks = marks_of(walk, node)
    for child in walk.inner(node):
        if walk.tree.field[child] == "name":
            member, alias = _named(walk, child)
            wanted = Wanted(name, member, walk.line(node), len(module) - len(name), marks)
            walk.want(wanted, alias or member)
        elif walk.tree.kind[child] == "wildcard_import":
            walk.want(Wanted(name, "*", walk.line(node), len(module) - len(name), (*marks, "star")))


def calling(walk: Walk, node: int) -> None:
    """A call, which may be an import of a name that is known, or not, before it runs."""
    call(walk, node)
    arguments = walk.tree.child(node, "arguments")
    if arguments < 0 or walk.chain(node)[:-1] not in _DYNAMIC:
        return
    first = next(walk.inner(arguments), -1)
    written = walk.written(first)
    name = written.strip("\"'")
    marks: tuple[Mark, ...] = (*marks_of(walk, node), "dynamic")
    if first >= 0 and walk.tree.kind[first] == "string" and name.replace(".", "").isidentifier():
        bare = name.lstrip(".")
        walk.want(Wanted(bare, "", walk.line(node), len(name) - len(bare), marks))
    else:
        walk.want(Wanted(" ".join(written.split())[:80], "", walk.line(node), -1, marks))


def marks_of(walk: Walk, node: int) -> tuple[Mark, ...]:
    """What is special about a statement, by the blocks around it."""
    return tuple(dict.fromkeys(_marks(walk, node)))


def _marks(walk: Walk, node: int) -> Iterator[Mark]:
    for outer, inner in walk.around(node):
        kind = walk.tree.kind[outer]
        if kind in FUNCTIONS:
            yield "lazy"
            return
        if kind == "if_statement":
            is_met = walk.tree.field[inner] == "consequence"
            condition = walk.field(outer, "condition") if is_met else ""
            yield (
                "type-checking"
                if condition in _TYPES
                else "lazy"
                if _MAIN.match(condition)
                else "conditional"
            )
        elif kind == "try_statement":
            yield "conditional"


def _named(walk: Walk, node: int) -> tuple[str, str]:
    """A dotted name, and what it is called here if that is another name."""
    if walk.tree.kind[node] == "aliased_import":
        return walk.field(node, "name").replace(" ", ""), walk.field(node, "alias")
    return walk.written(node).replace(" ", ""), ""


HANDLERS: dict[str, Handler] = {
    **EVERYWHERE,
    "function_definition": function,
    "class_definition": class_,
    "assignment": assignment,
    "typed_parameter": parameter,
    "typed_default_parameter": parameter,
    "named_expression": walrus,
    "as_pattern": managed,
    "import_statement": plain_import,
    "import_from_statement": from_import,
    "call": calling,
}
