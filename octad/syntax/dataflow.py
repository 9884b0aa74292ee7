"""Which definitions reach which uses, and what runs after what (Python).

Reaching definitions as in Aho, Lam, Sethi, Ullman, Compilers, section 9.2.4, with whole numbers as bit sets.
"""

from __future__ import annotations

from bisect import bisect_left

from octad.syntax.flow import Flow, Scope
from octad.syntax.relations import Relation
from octad.syntax.token_reader import Draft
from octad.syntax.tokens import Kind, Role, Use
from octad.syntax.tree import Tree

MOST_DEFINITIONS = 8
MOST_PAIRS = 24
MOST_ROUNDS = 50
COMPREHENSIONS = frozenset(
    {"list_comprehension", "set_comprehension", "dictionary_comprehension", "generator_expression"}
)
COMPUTED = {
    "assignment": ("left", "right"),
    "augmented_assignment": ("left", "right"),
    "for_statement": ("left", "right"),
    "for_in_clause": ("left", "right"),
    "named_expression": ("name", "value"),
}
TELLING = COMPREHENSIONS | set(COMPUTED) | {"as_pattern", "lambda", "return", "yield"}
DEF_USE, USE_DEF = int(Relation.DEF_USE), int(Relation.USE_DEF)
FLOW_NEXT, FLOW_PREV = int(Relation.FLOW_NEXT), int(Relation.FLOW_PREV)


def dataflow(tree: Tree, draft: Draft) -> list[int]:
    """Edges of data and control, flat."""
    return _Data(tree, draft).find()


