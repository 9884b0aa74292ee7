"""Results that a docstring promises of a function that returns nothing, and the reverse."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from octad.claims.judged import untrue
from octad.claims.signature import Function, Signature, SourceFile, decorators
from octad.records.report import Finding
from octad.syntax.docstring import Entry
from octad.syntax.raised import DEFINITIONS, dotted

_NOTHING = re.compile(r"^\W*(?:none|nothing|void|n/?a|no\b|null|nil|does not|doesn't|never|-+$|$)", re.I)
_PLAIN_NONE = re.compile(r"^`{0,2}None`{0,2}\.?$")
_ABSTRACT = frozenset(
    {"abstractmethod", "abstractproperty", "overload", "contextmanager", "asynccontextmanager"}
)
_BASES = frozenset({"ABC", "Protocol", "Interface"})
_MADE = (ast.Constant, ast.JoinedStr, ast.List, ast.Dict, ast.Tuple, ast.Set, ast.ListComp, ast.DictComp,
         ast.SetComp, ast.Compare, ast.BinOp)  # fmt: skip
"""Expressions that are never None, a constant apart."""


def wrong_results(file: SourceFile, one: Signature) -> Iterator[Finding]:
    """A promised result where no `return` has one, a promised None where one returns what is none."""
    function = one.function
    if one.doc.node is not function or not one.is_sure or _may_be_replaced(one):
        return
    results, yields, returned = one.doc.of("returns"), one.doc.of("yields"), _Returned(function)
    annotated = function.returns
    if returned.yields or (annotated is not None and not _is_none(annotated)):
        return
    if not returned.values and not returned.is_stub:
        for entry in (*results, *yields):
            said = entry.type or entry.text
            if said and not _NOTHING.match(said) and not _NOTHING.match(entry.text or said):
                verb = "returns" if entry.kind == "returns" else "yields"
                message = f"the docstring says what {one.name} {verb}; it {verb} nothing"
                yield _finding(file, entry, message, function.lineno)
                return
    made = next((node for node in returned.values if _is_something(node)), None)
    for entry in results:
        if (
            made is not None
            and _PLAIN_NONE.match(entry.type or entry.text)
            and _PLAIN_NONE.match(entry.text or "None")
        ):
            message = f"the docstring says that {one.name} returns None; it returns {ast.unparse(made)[:60]}"
            yield _finding(file, entry, message, made.lineno)
            return


def _finding(file: SourceFile, entry: Entry, message: str, line: int) -> Finding:
    anchor = file.place(entry.line, entry.column, max(1, len((entry.name or entry.type or "x").strip())))
    return untrue("docs/returns", message, anchor, evidence=file.seen(line))


def _may_be_replaced(one: Signature) -> bool:
    """Whether others are meant to write the body, or what is made is spoken of as what is returned."""
    if one.function.name == "__init__":
        return True
    bases = {dotted(base).rpartition(".")[2] for base in one.owner.bases} if one.owner is not None else set()
    return bool(_ABSTRACT.intersection(decorators(one.function)) or bases & _BASES)


class _Returned:
    """What the body of a function returns, without the functions in it."""

    def __init__(self, function: Function) -> None:
        self.values: list[ast.expr] = []
        self.yields = False
        body = [one for one in function.body if not _is_text(one)]
        self.is_stub = (len([one for one in body if not _is_idle(one)]) < 2 and not _branches(body)) or _ends(
            body
        )
        waiting: list[ast.AST] = [*body]
        while waiting:
            node = waiting.pop()
            if isinstance(node, DEFINITIONS):
                continue
            if isinstance(node, ast.Return) and node.value is not None and not _is_none(node.value):
                self.values.append(node.value)
            self.yields |= isinstance(node, ast.Yield | ast.YieldFrom)
            waiting += ast.iter_child_nodes(node)


def _ends(body: list[ast.stmt]) -> bool:
    """Whether a body never comes to its end in the ordinary way, as where it only says what is missing."""
    last = body[-1] if body else None
    forever = isinstance(last, ast.While) and isinstance(last.test, ast.Constant) and bool(last.test.value)
    return isinstance(last, ast.Raise) or forever


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _is_idle(node: ast.stmt) -> bool:
    """Whether a statement stands where others are to write something."""
    returns_nothing = isinstance(node, ast.Return) and (node.value is None or _is_none(node.value))
    return (
        isinstance(node, ast.Pass | ast.Raise | ast.Delete | ast.Import | ast.ImportFrom) or returns_nothing
    )


def _branches(body: list[ast.stmt]) -> bool:
    return any(
        isinstance(one, ast.If | ast.For | ast.While | ast.Try | ast.With | ast.Assign) for one in body
    )


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _is_something(node: ast.expr) -> bool:
    return isinstance(node, _MADE) and not (isinstance(node, ast.Constant) and node.value in (None, ...))
