"""Edits that a whole construct decides: conditions, calls, awaits and returns (Python)."""

from __future__ import annotations

import re

from octad.syntax.edits import INDEX
from octad.syntax.token_reader import Draft
from octad.syntax.tree import Tree

NOT, NO_NOT = INDEX["insert:not"], INDEX["delete:not"]
AWAIT, NO_AWAIT = INDEX["insert:await"], INDEX["delete:await"]
RETURN, NO_RETURN = INDEX["insert:return"], INDEX["delete:return"]
SWAPS = (INDEX["swap:0"], INDEX["swap:1"])

# Operands with which arithmetic means something else.
SEQUENCES = frozenset(
    {
        "string", "concatenated_string", "list", "tuple", "dictionary", "set", "list_comprehension",
        "set_comprehension", "dictionary_comprehension", "list_splat",
    }
)  # fmt: skip
NOT_NEGATABLE = SEQUENCES | {
    "not_operator", "comparison_operator", "lambda", "conditional_expression", "named_expression", "yield",
    "true", "false", "none", "integer", "float", "ERROR", "generator_expression", "comment",
    "boolean_operator",
    "if_clause",
}  # fmt: skip
PREDICATE = re.compile(
    r"_*(?:(?:is|has|can|should|was|are|any|all|needs|allows?|enabled?|valid|exists)(?:_\w*|[A-Z]\w*)?"
    r"|is[a-z]+|callable|hasattr|startswith|endswith|\w+_(?:exists|enabled|valid|equal))$"
)
SYMMETRIC = frozenset({"max", "min", "gcd", "lcm", "hypot", "print", "exec"})
SCOPES = frozenset({"function_definition", "class_definition", "lambda", "module"})
NOT_AWAITABLE = frozenset(
    {
        "await", "attribute", "decorator", "print_statement", "exec_statement", "match_statement",
        "interpolation",
        "format_expression", "class_pattern", "ERROR", "type", "delete_statement", "keyword_pattern",
        "with_item",
        "as_pattern", "for_in_clause",
    }
)  # fmt: skip
LONGEST_ARGUMENT = 400