class _Data:
    """One text."""

    def __init__(self, tree: Tree, draft: Draft) -> None:
        self.tree, self.draft = tree, draft
        self.edges: list[int] = []
        self.bound: set[int] = set()  # items that a comprehension or lambda explains
        self.scopes: list[Scope] = []
        self.stores: list[dict[str, list[int]]] = []

    def find(self) -> list[int]:
        """All edges."""
        self.expressions()
        flow = Flow(self.tree, self.draft, self.bound)
        waiting = [(0, -1)]
        while waiting:
            node, outer = waiting.pop()
            scope = flow.read(node, outer)
            self.scopes.append(scope)
            self.stores.append(self.collect(scope))
            waiting += ((inner, len(self.scopes) - 1) for inner in scope.inner)
        self.share()
        for index, scope in enumerate(self.scopes):
            self.reach(index, scope)
            self.control(scope)
        return self.edges

    def link(self, definition: int, use: int) -> None:
        """DEF_USE and its reverse."""
        if definition != use:
            self.edges += (definition, use, DEF_USE, use, definition, USE_DEF)

    def span(self, node: int) -> range:
        """The items of `node`."""
        starts = self.draft.start
        return range(
            bisect_left(starts, self.tree.start[node], 1), bisect_left(starts, self.tree.end[node], 1)
        )

    # Expressions ---------------------------------------------------------------------------------

    def expressions(self) -> None:
        """What needs no flow: comprehensions and lambdas from the inside out, computed variables, returns."""
        tree = self.tree
        for node in [node for node, kind in enumerate(tree.kind) if kind in TELLING][::-1]:
            kind = tree.kind[node]
            if kind in COMPUTED:
                left, right = (tree.child(node, field) for field in COMPUTED[kind])
                self.computed(left, right)
            elif kind == "as_pattern":
                self.computed(tree.child(node, "alias"), node + 1)
            elif kind in COMPREHENSIONS:
                self.comprehension(node)
            elif kind == "lambda":
                parameters = tree.child(node, "parameters")
                if parameters >= 0:
                    inside = [
                        item for item in self.span(parameters) if self.draft.kind[item] == Kind.PARAMETER
                    ]
                    self.bind(inside, node, range(0))
            elif kind in ("return", "yield") and tree.end_node[node] == node + 1:
                self.returned(node)

    def computed(self, left: int, right: int) -> None:
        """COMPUTED_FROM and COMPUTES between the names set and the names read."""
        if left < 0 or right < 0:
            return
        use, role = self.draft.use, self.draft.role
        stores = [item for item in self.span(left) if use[item] in (Use.STORE, Use.UPDATE)]
        loads = [item for item in self.span(right) if use[item] == Use.LOAD and role[item] == Role.VARIABLE]
        pairs = [(store, load) for store in stores for load in loads]
        for store, load in pairs[:MOST_PAIRS]:
            self.edges += (store, load, int(Relation.COMPUTED_FROM), load, store, int(Relation.COMPUTES))

    def comprehension(self, node: int) -> None:
        """Targets bind inside, except in what the first `for` loops over."""
        tree = self.tree
        targets: list[int] = []
        outside = range(0)
        for child in tree.children(node):
            if tree.kind[child] != "for_in_clause":
                continue
            left, right = tree.child(child, "left"), tree.child(child, "right")
            if left >= 0:
                targets += (item for item in self.span(left) if self.draft.use[item] == Use.STORE)
            if right >= 0 and not outside:
                outside = self.span(right)
        self.bind(targets, node, outside)

    def bind(self, targets: list[int], node: int, outside: range) -> None:
        """Link names inside `node` to the targets that bind them there."""
        draft, bound = self.draft, self.bound
        words: dict[str, list[int]] = {}
        for item in targets:
            if item not in bound:
                words.setdefault(draft.word[item], []).append(item)
        bound.update(targets)
        for item in self.span(node):
            if draft.use[item] == Use.LOAD and item not in bound and item not in outside:
                found = words.get(draft.word[item])
                if found is not None:
                    bound.add(item)
                    for definition in found[:MOST_DEFINITIONS]:
                        self.link(definition, item)

    def returned(self, node: int) -> None:
        """RETURNS: from the keyword to the head of its function."""
        tree = self.tree
        scope = tree.ancestor(node, frozenset({"function_definition", "lambda", "class_definition"}))
        item = self.span(node)
        if scope >= 0 and tree.kind[scope] == "function_definition" and item:
            head = self.span(scope)
            if head and head[0] != item[0]:
                self.edges += (item[0], head[0], int(Relation.RETURNS))

    # Scopes --------------------------------------------------------------------------------------

    def collect(self, scope: Scope) -> dict[str, list[int]]:
        """Every item that sets a name in this scope, by name."""
        draft = self.draft
        stores: dict[str, list[int]] = {}
        for step in scope.steps:
            for item in step.events:
                if draft.use[item] in (Use.STORE, Use.UPDATE):
                    stores.setdefault(draft.word[item], []).append(item)
        return stores

    def share(self) -> None:
        """Names declared global or nonlocal are set in the scopes around as well."""
        for index, scope in enumerate(self.scopes):
            for word in scope.shared:
                outer = scope.outer
                while outer >= 0:
                    if word in self.stores[outer] or self.scopes[outer].outer < 0:
                        self.stores[outer].setdefault(word, []).extend(self.stores[index].get(word, ()))
                        break
                    outer = self.scopes[outer].outer

    def outer(self, index: int, word: str, use: int) -> None:
        """Link a free name to the definitions in the nearest scope around that has any, in whatever order.

        Definitions of the scope itself were linked before, in order.
        """
        own = self.stores[index].get(word, ())
        scope = self.scopes[index].outer
        while scope >= 0:
            node = self.scopes[scope].node
            found = self.stores[scope].get(word)
            if found and self.tree.kind[node] != "class_definition":
                for definition in sorted(found, key=lambda item: abs(item - use))[:MOST_DEFINITIONS]:
                    if definition not in own:
                        self.link(definition, use)
                return
            scope = self.scopes[scope].outer

    def reach(self, index: int, scope: Scope) -> None:
        """Solve the equations of reaching definitions, then walk each step once to link its uses."""
        stores = self.stores[index]
        items = sorted({item for found in stores.values() for item in found})
        bit = {item: 2 << place for place, item in enumerate(items)}
        mask = {word: sum({bit[item] for item in found}) for word, found in stores.items()}
        out = self.solve(scope, bit, mask)
        draft = self.draft
        loose = self.tree.kind[scope.node] == "class_definition"
        for step in scope.steps:
            state = 0
            for before in step.before:
                state |= out[before]
            for item in step.events:
                word, use = draft.word[item], draft.use[item]
                own = mask.get(word, 0)
                if use in (Use.LOAD, Use.UPDATE, Use.DELETE):
                    reached = state & own
                    self.link_all(items, reached, item)
                    if not own or word in scope.shared or (loose and not reached):
                        self.outer(index, word, item)
                if use in (Use.STORE, Use.UPDATE):
                    state = state & ~own | bit[item]
                elif use == Use.DELETE:
                    state &= ~own

    def solve(self, scope: Scope, bit: dict[int, int], mask: dict[str, int]) -> list[int]:
        """The definitions alive after each step; bit 0 says that the step can be reached at all."""
        draft, steps = self.draft, scope.steps
        kill, make = [0] * len(steps), [0] * len(steps)
        for place, step in enumerate(steps):
            for item in step.events:
                use = draft.use[item]
                if use in (Use.STORE, Use.UPDATE, Use.DELETE):
                    own = mask.get(draft.word[item], 0)
                    kill[place] |= own
                    make[place] &= ~own
                    if use != Use.DELETE:
                        make[place] |= bit[item]
        make[0] |= 1
        out = [0] * len(steps)
        for _ in range(MOST_ROUNDS):
            changed = False
            for place, step in enumerate(steps):
                state = 0
                for before in step.before:
                    state |= out[before]
                state = (state & ~kill[place]) | make[place] if state or not place else 0
                if state != out[place]:
                    out[place] = state
                    changed = True
            if not changed:
                break
        return out

    def link_all(self, items: list[int], reached: int, use: int) -> None:
        """Link a use to the definitions in a bit set."""
        count = 0
        while reached and count < MOST_DEFINITIONS:
            low = reached & -reached
            self.link(items[low.bit_length() - 2], use)
            reached ^= low
            count += 1

    def control(self, scope: Scope) -> None:
        """FLOW_NEXT and FLOW_PREV between first items of statements."""
        steps = scope.steps
        pairs = {(steps[before].head, step.head) for step in steps for before in step.before}
        pairs.update(scope.jumps)
        for before, after in sorted(pairs):
            if before >= 0 and after >= 0 and before != after:
                self.edges += (before, after, FLOW_NEXT, after, before, FLOW_PREV)
