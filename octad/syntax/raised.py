"""Which exceptions the functions of a Python file raise by name, in their own bodies and in each other."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

DEFINITIONS = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda
ALL = frozenset({"Exception", "BaseException"})


@dataclass(slots=True)
class Raised:
    """What one function raises: names as written, with the lines of the first `raise` of each.

    `calls` are the functions of the file, by their dotted names, that it calls. `is_open` says that something
    is raised whose class is not written there.
    """

    names: dict[str, int] = field(default_factory=dict)
    calls: set[str] = field(default_factory=set)
    is_open: bool = False


def raised(tree: ast.Module) -> dict[str, Raised]:
    """Every function of a file by its dotted name in it, with what those that it calls raise."""
    found: dict[str, Raised] = {}
    for name, owner, node in functions(tree.body):
        found[name] = _Body(owner).of(node)
    return {name: _with_called(name, found) for name in found}


def functions(
    body: Sequence[ast.stmt], owner: str = ""
) -> Iterator[tuple[str, str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    """Functions and methods, not those inside functions: their dotted name, that of their class, the node."""
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield (f"{owner}.{node.name}" if owner else node.name), owner, node
        elif isinstance(node, ast.ClassDef):
            yield from functions(node.body, f"{owner}.{node.name}" if owner else node.name)
        elif isinstance(node, ast.If | ast.Try | ast.With):
            yield from functions([one for one in _parts(node) if isinstance(one, ast.stmt)], owner)


def dotted(node: ast.expr | None) -> str:
    """The text of a name such as `a.b.C`, "" for any other expression."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else ""


def _with_called(name: str, found: dict[str, Raised]) -> Raised:
    """What a function raises, or lets pass of functions of the same file, each looked at once."""
    known = [name]
    seen = {name}
    names: dict[str, int] = {}
    for one in known:
        for exception, line in found[one].names.items():
            names.setdefault(exception, line)
        called = sorted(found[one].calls & found.keys() - seen)
        seen.update(called)
        known += called
    return Raised(names, found[name].calls, any(found[one].is_open for one in known))


def _parts(node: ast.AST) -> Iterator[ast.AST]:
    """The statements inside a compound one, handlers opened."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ExceptHandler):
            yield from child.body
        else:
            yield child


class _Body:
    """One walk through the body of a function; what stands in functions within it is not run by it."""

    def __init__(self, owner: str) -> None:
        self.owner = owner
        self.found = Raised()

    def of(self, function: ast.FunctionDef | ast.AsyncFunctionDef) -> Raised:
        waiting: list[tuple[ast.AST, frozenset[str], tuple[str, ...]]] = [
            (one, frozenset(), ()) for one in reversed(function.body)
        ]
        while waiting:
            node, caught, handled = waiting.pop()
            if isinstance(node, DEFINITIONS):
                continue
            if isinstance(node, ast.Try):
                inner = caught | {name for one in node.handlers for name in _types(one)}
                waiting += [(one, caught, handled) for one in (*node.orelse, *node.finalbody)]
                for handler in node.handlers:
                    waiting += [(one, caught, _types(handler)) for one in handler.body]
                waiting += [(one, inner, handled) for one in reversed(node.body)]
                continue
            if isinstance(node, ast.Raise):
                self._raise(node, caught, handled)
            elif isinstance(node, ast.Call):
                self._call(node)
            waiting += [(one, caught, handled) for one in ast.iter_child_nodes(node)]
        return self.found

    def _raise(self, node: ast.Raise, caught: frozenset[str], handled: tuple[str, ...]) -> None:
        if node.exc is None:
            names = [name for name in handled if name not in ALL]
            self.found.is_open |= len(names) < max(1, len(handled))
        else:
            target = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
            name = dotted(target)
            is_class = name.rpartition(".")[2][:1].isupper()
            names = [name] if is_class else []
            self.found.is_open |= not is_class
        for name in names:
            if name not in caught and not caught & ALL:
                self.found.names.setdefault(name, node.lineno)

    def _call(self, node: ast.Call) -> None:
        name = dotted(node.func)
        first, _, rest = name.partition(".")
        if first in ("self", "cls") and rest and self.owner:
            self.found.calls.add(f"{self.owner}.{rest}")
        elif name:
            self.found.calls |= {name, f"{name}.__init__"}


def _types(handler: ast.ExceptHandler) -> tuple[str, ...]:
    """What a handler catches, by name; everything where it names nothing."""
    if handler.type is None:
        return ("BaseException",)
    several = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return tuple(name for name in map(dotted, several) if name)
