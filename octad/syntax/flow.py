"""The control flow of Python statements: a graph of steps, each with the variables it reads and sets."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field

from octad.syntax.token_reader import Draft
from octad.syntax.tokens import Kind, Use
from octad.syntax.tree import Tree

DEEPEST = 64
"""Blocks nested deeper are read as one step (Python itself refuses 100)."""

SCOPED = frozenset({"function_definition", "class_definition"})


@dataclass(slots=True)
class Step:
    """One statement or header: first item (-1 for a junction), items in order of evaluation, predecessors."""

    head: int
    events: list[int]
    before: list[int]


@dataclass(slots=True)
class Scope:
    """What binds names: a function, a class or the text itself; `outer` is the index of the scope around."""

    node: int
    outer: int
    steps: list[Step] = field(default_factory=list)
    shared: set[str] = field(default_factory=set)  # names declared global or nonlocal
    inner: list[int] = field(default_factory=list)  # definitions in its statements
    jumps: list[tuple[int, int]] = field(default_factory=list)  # further (head, head) pairs of control flow


@dataclass(slots=True)
class _Loop:
    """Where `break` and `continue` of the loop being read come from."""

    breaks: list[int] = field(default_factory=list)
    continues: list[int] = field(default_factory=list)


class Flow:
    """Reads the statements of one scope into steps."""

    def __init__(self, tree: Tree, draft: Draft, skip: set[int]) -> None:
        self.tree, self.draft, self.skip = tree, draft, skip
        self.scope = Scope(0, -1)
        self.loops: list[_Loop] = []
        self.depth = 0
        self.compound = {
            "if_statement": self.branch, "while_statement": self.while_loop, "for_statement": self.for_loop,
            "try_statement": self.guarded, "with_statement": self.enclosed, "match_statement": self.matched,
            "function_definition": self.definition, "class_definition": self.definition,
            "decorated_definition": self.definition,
        }  # fmt: skip

    def read(self, node: int, outer: int) -> Scope:
        """The scope of `node`: the root of the tree, a function or a class."""
        self.scope = Scope(node, outer)
        self.loops = []
        entry = []
        body = node
        if node:
            body = self.tree.child(node, "body")
            parameters = self.tree.child(node, "parameters")
            if parameters >= 0:
                entry = [
                    item
                    for item in self.items(self.tree.start[parameters], self.tree.end[parameters])
                    if self.draft.kind[item] == Kind.PARAMETER
                ]
        first = self.step(self.at(node) if node else -1, entry, [])
        if body >= 0:
            self.block(body, [first])
        return self.scope

    # WordPieces --------------------------------------------------------------------------------------

    def at(self, node: int) -> int:
        """The first item of `node`, -1 where there is none."""
        item = bisect_left(self.draft.start, self.tree.start[node], 1)
        fits = item < len(self.draft.start) and self.draft.start[item] < self.tree.end[node]
        return item if fits else -1

    def items(self, start: int, end: int) -> list[int]:
        """Items with a use between two offsets, without those that belong to a comprehension or lambda."""
        starts, use, skip = self.draft.start, self.draft.use, self.skip
        low, high = bisect_left(starts, start, 1), bisect_left(starts, end, 1)
        return [item for item in range(low, high) if use[item] and item not in skip]

    def step(self, head: int, events: list[int], before: list[int]) -> int:
        """A new step."""
        self.scope.steps.append(Step(head, events, before))
        return len(self.scope.steps) - 1

    def header(self, node: int, end: int, before: list[int]) -> list[int]:
        """A step for the text of `node` up to offset `end`."""
        return [self.step(self.at(node), self.items(self.tree.start[node], end), before)]

    def block(self, node: int, before: list[int]) -> list[int]:
        """The statements of a block, and the steps from which it is left at its end."""
        if self.depth >= DEEPEST:
            return self.header(node, self.tree.end[node], before)
        self.depth += 1
        for child in self.tree.children(node):
            before = self.statement(child, before)
        self.depth -= 1
        return before

    def statement(self, node: int, before: list[int]) -> list[int]:
        """One statement."""
        tree = self.tree
        kind = tree.kind[node]
        handler = self.compound.get(kind)
        if handler is not None:
            return handler(node, before)
        if kind == "comment" or self.at(node) < 0:
            return before
        events = self.items(tree.start[node], tree.end[node])
        if (
            kind == "expression_statement"
            and tree.end_node[node] > node + 1
            and "assignment" in tree.kind[node + 1]
        ):
            events.sort(key=self.is_store)
        if kind in ("global_statement", "nonlocal_statement"):
            self.scope.shared.update(self.draft.word[item] for item in events)
            return before
        step = self.step(self.at(node), events, before)
        if kind in ("return_statement", "raise_statement"):
            return []
        if kind in ("break_statement", "continue_statement"):
            if self.loops:
                loop = self.loops[-1]
                (loop.breaks if kind == "break_statement" else loop.continues).append(step)
            return []
        return [step]

    def is_store(self, item: int) -> bool:
        """Whether the item sets a variable: sorts reads before."""
        return self.draft.use[item] in (Use.STORE, Use.UPDATE)

    def body_of(self, node: int) -> int:
        """The block of a clause, -1 where it is missing."""
        for child in self.tree.children(node):
            if self.tree.kind[child] == "block":
                return child
        return -1

    def clause(self, node: int, before: list[int]) -> tuple[list[int], list[int]]:
        """Header and block of a statement or clause: the header step, and the steps that leave the block."""
        body = self.body_of(node)
        end = self.tree.start[body] if body >= 0 else self.tree.end[node]
        head = self.header(node, end, before)
        return head, self.block(body, head) if body >= 0 else head

    # Compound statements -------------------------------------------------------------------------

    def branch(self, node: int, before: list[int]) -> list[int]:
        """`if`, `elif`, `else`."""
        head, after = self.clause(node, before)
        for child in self.tree.children(node):
            kind = self.tree.kind[child]
            if kind == "elif_clause":
                head, exits = self.clause(child, head)
                after = after + exits
            elif kind == "else_clause":
                body = self.body_of(child)
                return after + (self.block(body, head) if body >= 0 else head)
        return after + head

    def while_loop(self, node: int, before: list[int]) -> list[int]:
        """`while`, with `else`; `while True` ends by `break` only."""
        condition = self.tree.child(node, "condition")
        endless = condition >= 0 and self.tree.kind[condition] == "true"
        body = self.tree.child(node, "body")
        end = self.tree.start[body] if body >= 0 else self.tree.end[node]
        head = self.header(node, end, list(before))
        return self.loop(node, head, [] if endless else head)

    def for_loop(self, node: int, before: list[int]) -> list[int]:
        """`for`: what is looped over is read once, the target is set each time."""
        tree = self.tree
        left, right = tree.child(node, "left"), tree.child(node, "right")
        if left < 0 or right < 0:
            return self.header(node, tree.end[node], before)
        read = self.step(self.at(node), self.items(tree.start[right], tree.end[right]), before)
        head = self.step(self.at(node), [], [read])
        self.step(self.at(node), self.items(tree.start[left], tree.end[left]), [head])
        return self.loop(node, [head], [head])

    def loop(self, node: int, head: list[int], done: list[int]) -> list[int]:
        """Body and `else` of a loop whose header is there."""
        tree = self.tree
        self.loops.append(_Loop())
        body = tree.child(node, "body")
        first = [
            len(self.scope.steps) - 1
        ]  # where the body begins: the header, or the step that sets the target
        exits = self.block(body, first) if body >= 0 else []
        loop = self.loops.pop()
        self.scope.steps[head[0]].before += exits + loop.continues
        alternative = tree.child(node, "alternative")
        if alternative >= 0:
            otherwise = self.body_of(alternative)
            done = self.block(otherwise, done) if otherwise >= 0 else done
        return done + loop.breaks

    def guarded(self, node: int, before: list[int]) -> list[int]:
        """`try`: a handler may be reached from every step of the body."""
        tree, steps = self.tree, self.scope.steps
        start = self.step(self.at(node), [], before)
        body = self.body_of(node)
        exits = self.block(body, [start]) if body >= 0 else [start]
        raised = self.step(-1, [], list(range(start, len(steps))))
        after: list[int] = []
        for child in tree.children(node):
            kind = tree.kind[child]
            if kind in ("except_clause", "except_group_clause"):
                self.scope.jumps.append((self.at(node), self.at(child)))
                after += self.clause(child, [raised])[1]
            elif kind == "else_clause":
                inside = self.body_of(child)
                exits = self.block(inside, exits) if inside >= 0 else exits
            elif kind == "finally_clause":
                inside = self.body_of(child)
                if inside >= 0:
                    return self.block(inside, [*exits, *after, raised])
        return exits + after

    def enclosed(self, node: int, before: list[int]) -> list[int]:
        """`with`."""
        return self.clause(node, before)[1]

    def matched(self, node: int, before: list[int]) -> list[int]:
        """`match`: each case is tried after the one before."""
        tree = self.tree
        body = self.body_of(node)
        if body < 0:
            return self.header(node, tree.end[node], before)
        head = self.header(node, tree.start[body], before)
        after: list[int] = []
        for child in tree.children(body):
            if tree.kind[child] == "case_clause":
                head, exits = self.clause(child, head)
                after += exits
        return after + head

    def definition(self, node: int, before: list[int]) -> list[int]:
        """A nested function or class: decorators, defaults and the name; its body is another scope."""
        tree = self.tree
        inner = node
        if tree.kind[node] == "decorated_definition":
            inner = tree.child(node, "definition")
        if inner < 0 or tree.kind[inner] not in SCOPED:
            return self.header(node, tree.end[node], before)
        self.scope.inner.append(inner)
        body = tree.child(inner, "body")
        end = tree.start[body] if body >= 0 else tree.end[inner]
        step = self.header(node, end, before)
        events = self.scope.steps[step[0]].events
        events[:] = [item for item in events if self.draft.kind[item] != Kind.PARAMETER]
        return step
