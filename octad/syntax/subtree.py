"""Parts of a parsed file: the tree that a part would have alone, cut out of the tree of the file."""

from __future__ import annotations

from bisect import bisect_left
from itertools import pairwise, takewhile
from typing import NamedTuple

from octad.syntax.tree import STATEMENT_LISTS, Tree, indent_prefix

UNDER = (
    ("if_statement", "", 0), ("if", "", 1), ("integer", "condition", 1), (":", "", 1),
    ("block", "consequence", 1),
)  # fmt: skip
"""What `indent_prefix` puts between the root and an indented part: kind, field, and the node above."""
HOLDING = ("if_statement", "block")
"""Those of them that the part stands in."""
CLAUSES = frozenset({"else_clause", "elif_clause", "except_clause", "finally_clause", "case_clause"})
"""What is no statement by itself."""


class Cut(NamedTuple):
    """The nodes of a part in the tree of its file, where each ends, and the condition it is under."""

    nodes: range
    ends: list[int]
    prefix: str


def place(tree: Tree, text: str, first: int) -> Cut | None:
    """Where the nodes of `text` are, which begins at character `first` of a Python file.

    None where it is not certain that its tree would be the same alone. Certain are statements of one list, at
    the margin or in a block, in a file without errors; what goes on behind the part ends with it where a
    statement of its own block ends. (In other languages one part in fifty would differ.)
    """
    low, high = bisect_left(tree.start, first), bisect_left(tree.start, first + len(text.rstrip()))
    low += low < high and tree.kind[low] in STATEMENT_LISTS  # a list begins where its first statement does
    if not tree.sound or not tree.complete or low == high:
        return None
    above = tree.parent[low]
    if above < 0 or tree.end_node[above] < high or tree.kind[above] not in STATEMENT_LISTS:
        return None
    if tree.kind[low] in CLAUSES:  # the cases of a match stand in a block as statements do
        return None
    prefix = indent_prefix(text) if text[:1] in " \t\n\r#" else ""
    inside = above > 0
    if prefix.count("\n") != inside or (inside and tree.kind[low] == "comment"):
        return None  # a comment at the beginning of a block is read as a part of what heads the block
    if above < low - 1 and tree.end[low - 1] > first:  # something from before reaches into it
        return None
    nodes = range(low, high)
    cut = [node for node in nodes if tree.end[node] > first + len(text)]
    if cut and not _goes_on(tree, cut, high):
        return None
    block = cut[-1] if cut else above
    if block and _leaves(tree, text, first, [node for node in tree.children(block) if node in nodes]):
        return None
    return Cut(nodes, _ends(tree, nodes, cut), prefix)


def _goes_on(tree: Tree, cut: list[int], high: int) -> bool:
    """Whether nodes that go on behind a part are blocks in one another, cut between two statements."""
    chain = all(tree.parent[b] == a for a, b in pairwise(cut))
    if not chain or tree.kind[cut[-1]] not in STATEMENT_LISTS or cut[-1] == high - 1:
        return False
    return not any(tree.kind[node] in CLAUSES or tree.kind[node] == "try_statement" for node in cut)


def _leaves(tree: Tree, text: str, first: int, statements: list[int]) -> bool:
    """Whether comments at the end stand left of the block that goes on: alone, they would not be in it."""
    comments = takewhile(lambda node: tree.kind[node] == "comment", reversed(statements))
    column = {node: _column(text, tree.start[node] - first) for node in (statements[0], *comments)}
    return min(column.values()) < column[statements[0]]


def _column(text: str, offset: int) -> int:
    return offset - text.rfind("\n", 0, offset)


def _ends(tree: Tree, nodes: range, cut: list[int]) -> list[int]:
    """Where each node ends, those that go on behind the part with it."""
    ends = list(tree.end[nodes.start : nodes.stop])
    if cut:
        last = max(ends[node - nodes.start] for node in tree.children(cut[-1]) if node < nodes.stop)
        for node in cut:
            ends[node - nodes.start] = last
    return ends


def cut_out(tree: Tree, first: int, cut: Cut) -> Tree:
    """The tree of a part: its nodes under a root of their own, counted from its first character."""
    low, high = cut.nodes.start, cut.nodes.stop
    made = _root(cut.prefix, tree.kind[0], tree.start[low] - first, max(cut.ends) - first, high - low)
    lead, above, level = len(made.kind), tree.parent[low], tree.depth[low]
    made.kind += tree.kind[low:high]
    made.field += tree.field[low:high]
    made.start += [offset - first for offset in tree.start[low:high]]
    made.end += [offset - first for offset in cut.ends]
    made.parent += [lead - 1 if node == above else node - low + lead for node in tree.parent[low:high]]
    made.depth += [depth - level for depth in tree.depth[low:high]]
    made.end_node += [min(node, high) - low + lead for node in tree.end_node[low:high]]
    return made


def _root(prefix: str, top: str, start: int, end: int, below: int) -> Tree:
    """The root, and the condition that an indented part stands under."""
    before = -len(prefix)
    made = Tree([top], [before], [end], [-1], [""], [0], [], complete=True, sound=True)
    for kind, field, above in UNDER if prefix else ():
        made.kind.append(kind)
        made.field.append(field)
        made.parent.append(above)
        made.start.append(start if kind == "block" else before)
        made.end.append(end if kind in HOLDING else before + 1)
        made.depth.append(0)
    last = len(made.kind) + below
    made.end_node = [last if kind in (top, *HOLDING) else at + 1 for at, kind in enumerate(made.kind)]
    return made