class Places:
    """One pass over the nodes of a tree."""

    def __init__(self, tree: Tree, draft: Draft, text: str) -> None:
        self.tree, self.text = tree, text
        self.at = {start: item for item, start in enumerate(draft.start) if item}
        self.edits: list[int] = []
        self.arguments: list[int] = []
        self.asynchronous = "async" in tree.kind

    def find(self) -> None:
        """Fill `edits` and `arguments`."""
        handlers = {
            "if_statement": self.condition, "elif_clause": self.condition, "while_statement": self.condition,
            "if_clause": self.second, "assert_statement": self.second, "conditional_expression": self.ternary,
            "return_statement": self.returned, "assignment": self.assigned, "call": self.call,
            "expression_statement": self.statement,
        }  # fmt: skip
        starts = self.tree.start
        for node, kind in enumerate(self.tree.kind):
            handler = handlers.get(kind)
            if handler is not None and starts[node] >= 0:
                handler(node)

    def put(self, offset: int, edit: int) -> None:
        """Allow `edit` at the item that starts at `offset`."""
        item = self.at.get(offset)
        if item is not None:
            self.edits += (item, edit)

    def parts(self, node: int) -> list[int]:
        """Children of `node` that are no comments."""
        kinds = self.tree.kind
        return [child for child in self.tree.children(node) if kinds[child] != "comment"]

    def word_at(self, offset: int, word: str) -> bool:
        """Whether `word` and one space stand at `offset`, and no letter before it."""
        end = offset + len(word)
        return (
            self.text[offset : end + 1] == word + " "
            and not self.text[end + 1 : end + 2].isspace()
            and self.apart(offset)
        )

    def apart(self, offset: int) -> bool:
        """Whether a word may start at `offset`: no letter, digit or quote right before it."""
        before = self.text[offset - 1 : offset] if offset else ""
        return not (before.isalnum() or before in ("_", '"', "'"))

    # Conditions ----------------------------------------------------------------------------------

    def condition(self, node: int) -> None:
        """The condition of `if`, `elif` and `while`."""
        found = self.tree.child(node, "condition")
        if found >= 0:
            self.negations(found, strict=False)

    def second(self, node: int) -> None:
        """The condition of `assert`, and of `if` in a comprehension or a `case`."""
        parts = self.parts(node)
        if len(parts) > 1:
            self.negations(parts[1], strict=False)

    def ternary(self, node: int) -> None:
        """The condition of `a if b else c`."""
        parts = self.parts(node)
        if len(parts) == 5:
            self.negations(parts[2], strict=False)

    def returned(self, node: int) -> None:
        """`return isvalid(x)`, and returns of calls that could have been forgotten."""
        parts = self.parts(node)
        if len(parts) != 2:
            return
        self.negations(parts[1], strict=True)
        if (
            self.is_last(node)
            and self.call_inside(parts[1])
            and self.word_at(self.tree.start[node], "return")
        ):
            self.put(self.tree.start[node], NO_RETURN)

    def assigned(self, node: int) -> None:
        """`x = isvalid(y)`."""
        right = self.tree.child(node, "right")
        if right >= 0:
            self.negations(right, strict=True)

    def negations(self, node: int, *, strict: bool) -> None:
        """Where `not` may be missing or too much in `node`; `strict` asks for names that speak of truth."""
        tree = self.tree
        stack = [node]
        while stack:
            node = stack.pop()
            kind = tree.kind[node]
            if kind == "boolean_operator":
                parts = self.parts(node)
                if len(parts) == 3:
                    stack += (parts[2], parts[0])
                continue
            if kind == "not_operator":
                start, operand = tree.start[node], self.parts(node)[-1]
                if self.negatable(operand, strict) and self.word_at(start, "not"):
                    self.put(start, NO_NOT)
                node = operand
            elif self.negatable(node, strict) and self.apart(tree.start[node]):
                self.put(tree.start[node], NOT)
            if tree.kind[node] == "parenthesized_expression":
                inner = self.core(node)
                if tree.kind[inner] == "boolean_operator":
                    stack.append(inner)

    def core(self, node: int) -> int:
        """What parentheses enclose."""
        while self.tree.kind[node] == "parenthesized_expression":
            parts = self.parts(node)
            if len(parts) != 3:
                break
            node = parts[1]
        return node

    def negatable(self, node: int, strict: bool) -> bool:
        """Whether `not` before `node` is a plausible slip."""
        tree = self.tree
        if tree.kind[node] in NOT_NEGATABLE:
            return False
        if not strict:
            return True
        node = self.core(node)
        if tree.kind[node] in ("comparison_operator", "boolean_operator", "not_operator"):
            return True
        if tree.kind[node] == "call":
            node = tree.child(node, "function")
        if node >= 0 and tree.kind[node] == "attribute":
            node = tree.child(node, "attribute")
        return (
            node >= 0
            and tree.kind[node] == "identifier"
            and PREDICATE.match(self.text[tree.start[node] : tree.end[node]]) is not None
        )

    # Calls ---------------------------------------------------------------------------------------

    def call(self, node: int) -> None:
        """Swapped arguments and forgotten awaits."""
        tree = self.tree
        values = tree.child(node, "arguments")
        if values >= 0 and tree.kind[values] == "argument_list":
            self.swaps(node, values)
        if self.asynchronous:
            self.awaits(node)

    def swaps(self, node: int, values: int) -> None:
        """Neighbours among the first three positional arguments whose texts differ."""
        tree, text = self.tree, self.text
        positional: list[int] = []
        for child in tree.children(values):
            kind = tree.kind[child]
            if kind in ("comment", "ERROR", "line_continuation"):
                return
            if kind in ("keyword_argument", "list_splat", "dictionary_splat"):
                break
            if kind not in ("(", ",", ")"):
                positional.append(child)
        if len(positional) < 2 or self.last_name(node) in SYMMETRIC:
            return
        item = self.at.get(tree.start[values])
        if item is None:
            return
        for position in range(min(len(positional) - 1, 2)):
            first, second = positional[position], positional[position + 1]
            a, b, c, d = tree.start[first], tree.end[first], tree.start[second], tree.end[second]
            if max(b - a, d - c) <= LONGEST_ARGUMENT and text[a:b] != text[c:d]:
                self.edits += (item, SWAPS[position])
                self.arguments += (item, position, a, b, c, d)

    def last_name(self, node: int) -> str:
        """The name by which a call calls."""
        tree = self.tree
        function = tree.child(node, "function")
        if function >= 0 and tree.kind[function] == "attribute":
            function = tree.child(function, "attribute")
        return self.text[tree.start[function] : tree.end[function]] if function >= 0 else ""

    def awaits(self, node: int) -> None:
        """A call, awaited or not, whose value is not taken apart, in an asynchronous function."""
        tree = self.tree
        awaited = tree.kind[tree.parent[node]] == "await"
        whole = tree.parent[node] if awaited else node
        above = tree.parent[whole]
        taken = tree.kind[above] in ("call", "subscript") and tree.field[whole] in ("function", "value")
        if taken or tree.kind[above] in NOT_AWAITABLE:
            return
        if tree.kind[above] == "for_statement" and tree.kind[above + 1] == "async":
            return
        start = tree.start[whole]
        if not self.in_async(whole):
            return
        if awaited:
            if self.word_at(start, "await"):
                self.put(start, NO_AWAIT)
        elif self.apart(start):
            self.put(start, AWAIT)

    def in_async(self, node: int) -> bool:
        """Whether the nearest scope is the body of an asynchronous function."""
        tree = self.tree
        child, above = node, tree.parent[node]
        while above >= 0 and tree.kind[above] not in SCOPES:
            child, above = above, tree.parent[above]
        return (
            above >= 0
            and tree.kind[above] == "function_definition"
            and tree.field[child] == "body"
            and tree.kind[above + 1] == "async"
        )

    # Returns -------------------------------------------------------------------------------------

    def statement(self, node: int) -> None:
        """A call as the last statement of a block: its value may have been meant to be returned."""
        if self.tree.end_node[node] == node + 1 or not self.is_last(node):
            return
        parts = self.parts(node)
        if len(parts) == 1 and self.call_inside(parts[0]) and self.apart(self.tree.start[node]):
            self.put(self.tree.start[node], RETURN)

    def call_inside(self, node: int) -> bool:
        """Whether `node` is a call or an awaited call, and not of `print`."""
        if self.tree.kind[node] == "await":
            node = self.parts(node)[-1]
        return self.tree.kind[node] == "call" and self.last_name(node) not in ("print", "exec")

    def is_last(self, node: int) -> bool:
        """Whether `node` ends a block of a function that may return values."""
        tree = self.tree
        block = tree.parent[node]
        if block < 0 or tree.kind[block] != "block":
            return False
        after = tree.end_node[node]
        while after < tree.end_node[block]:
            if tree.kind[after] != "comment":
                return False
            after = tree.end_node[after]
        scope = tree.ancestor(node, SCOPES)
        if scope < 0 or tree.kind[scope] != "function_definition":
            return False
        name = tree.child(scope, "name")
        if name < 0 or self.text[tree.start[name] : tree.end[name]] == "__init__":
            return False
        return tree.kind[scope + 1] != "async" or "yield" not in tree.kind[scope : tree.end_node[scope]]
