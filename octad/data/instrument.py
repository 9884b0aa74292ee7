"""Rewrite Python code so that it counts its own work, site by site.

Every statement, comprehension step, call, slice and comparison becomes a *site* with a counter of
its own (`counting.Counter`). Counters of single sites grow as clean functions of the input size;
their sum would mix several.
"""

from __future__ import annotations

import ast
import sys

from octad.data.counting import words

# What rewritten code may not do: it comes from a data set, and nobody has read all of it.
MODULES = words(
    "array bisect cmath collections copy datetime functools heapq itertools math operator re string typing"
)
FORBIDDEN = words("""
    open exec eval compile input globals locals vars breakpoint getattr setattr delattr memoryview
    super help exit quit
""")
# Attributes that reach other attributes by name, or other modules.
REACHING = words("attrgetter methodcaller Formatter get_type_hints ForwardRef format_map")
OTHER_MODULES = (sys.stdlib_module_names - MODULES) | REACHING
HELPERS = (
    "octad_tick",
    "octad_call",
    "octad_size",
    "octad_steps",
    "octad_operate",
    "octad_compare",
    "octad_added",
)


class Refused(ValueError):
    """The code uses something that it does not need for computing."""


def instrumented(code: str) -> tuple[ast.Module, int]:
    """Parse and rewrite; returns the module and its number of sites.

    Raises SyntaxError when the code does not parse, and Refused when it imports or names more than
    arithmetic needs.
    """
    tree = ast.parse(code)
    for node in ast.walk(tree):
        _check(node)
    rewriter = _Rewriter()
    tree = ast.fix_missing_locations(rewriter.visit(tree))
    return tree, rewriter.sites


def _check(node: ast.AST) -> None:
    names: list[str] = []
    if isinstance(node, ast.Import):
        # `sys` is there for its largest number, and goes away with it when the code is rewritten.
        known = MODULES | {"sys"}
        names = [a.name for a in node.names if a.name not in known or (a.name == "sys" and a.asname)]
    elif isinstance(node, ast.ImportFrom):
        own = node.module in MODULES and not node.level
        names = [alias.name for alias in node.names if not own or not _harmless(alias.name)]
    elif isinstance(node, ast.Attribute):
        of_sys = isinstance(node.value, ast.Name) and node.value.id == "sys"
        names = [] if _harmless(node.attr) and (not of_sys or node.attr == "maxsize") else [node.attr]
    elif isinstance(node, ast.Name):
        bad = node.id in FORBIDDEN or node.id.startswith("__") or node.id in HELPERS
        names = [node.id] if bad else []
    if names:
        raise Refused(f"line {getattr(node, 'lineno', 0)}: {names[0]}")


def _harmless(attribute: str) -> bool:
    return not attribute.startswith("_") and attribute not in OTHER_MODULES


class _Rewriter(ast.NodeTransformer):
    def __init__(self) -> None:
        self.sites = 0

    def _wrap(self, helper: str, *arguments: ast.expr) -> ast.Call:
        """A call of a helper whose first argument is a new site."""
        site = ast.Constant(self.sites)
        self.sites += 1
        return ast.Call(ast.Name(helper, ast.Load()), [site, *arguments], [])

    def generic_visit(self, node: ast.AST) -> ast.AST:
        super().generic_visit(node)
        for field in ("body", "orelse", "finalbody"):
            body = getattr(node, field, None)
            if isinstance(body, list) and body and not isinstance(node, ast.ClassDef | ast.Module):
                setattr(node, field, [part for statement in body for part in self._counted(statement)])
        return node

    def _counted(self, statement: ast.stmt) -> list[ast.stmt]:
        # `nonlocal` and `global` must stay before the first use of their names: nothing is used here.
        return [ast.Expr(self._wrap("octad_tick")), statement]

    def visit_Import(self, node: ast.Import) -> ast.AST:
        node.names = [alias for alias in node.names if alias.name != "sys"]
        return node if node.names else ast.Pass()

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        super().generic_visit(node)
        if isinstance(node.value, ast.Name) and node.value.id == "sys":
            return ast.Constant(sys.maxsize)
        return node

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
        super().generic_visit(node)
        node.body = ast.BoolOp(ast.Or(), [self._wrap("octad_tick"), node.body])
        return node

    def visit_comprehension(self, node: ast.comprehension) -> ast.AST:
        super().generic_visit(node)
        node.iter = self._wrap("octad_steps", node.iter)
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        super().generic_visit(node)
        call = self._wrap("octad_call", node.func, *node.args)
        call.keywords = node.keywords
        return call

    def visit_Starred(self, node: ast.Starred) -> ast.AST:
        super().generic_visit(node)
        if isinstance(node.ctx, ast.Load):
            node.value = self._wrap("octad_size", node.value)
        return node

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        super().generic_visit(node)
        if isinstance(node.slice, ast.Slice) and isinstance(node.ctx, ast.Load):
            return self._wrap("octad_size", node)
        return node

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
        return node

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        super().generic_visit(node)
        return self._wrap("octad_operate", ast.Constant(type(node.op).__name__), node.left, node.right)

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        super().generic_visit(node)
        if isinstance(node.target, ast.Name):
            # A list takes in the right side, a tuple is copied for it: the left side decides.
            left = ast.Name(node.target.id, ast.Load())
            node.value = self._wrap("octad_added", left, node.value)
        else:
            node.value = self._wrap("octad_size", node.value)
        return node

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        value, target = node.value, node.targets[0]
        if (
            isinstance(value, ast.BinOp) and isinstance(value.op, ast.Add) and isinstance(target, ast.Name)
            and isinstance(value.left, ast.Name) and value.left.id == target.id
        ):  # fmt: skip
            # `s = s + x`: CPython appends to a string in place, so only x counts then.
            left, right = value.left, self.visit(value.right)
            node.value = self._wrap("octad_operate", ast.Constant("Append"), left, right)
            return node
        super().generic_visit(node)
        return node

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        super().generic_visit(node)
        if len(node.ops) > 1:  # a chain stops early, which helpers would undo
            return node
        return self._wrap(
            "octad_compare", ast.Constant(type(node.ops[0]).__name__), node.left, node.comparators[0]
        )
