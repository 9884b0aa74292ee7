"""How a function of Python treats what it calls: checked for None, closed, caught, under a lock."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import dropwhile
from typing import Literal

Chain = tuple[str, ...]
Kind = Literal["none", "close", "caught", "lock"]
Role = Literal["tested", "needed", "stored", "other"]
_FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
_LOCK = re.compile(r"lock|mutex|semaphore|\bcond(ition)?\b", re.IGNORECASE)
_ENTERS = re.compile(r"\b(closing|aclosing|enter_(async_)?context|addCleanup)$")
_CLOSERS = frozenset({"close", "aclose", "shutdown", "release", "terminate", "disconnect", "stop", "cleanup"})
_TESTS = frozenset({"isinstance", "issubclass", "hasattr", "getattr", "callable", "bool"})
_NEEDS = frozenset(
    {"len", "iter", "next", "list", "tuple", "set", "sorted", "enumerate", "int", "float", "sum"}
)
_MISSING = frozenset({"AttributeError", "TypeError", "Exception", "BaseException", ""})
_EQUAL = ast.Is | ast.IsNot | ast.Eq | ast.NotEq
_BACKWARDS = (
    ast.Assign, ast.AnnAssign, ast.NamedExpr, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp,
)  # fmt: skip
_ENDS = ast.Return | ast.Raise | ast.With | ast.Try | ast.If | ast.While | ast.Match


def chain_of(node: ast.AST) -> Chain:
    """`a.b.c` as its names, `super().m` with `super()` first; empty for any other expression."""
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    match node:
        case ast.Name(id=first):
            return (first, *reversed(names))
        case ast.Call(func=ast.Name(id="super")):
            return ("super()", *reversed(names))
    return ()


class Body:
    """Statements of a function, or of the top of a file, in the order in which they are evaluated."""

    def __init__(self, statements: list[ast.stmt], *, into_functions: bool) -> None:
        self.nodes: list[ast.AST] = []
        self._above: dict[ast.AST, ast.AST] = {}
        self._place: dict[ast.AST, int] = {}
        self._events: dict[Chain, list[tuple[int, Role]]] = defaultdict(list)
        waiting: list[ast.AST] = list(reversed(statements))
        while waiting:
            node = waiting.pop()
            self._place[node] = len(self.nodes)
            self.nodes.append(node)
            if into_functions or not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                inner = list(ast.iter_child_nodes(node))
                self._above.update(dict.fromkeys(inner, node))
                waiting += inner if isinstance(node, _BACKWARDS) else reversed(inner)
        for node in self.nodes:
            if isinstance(node, ast.Name | ast.Attribute) and (chain := chain_of(node)):
                self._events[chain].append((self._place[node], self._role(node)))

    def of_call(self, node: ast.Call) -> Mapping[Kind, bool]:
        """Whether the care of each kind is taken of a call; what cannot be told is left out."""
        found: dict[Kind, bool | None] = {
            "none": self._checked(node),
            "close": self._closed(node),
            "caught": bool(self._caught(node)),
            "lock": self._locked(node),
        }
        return {kind: done for kind, done in found.items() if done is not None}

    def _role(self, node: ast.AST) -> Role:
        """What the value of an expression is there for: a test, or something that None would break."""
        if isinstance(getattr(node, "ctx", None), ast.Store | ast.Del):
            return "stored"
        around = self._above.get(node)
        match around:
            case ast.Await() | ast.NamedExpr():
                return self._role(around)
            case ast.BoolOp(values=values):
                return "tested" if node is not values[-1] else self._role(around)
            case ast.UnaryOp(op=ast.Not()) | ast.Match() | ast.Assert():
                return "tested"
            case ast.If(test=test) | ast.While(test=test) | ast.IfExp(test=test) if test is node:
                return "tested"
            case ast.Compare(ops=ops):
                return "tested" if all(isinstance(op, _EQUAL) for op in ops) else "other"
            case ast.comprehension(iter=over):
                return "needed" if over is node else "tested"
            case ast.Call(func=func) if func is not node:
                name = func.id if isinstance(func, ast.Name) else ""
                return "tested" if name in _TESTS else "needed" if name in _NEEDS else "other"
            case ast.Assign(targets=[ast.Tuple() | ast.List()]) | ast.Attribute() | ast.Starred():
                return "needed"
            case ast.BinOp() | ast.Call():
                return "needed"
            case ast.Subscript(value=value) | ast.For(iter=value) | ast.AsyncFor(iter=value) if value is node:
                return "needed"
        return "other"

    def _checked(self, node: ast.AST) -> bool | None:
        """Whether a value is tested before something that None would break; None where neither happens."""
        role = self._role(node)
        if role == "other" and (name := self._bound(node)):
            later = (what for at, what in self._events[name] if at > self._place[node])
            after = list(dropwhile(lambda what: what != "stored", later))[1:]
            role = next((what for what in after if what != "other"), "other")
        if role == "needed" and self._caught(node) & _MISSING:
            role = "tested"
        return role == "tested" if role in ("tested", "needed") else None

    def _closed(self, node: ast.AST) -> bool | None:
        """Whether what a call opens is closed here; None where it is handed on, so that another may."""
        around = self._above.get(node)
        if isinstance(around, ast.Await):
            around = self._above.get(around)
        if isinstance(around, ast.Call) and _ENTERS.search(".".join(chain_of(around.func))):
            return True
        if isinstance(around, ast.withitem):
            return True
        name = self._bound(node)
        if len(name) != 1:
            return None
        if any(len(chain) == 2 and chain[:1] == name and chain[1] in _CLOSERS for chain in self._events):
            return True
        loads = [n for n in self.nodes if isinstance(n, ast.Name) and n.id == name[0]]
        kept = [n for n in loads if not isinstance(self._above.get(n), ast.Attribute | ast.Subscript)]
        return None if any(isinstance(n.ctx, ast.Load) for n in kept) else False

    def _caught(self, node: ast.AST) -> frozenset[str]:
        """Names of the exceptions that are caught around a node, "" for all of them."""
        kinds: list[ast.expr | None] = []
        for one in self._blocks(node):
            if isinstance(one, ast.Try | ast.TryStar):
                kinds += [each.type for each in one.handlers]
            elif isinstance(one, ast.With):
                calls = [item.context_expr for item in one.items if isinstance(item.context_expr, ast.Call)]
                kinds += [
                    arg for call in calls if chain_of(call.func)[-1:] == ("suppress",) for arg in call.args
                ]
        singles = [one for kind in kinds for one in (kind.elts if isinstance(kind, ast.Tuple) else [kind])]
        return frozenset("" if one is None else (chain_of(one) or ("",))[-1] for one in singles)

    def _locked(self, node: ast.AST) -> bool:
        """Whether a `with` around a node holds something called a lock."""
        blocks = [one for one in self._blocks(node) if isinstance(one, ast.With | ast.AsyncWith)]
        return any(_LOCK.search(ast.unparse(item.context_expr)) for one in blocks for item in one.items)

    def _blocks(self, node: ast.AST) -> Iterator[ast.AST]:
        """The `try` and `with` of the same function in whose bodies a node stands."""
        around = self._above.get(node)
        while around is not None and not isinstance(around, _FUNCTION):
            is_block = isinstance(around, ast.Try | ast.TryStar | ast.With | ast.AsyncWith)
            if is_block and node in getattr(around, "body", ()):
                yield around
            node, around = around, self._above.get(around)

    def _bound(self, node: ast.AST) -> Chain:
        """The name or attribute that a value is given to, awaited or not."""
        around = self._above.get(node)
        if isinstance(around, ast.Await):
            around = self._above.get(around)
        match around:
            case ast.Assign(targets=[target]) | ast.AnnAssign(target=target) | ast.NamedExpr(target=target):
                return chain_of(target)
        return ()


def may_be_none(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether a function returns a value on some ways and None on others."""
    values, waiting = [], list[ast.AST](node.body)
    while waiting:
        inner = waiting.pop()
        if isinstance(inner, ast.Yield | ast.YieldFrom):
            return False
        if isinstance(inner, ast.Return):
            is_none = isinstance(inner.value, ast.Constant) and inner.value.value is None
            values.append(inner.value is not None and not is_none)
        if not isinstance(inner, _FUNCTION | ast.ClassDef):
            waiting += ast.iter_child_nodes(inner)
    return any(values) and not (all(values) and isinstance(node.body[-1], _ENDS))
