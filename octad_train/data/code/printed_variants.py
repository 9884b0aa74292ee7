"""Rewrites a function the way syntax-tree printers of GREAT's time do: an augmentation.

GREAT's functions were printed from syntax trees of Python 2's time: no comments, no annotations,
docstrings on one line, `else` with an `if` inside for `elif`, and parentheses around every operation,
tuple and conditional. A model that only saw handwritten layout stumbles there.
"""

from __future__ import annotations

import ast
import re
import textwrap
import warnings

_Wrapped = (
    ast.BinOp,
    ast.BoolOp,
    ast.UnaryOp,
    ast.Compare,
    ast.IfExp,
    ast.Lambda,
    ast.Yield,
    ast.YieldFrom,
    ast.Await,
)

#: Lines that the corpus emptied in long docstrings.
_EMPTIED = re.compile(r"\n{3,}")

#: Stands after an `if` inside `else`, so that it is not printed as `elif`.
_CUT = "__cut__"
_CUT_LINE = re.compile(rf"^ *{_CUT}\n", re.MULTILINE)


class _Older(ast.NodeTransformer):
    """Drops annotations, except of bare declarations, and opens every `elif`."""

    def visit_arg(self, node: ast.arg) -> ast.arg:
        return ast.arg(node.arg)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.stmt:
        self.generic_visit(node)
        if node.value is None:
            return node
        return ast.copy_location(ast.Assign([node.target], node.value), node)

    def visit_If(self, node: ast.If) -> ast.If:
        if len(node.orelse) == 1 and isinstance(node.orelse[0], ast.If):
            node.orelse.append(ast.Expr(ast.Name(_CUT)))
        self.generic_visit(node)
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        node.returns = None
        self.generic_visit(node)
        return node

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AsyncFunctionDef:
        node.returns = None
        self.generic_visit(node)
        return node


def printed_variant(text: str) -> str | None:
    """The same function printed from its syntax tree, without annotations; None where it does not parse."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            plain = ast.unparse(_Older().visit(ast.parse(textwrap.dedent(text)))) + "\n"
            plain = _CUT_LINE.sub("", plain)
            tree = ast.parse(plain)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    starts = [0]
    for line in plain.encode().split(b"\n"):
        starts.append(starts[-1] + len(line) + 1)
    # (byte offset, 0 closes before 1 opens, order among the closing or opening) -> what is put there
    edits: list[tuple[int, int, int, bytes]] = []
    data = plain.encode()
    for node, alone in _expressions(tree):
        begin = starts[node.lineno - 1] + node.col_offset
        end = starts[(node.end_lineno or 1) - 1] + (node.end_col_offset or 0)
        if alone or data[begin - 1 : begin] != b"(" or data[end : end + 1] != b")":
            edits += [(begin, 1, -end, b"("), (end, 0, -begin, b")")]
    done = 0
    parts: list[bytes] = []
    for at, _, _, new in sorted(edits):
        parts += [data[done:at], new]
        done = at
    parts.append(data[done:])
    return _flat_docstring(b"".join(parts).decode())


def _expressions(tree: ast.AST) -> list[tuple[ast.expr, bool]]:
    """Operations outside f-strings, and tuples without parentheses of their own outside subscripts.

    With each, whether it is the only argument of a call: the parentheses around it are then the call's.
    """
    found: list[tuple[ast.expr, bool]] = []
    waiting: list[tuple[ast.AST, ast.AST | None]] = [(tree, None)]
    while waiting:
        node, parent = waiting.pop()
        if isinstance(node, ast.JoinedStr | ast.Constant | ast.pattern):
            continue
        bare = isinstance(parent, ast.Assign | ast.Return | ast.For | ast.AsyncFor | ast.comprehension)
        if isinstance(node, _Wrapped) or (
            isinstance(node, ast.Tuple) and node.elts and bare and _unwrapped(node)
        ):
            found.append((node, isinstance(parent, ast.Call) and node in parent.args))
        waiting.extend((child, node) for child in ast.iter_child_nodes(node))
    return found


def _unwrapped(node: ast.Tuple) -> bool:
    """Whether a tuple starts where its first element starts: it has no parentheses."""
    first = node.elts[0]
    return (first.lineno, first.col_offset) == (node.lineno, node.col_offset)


def _flat_docstring(text: str) -> str:
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return text
    lines = text.split("\n")
    for node in reversed(
        [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
    ):
        value = ast.get_docstring(node, clean=False)
        item = node.body[0]
        if value is not None and item.end_lineno and item.end_lineno > item.lineno:
            lines[item.lineno - 1 : item.end_lineno] = [
                " " * item.col_offset + repr(_EMPTIED.sub("\n\n", value))
            ]
    return "\n".join(lines)
