"""One pass over the tree of a file, in which the files of the languages say what each kind of node means."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from typing import Literal

from octad.records.code import Code
from octad.repository.outline import Chain, Outline, Scope, Use, Value, Wanted
from octad.syntax.names import classify
from octad.syntax.tokens import Kind
from octad.syntax.tree import Tree

LONGEST_CHAIN = 12
"""Steps of an expression beyond which nothing is said of it: a chain of 20,000 calls costs no more."""
MOST_OPEN = 48
"""Scopes inside one another, beyond which they are no scopes of their own."""
MOST_AROUND = 200
"""Nodes around another that are looked at."""

# Kind of a node that takes a member -> the fields of what it is taken from, and of the member.
ACCESS = {
    "attribute": ("object", "attribute"),
    "member_expression": ("object", "property"),
    "field_access": ("object", "field"),
    "selector_expression": ("operand", "field"),
    "scoped_identifier": ("path", "name"),
    "scoped_type_identifier": ("path", "name"),
    "qualified_identifier": ("scope", "name"),
    "field_expression": ("value", "field"),
}
CALLS = {
    "call": "function",
    "call_expression": "function",
    "new_expression": "constructor",
    "object_creation_expression": "type",
}
THROUGH = frozenset(
    {"await", "await_expression", "parenthesized_expression", "non_null_expression", "try_expression"}
)
NAMES = frozenset({"identifier", "type_identifier", "this", "self", "super", "crate", "namespace_identifier"})

_TYPE = re.compile(r"[A-Za-z_$][\w$]*(?:(?:\.|::)[A-Za-z_$][\w$]*)*")
_WRAPPED = re.compile(
    r"(?:\w+\.)*(?:Optional|Annotated|Final|ClassVar|Required|Box|Arc|Rc|Option)[\[<](.*)[\]>]\Z", re.DOTALL
)
_NOTHING = frozenset({"None", "null", "undefined"})

Handler = Callable[["Walk", int], None]


class Walk:
    """The tree of a file with the scopes that are open at the node that is looked at."""

    def __init__(self, code: Code, tree: Tree) -> None:
        self.code, self.tree, self.text = code, tree, code.text
        self._starts = [0, *(match.end() for match in re.finditer("\n", code.text))]
        self.outline = Outline(Scope("", "module", 1, len(self._starts)))
        self._open = [(len(tree.kind) + 1, self.outline.top)]

    @property
    def scope(self) -> Scope:
        """The innermost scope."""
        return self._open[-1][1]

    def run(self, handlers: Mapping[str, Handler]) -> Outline:
        """Hand every node to the handler of its kind, in reading order."""
        for node, kind in enumerate(self.tree.kind):
            while node >= self._open[-1][0]:
                self._open.pop()
            handler = handlers.get(kind)
            if handler is not None:
                handler(self, node)
        if "ERROR" in self.tree.kind:
            self.outline.flags = ("errors",)
        return self.outline

    def written(self, node: int) -> str:
        """The text of a node, empty for none."""
        return self.text[max(0, self.tree.start[node]) : self.tree.end[node]] if node >= 0 else ""

    def field(self, node: int, name: str) -> str:
        """The text of the child of `node` in a field."""
        return self.written(self.tree.child(node, name))

    def above(self, node: int) -> str:
        """The kind of the parent."""
        parent = self.tree.parent[node]
        return self.tree.kind[parent] if parent >= 0 else ""

    def line(self, node: int) -> int:
        """The line on which a node begins."""
        return self.code.first_line - 1 + bisect_right(self._starts, max(0, self.tree.start[node]))

    def last_line(self, node: int) -> int:
        """The line on which a node ends."""
        return self.code.first_line - 1 + bisect_right(self._starts, max(0, self.tree.end[node] - 1))

    def enter(self, node: int, name: str, kind: Literal["function", "class"], *, whole: int = -1) -> Scope:
        """Open a scope that ends with `node`; its lines are those of `whole`, a node around it, if given."""
        outer = self.scope
        around = node if whole < 0 else whole
        scope = Scope(
            f"{outer.name}.{name}" if outer.name else name,
            kind, self.line(around), self.last_line(around), outer,
        )  # fmt: skip
        if len(self._open) < MOST_OPEN:
            outer.bind(name, scope)
            self.outline.scopes.append(scope)
            self._open.append((self.tree.end_node[node], scope))
        return scope

    def around(self, node: int) -> Iterator[tuple[int, int]]:
        """Each node around `node` with its child on that way, from within, as many as may matter."""
        outer = self.tree.parent[node]
        for _ in range(MOST_AROUND):
            if outer < 0:
                return
            yield outer, node
            node, outer = outer, self.tree.parent[outer]

    def class_scope(self) -> Scope | None:
        """The class whose body or method is open."""
        return next((scope for _, scope in reversed(self._open) if scope.kind == "class"), None)

    def bind(self, name: str, value: Value, node: int) -> None:
        """A variable of the open scope; one at the top of a file is a definition, on the lines of `node`."""
        self.scope.bind(name, value)
        if self.scope.kind == "module":
            self.outline.variables.setdefault(name, (self.line(node), self.last_line(node)))

    def want(self, wanted: Wanted, bound: str = "") -> None:
        """An import, and the name that it binds in the open scope."""
        self.outline.wanted.append(wanted)
        if bound:
            self.scope.bind(bound, wanted)

    def use(self, chain: Chain, node: int, *, is_call: bool) -> None:
        """An expression that is called or read."""
        if chain:
            self.outline.uses.append(Use(chain, self.line(node), self.scope, is_call))

    def chain(self, node: int) -> Chain:
        """The expression at `node` as a chain."""
        steps: list[str] = []
        for _ in range(2 * LONGEST_CHAIN):
            if node < 0 or len(steps) >= LONGEST_CHAIN:
                break
            kind = self.tree.kind[node]
            if kind in NAMES:
                return (self.written(node), *reversed(steps))
            if kind in ACCESS:
                inner, member = self._access(node)
                steps.append("." + self.written(member))
                node = inner
            elif kind == "method_invocation":
                inner, name = self.tree.child(node, "object"), self.field(node, "name")
                if inner < 0:
                    return (name, "()", *reversed(steps))
                steps += ["()", "." + name]
                node = inner
            elif kind in CALLS:
                steps.append("()")
                node = self.tree.child(node, CALLS[kind])
            elif kind in THROUGH:
                node = next(self.inner(node), -1)
            else:
                break
        return ()

    def inner(self, node: int) -> Iterator[int]:
        """The children that are no punctuation."""
        return (
            child
            for child in self.tree.children(node)
            if self.tree.kind[child].isidentifier() and self.tree.kind[child] != "await"
        )

    def is_step(self, node: int) -> bool:
        """Whether a node is part of a larger chain, and so no use of its own."""
        above, field = self.above(node), self.tree.field[node]
        if above in ACCESS:
            return True
        return CALLS.get(above) == field or (above == "method_invocation" and field in ("object", "name"))

    def _access(self, node: int) -> tuple[int, int]:
        inner, member = ACCESS[self.tree.kind[node]]
        found = self.tree.child(node, inner)
        return found if found >= 0 else self.tree.child(node, "argument"), self.tree.child(node, member)


def type_of(text: str) -> Chain:
    """The class that an annotation names: `Foo | None` names one, `Foo | Bar` and `Foo[]` name none."""
    text = text.strip(": \t\n'\"&*")
    wrapped = _WRAPPED.match(text)
    if wrapped:
        text = wrapped.group(1).split(",")[0]
    parts = [part.strip(" '\"&*") for part in text.split("|")] if "[" not in text else [text]
    named = [part for part in parts if part not in _NOTHING]
    found = _TYPE.match(named[0]) if len(named) == 1 and not named[0].endswith("[]") else None
    if found is None:
        return ()
    first, *rest = re.split(r"\.|::", found.group())
    return (first, *(f".{step}" for step in rest))


def call(walk: Walk, node: int) -> None:
    """A call or the making of an object."""
    walk.use(walk.chain(node)[:-1], node, is_call=True)


def access(walk: Walk, node: int) -> None:
    """The reading of a member."""
    if not walk.is_step(node):
        walk.use(walk.chain(node), node, is_call=False)


def identifier(walk: Walk, node: int) -> None:
    """A name that is read or stored; the names of definitions and imports are seen where those are."""
    kind, _, use = classify(walk.tree, node, walk.code.language, "", walk.written(node))
    if use.name in ("STORE", "UPDATE") and kind in (Kind.NAME, Kind.PARAMETER):
        walk.bind(walk.written(node), Value(), walk.tree.parent[node])
    elif (use.name == "LOAD" or kind is Kind.TYPE) and not walk.is_step(node):
        walk.use((walk.written(node),), node, is_call=False)


EVERYWHERE: dict[str, Handler] = {
    **dict.fromkeys((*CALLS, "method_invocation"), call),
    **dict.fromkeys(ACCESS, access),
    "identifier": identifier,
    "type_identifier": identifier,
}
"""What every language has."""
