"""How a function of Python treats what it calls and reads: checked, awaited, closed, caught, locked."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Literal

Chain = tuple[str, ...]
Role = Literal["tested", "needed", "stored", "other"]
_FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
_LOCK = re.compile(r"lock|mutex|semaphore|\bcond(ition)?\b", re.IGNORECASE)
_CLOSERS = frozenset({"close", "aclose", "shutdown", "release", "terminate", "disconnect", "stop", "cleanup"})
_TESTS = frozenset({"isinstance", "issubclass", "hasattr", "getattr", "callable", "bool"})
_NEEDS = frozenset(
    {"len", "iter", "next", "list", "tuple", "set", "sorted", "enumerate", "int", "float", "sum"}
)
_MISSING = frozenset({"AttributeError", "TypeError", "Exception", "BaseException", ""})
_EQUAL = ast.Is | ast.IsNot | ast.Eq | ast.NotEq


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
    """Statements of a function, or of the top of a file, in the order in which they do."""

    def __init__(self, statements: list[ast.stmt], *, into_functions: bool, is_async: bool = False) -> None:
        self._is_async = is_async
        self.nodes: list[ast.AST] = []
        self._above: dict[ast.AST, ast.AST] = {}
        self._place: dict[ast.AST, int] = {}
        self._events: dict[Chain, list[tuple[int, Role]]] = defaultdict(list)
        waiting: list[ast.AST] = list(reversed(statements))
        while waiting:
            node = waiting.pop()
            self._place[node] = len(self.nodes)
            self.nodes.append(node)
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and not into_functions:
                continue
            inner = list(_in_order(node))
            self._above.update(dict.fromkeys(inner, node))
            waiting += reversed(inner)
        for node in self.nodes:
            if isinstance(node, ast.Name | ast.Attribute) and (chain := chain_of(node)):
                self._events[chain].append((self._place[node], self.role(node)))

    def above(self, node: ast.AST) -> ast.AST | None:
        """The node around another one; None for a statement of the body itself."""
        return self._above.get(node)

    def statement(self, node: ast.AST) -> tuple[int, int]:
        """First and last line of the statement around a node; of one with a body inside, its head."""
        around: ast.AST | None = node
        inside = node
        while around is not None and not isinstance(around, ast.stmt | ast.ExceptHandler):
            inside = around if isinstance(around, ast.expr) else inside
            around = self.above(around)
        known = around if around is not None and not hasattr(around, "body") else inside
        first = getattr(known, "lineno", 1)
        return first, getattr(known, "end_lineno", None) or first

    def role(self, node: ast.AST) -> Role:
        """What the value of an expression is there for: a test, or something that None would break."""
        if isinstance(getattr(node, "ctx", None), ast.Store | ast.Del):
            return "stored"
        around = self.above(node)
        match around:
            case ast.Await() | ast.NamedExpr():
                return self.role(around)
            case ast.BoolOp(values=values):
                return "tested" if node is not values[-1] else self.role(around)
            case ast.UnaryOp(op=ast.Not()) | ast.Match() | ast.Assert():
                return "tested"
            case ast.If(test=test) | ast.While(test=test) | ast.IfExp(test=test) if test is node:
                return "tested"
            case ast.Compare(ops=ops):
                return "tested" if all(isinstance(op, _EQUAL) for op in ops) else "other"
            case ast.comprehension(iter=over):
                return "needed" if over is node else "tested"
            case ast.Call(func=func):
                return _passed(node, func)
            case (
                ast.Assign(targets=[ast.Tuple() | ast.List()]) | ast.Attribute() | ast.Starred() | ast.BinOp()
            ):
                return "needed"
            case ast.Subscript(value=value) | ast.For(iter=value) | ast.AsyncFor(iter=value) if value is node:
                return "needed"
        return "other"

    def check(self, node: ast.AST) -> str | None:
        """Whether a value is tested before something that None would break; None where neither happens."""
        role = self.role(node)
        if role == "other" and (name := self._bound(node)):
            role = self._first_role(name, self._place[node])
        if role == "needed" and self.caught(node) & _MISSING:
            role = "tested"
        return {"tested": "checked", "needed": "unchecked"}.get(role)

    def _first_role(self, name: Chain, place: int) -> Role:
        """What a name is first there for once the value at a place is stored in it."""
        is_stored = False
        for at, what in self._events[name]:
            if at > place and what == "stored":
                if is_stored:
                    break
                is_stored = True
            elif is_stored and what in ("tested", "needed"):
                return what
        return "other"

    def check_of(self, chain: Chain, node: ast.AST) -> str | None:
        """The same of an attribute that is read: any test of it earlier in the body is a check."""
        if self.role(node) != "needed":
            return "checked" if self.role(node) == "tested" else None
        place = self._place[node]
        early = any(at < place and what in ("tested", "stored") for at, what in self._events[chain])
        return "checked" if early or self.caught(node) & _MISSING else "unchecked"

    def awaited(self, node: ast.AST) -> str | None:
        """Whether a call is awaited; None where it is handed on, and where nothing can be awaited."""
        around = self.above(node)
        if isinstance(around, ast.Await):
            return "awaited"
        return "not awaited" if self._is_async and isinstance(around, ast.Expr) else None

    def used(self, node: ast.AST) -> str | None:
        """Whether anything is done with a result; None for a call that may only try whether it fails."""
        around = self.above(node)
        if isinstance(around, ast.Await):
            around = self.above(around)
        if not isinstance(around, ast.Expr):
            return "used"
        return None if self.caught(node) else "ignored"

    def closed(self, node: ast.AST) -> str | None:
        """Whether what a call opens is closed here; None where it is handed on, so that another may."""
        around = self.above(node)
        if isinstance(around, ast.Await):
            node, around = around, self.above(around)
        if isinstance(around, ast.withitem) or _is_entered(around):
            return "closed"
        name = self._bound(node)
        if len(name) != 1:
            return None
        ends = [chain[1] for chain, _ in self._events.items() if len(chain) == 2 and chain[:1] == name]
        if _CLOSERS.intersection(ends):
            return "closed"
        return None if self._leaves(name[0]) else "not closed"

    def caught(self, node: ast.AST) -> frozenset[str]:
        """Names of the exceptions that are caught around a node; empty for the bare ones as well as ''."""
        found: set[str] = set()
        around = self.above(node)
        while around is not None and not isinstance(around, _FUNCTION):
            if isinstance(around, ast.Try | ast.TryStar) and node in around.body:
                found |= {name for one in around.handlers for name in _exceptions(one.type)}
            if isinstance(around, ast.With):
                found |= set(_suppressed(around))
            node, around = around, self.above(around)
        return frozenset(found)

    def locked(self, node: ast.AST) -> bool:
        """Whether a `with` around a node holds something called a lock."""
        held: list[str] = []
        around = self.above(node)
        while around is not None and not isinstance(around, _FUNCTION):
            if isinstance(around, ast.With | ast.AsyncWith) and node in around.body:
                held += [ast.unparse(item.context_expr) for item in around.items]
            node, around = around, self.above(around)
        return any(map(_LOCK.search, held))

    def _bound(self, node: ast.AST) -> Chain:
        """The name or attribute that a value is given to, awaited or not."""
        around = self.above(node)
        if isinstance(around, ast.Await):
            around = self.above(around)
        match around:
            case ast.Assign(targets=[target]) | ast.AnnAssign(target=target) | ast.NamedExpr(target=target):
                return chain_of(target)
        return ()

    def _leaves(self, name: str) -> bool:
        """Whether a variable is returned, passed, stored or entered, so that another may close it."""
        loads = (n for n in self.nodes if isinstance(n, ast.Name) and n.id == name)
        return any(
            isinstance(node.ctx, ast.Load) and not isinstance(self.above(node), ast.Attribute | ast.Subscript)
            for node in loads
        )


def _in_order(node: ast.AST) -> Iterator[ast.AST]:
    """What is inside a node, in the order in which it is evaluated rather than written."""
    match node:
        case ast.IfExp(test=test, body=body, orelse=other):
            yield from (test, body, other)
        case ast.ListComp() | ast.SetComp() | ast.GeneratorExp():
            yield from (*node.generators, node.elt)
        case ast.DictComp(generators=generators, key=key, value=value):
            yield from (*generators, key, value)
        case ast.Assign(targets=targets, value=value):
            yield from (value, *targets)
        case ast.For() | ast.AsyncFor():
            yield from (node.iter, node.target, *node.body, *node.orelse)
        case _:
            yield from ast.iter_child_nodes(node)


def _passed(node: ast.AST, func: ast.expr) -> Role:
    """What an argument is there for, and what is called."""
    if node is func:
        return "needed"
    name = func.id if isinstance(func, ast.Name) else ""
    return "tested" if name in _TESTS else "needed" if name in _NEEDS else "other"


def _is_entered(node: ast.AST | None) -> bool:
    """`closing(…)`, `stack.enter_context(…)` and `self.addCleanup(…)` close what they are given."""
    return isinstance(node, ast.Call) and bool(
        re.search(r"\b(closing|aclosing|enter_(async_)?context|addCleanup)$", ".".join(chain_of(node.func)))
    )


def _exceptions(node: ast.expr | None) -> Iterator[str]:
    """The last names of what a handler catches, '' for one that catches all."""
    for one in node.elts if isinstance(node, ast.Tuple) else [node]:
        yield chain_of(one)[-1] if one is not None and chain_of(one) else ""


def _suppressed(node: ast.With) -> Iterator[str]:
    for item in node.items:
        call = item.context_expr
        if isinstance(call, ast.Call) and (chain_of(call.func) or ("",))[-1] == "suppress":
            yield from (name for one in call.args for name in _exceptions(one))


def of_call(body: Body, node: ast.Call) -> Mapping[str, str]:
    """Everything that can be said of one call by kind; what cannot be told is left out."""
    return _known(
        {
            "result": body.used(node),
            "await": body.awaited(node),
            "none": body.check(node),
            "close": body.closed(node),
            "caught": "caught" if body.caught(node) else "not caught",
            "lock": "held" if body.locked(node) else "not held",
        }
    )


def of_attribute(body: Body, node: ast.Attribute) -> Mapping[str, str]:
    """The same of an attribute that is read or stored."""
    is_read = isinstance(node.ctx, ast.Load)
    return _known(
        {
            "none": body.check_of(chain_of(node), node) if is_read else None,
            "lock": "held" if body.locked(node) else "not held",
        }
    )


def of_method(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Mapping[str, str]:
    """What a method promises: whether it returns something, calls what it overrides, can be awaited."""
    plain = [
        one for one in node.body if not (isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant))
    ]
    if not plain or (len(plain) == 1 and isinstance(plain[0], ast.Raise | ast.Pass)):
        return {}
    inside = list(_own(node.body))
    returns = [one.value for one in inside if isinstance(one, ast.Return)]
    values = [one for one in returns if one is not None and not _is_none(one)]
    generates = any(isinstance(one, ast.Yield | ast.YieldFrom) for one in inside)
    above = any(
        isinstance(one, ast.Attribute) and chain_of(one)[:2] == ("super()", node.name) for one in inside
    )
    ends = isinstance(plain[-1], ast.Return | ast.Raise | ast.With | ast.Try | ast.If | ast.While | ast.Match)
    always = ends and len(values) == len(returns)
    return {
        "returns": "a value"
        if generates or (values and always)
        else "a value or nothing"
        if values
        else "nothing",
        "super": "calls super" if above else "does not call super",
    }


def _own(statements: list[ast.stmt]) -> Iterator[ast.AST]:
    """Everything that runs in a function itself, not in those inside it."""
    waiting: list[ast.AST] = list(statements)
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            waiting += ast.iter_child_nodes(node)


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _known(found: Mapping[str, str | None]) -> Mapping[str, str]:
    return {kind: value for kind, value in found.items() if value is not None}
