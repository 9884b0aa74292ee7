"""Relations that need no knowledge of a language: syntax, names, layout."""

from __future__ import annotations

from itertools import pairwise

from octad.syntax.relations import Relation
from octad.syntax.token_reader import Draft
from octad.syntax.tokens import Kind
from octad.syntax.tree import BLOCKS, Tree

# The part of a construct that names it, where it is not the first: by field, or by kind of the part.
HEAD_FIELDS = frozenset(
    {
        ("binary_operator", "operator"), ("boolean_operator", "operator"), ("augmented_assignment",
        "operator"),
        ("attribute", "attribute"), ("comparison_operator", "operators"), ("binary_expression", "operator"),
        ("member_expression", "property"), ("field_expression", "field"), ("selector_expression", "field"),
        ("field_access", "field"), ("method_invocation", "name"), ("assignment_expression", "operator"),
        ("augmented_assignment_expression", "operator"),
    }
)  # fmt: skip
HEAD_KINDS = frozenset(
    {
        ("assignment", "="), ("subscript", "["), ("conditional_expression", "if"), ("pair", ":"),
        ("slice", ":"),
        ("assignment_expression", "="), ("variable_declarator", "="), ("init_declarator", "="),
        ("let_declaration", "="), ("short_var_declaration", ":="), ("subscript_expression", "["),
        ("index_expression", "["), ("named_expression", ":="),
    }
)  # fmt: skip
HEADED = frozenset(kind for kind, _ in HEAD_FIELDS | HEAD_KINDS)
TOPS = BLOCKS | {"module", "program", "translation_unit", "source_file"}
CLAUSES = frozenset(
    {
        "elif_clause",
        "else_clause",
        "except_clause",
        "finally_clause",
        "case_clause",
        "except_group_clause",
        "catch_clause",
    }
)
ARGUMENTS = frozenset({"argument_list", "arguments"})
NEIGHBOURS = 4
SILENT = (Kind.BRACKET, Kind.DELIMITER)


def structure(tree: Tree, draft: Draft) -> list[int]:
    """Edges of syntax and layout that the tree gives, flat."""
    edges: list[int] = []
    heads = _heads(tree, draft)
    _parents(tree, heads, edges)
    _siblings(tree, draft, heads, edges)
    _parts(draft, edges)
    _statements(tree, draft, edges)
    return edges


def _heads(tree: Tree, draft: Draft) -> list[int]:
    """The item that stands for each node: of its operator, or of its first part; -1 where there is none."""
    count = len(tree.kind)
    heads = [-1] * count
    fixed = bytearray(count)
    node_of = draft.node
    for item in range(len(node_of) - 1, 0, -1):
        node = node_of[item]
        heads[node] = item
        fixed[node] = 1
    parents, kinds, fields = tree.parent, tree.kind, tree.field
    for node in range(count - 1, 0, -1):
        head = heads[node]
        if head < 0:
            continue
        above = parents[node]
        if fixed[above]:
            continue
        heads[above] = head
        kind = kinds[above]
        if kind in HEADED and ((kind, fields[node]) in HEAD_FIELDS or (kind, kinds[node]) in HEAD_KINDS):
            fixed[above] = 1
    return heads


def _parents(tree: Tree, heads: list[int], edges: list[int]) -> None:
    """PARENT and CHILD; blocks are looked through, so that statements hang on what holds their block."""
    up = [-1] * len(heads)
    parents, kinds = tree.parent, tree.kind
    parent, child = int(Relation.PARENT), int(Relation.CHILD)
    for node in range(1, len(heads)):
        above = parents[node]
        over = up[node] = up[above] if kinds[above] in TOPS else heads[above]
        head = heads[node]
        if head >= 0 and over >= 0 and head != over and kinds[node] not in TOPS:
            edges += (head, over, parent, over, head, child)


def _siblings(tree: Tree, draft: Draft, heads: list[int], edges: list[int]) -> None:
    """NEXT_SIBLING and PREV_SIBLING among the parts that are no punctuation; ARGUMENT and CALLEE."""
    after, before = int(Relation.NEXT_SIBLING), int(Relation.PREV_SIBLING)
    argument, callee = int(Relation.ARGUMENT), int(Relation.CALLEE)
    last = [-1] * len(heads)
    parents, kinds, item_kind = tree.parent, tree.kind, draft.kind
    for node in range(1, len(heads)):
        head = heads[node]
        if head < 0 or (item_kind[head] in SILENT and tree.end_node[node] == node + 1):
            continue
        above = parents[node]
        previous = last[above]
        if previous >= 0 and previous != head:
            edges += (previous, head, after, head, previous, before)
        last[above] = head
        if kinds[above] in ARGUMENTS:
            call = heads[parents[above]]
            if call >= 0 and call != head:
                edges += (head, call, argument, call, head, callee)


def _parts(draft: Draft, edges: list[int]) -> None:
    """Later parts of a string or comment hang on the first one."""
    first = 0
    nodes = draft.node
    for item in range(1, len(nodes)):
        if nodes[item] != nodes[first] or nodes[item] < 0:
            first = item
        else:
            edges += (item, first, int(Relation.PARENT), first, item, int(Relation.CHILD))
            edges += (item - 1, item, int(Relation.NEXT_SIBLING), item, item - 1, int(Relation.PREV_SIBLING))


def _statements(tree: Tree, draft: Draft, edges: list[int]) -> None:
    """SAME_STATEMENT_HEAD."""
    at = {start: item for item, start in enumerate(draft.start) if item}
    count = len(tree.kind)
    statement = [-1] * count
    parents, kinds, starts = tree.parent, tree.kind, tree.start
    for node in range(1, count):
        above = parents[node]
        if kinds[above] in TOPS or kinds[node] in CLAUSES:
            statement[node] = at.get(starts[node], statement[above])
        else:
            statement[node] = statement[above]
    relation = int(Relation.SAME_STATEMENT_HEAD)
    for item in range(1, len(draft.node)):
        head = statement[draft.node[item]]
        if head >= 0 and head != item:
            edges += (item, head, relation)


def names(draft: Draft) -> list[int]:
    """SAME_NAME to the nearest few occurrences on either side; NEXT_USE and LAST_USE."""
    edges: list[int] = []
    found: dict[str, list[int]] = {}
    latest: dict[tuple[int, str], int] = {}
    same, after, before = int(Relation.SAME_NAME), int(Relation.NEXT_USE), int(Relation.LAST_USE)
    for item in range(1, len(draft.word)):
        if not Kind.NAME <= draft.kind[item] <= Kind.DECORATOR:
            continue
        word, role = draft.word[item], draft.role[item]
        others = found.setdefault(word, [])
        for other in others[-NEIGHBOURS:]:
            edges += (item, other, same, other, item, same)
        others.append(item)
        if role:
            key = (role, word)
            previous = latest.get(key)
            if previous is not None:
                edges += (previous, item, after, item, previous, before)
            latest[key] = item
    return edges


def layout(first: list[int]) -> list[int]:
    """LINE_NEXT and LINE_PREV between the items that begin lines."""
    edges: list[int] = []
    for above, below in pairwise(first):
        edges += (above, below, int(Relation.LINE_NEXT), below, above, int(Relation.LINE_PREV))
    return edges
