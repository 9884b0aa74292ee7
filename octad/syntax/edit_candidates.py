"""Which edits may be made at which items, as far as syntax tells (Python): items first, nodes in `places`."""

from __future__ import annotations

from octad.syntax.edit_places import SEQUENCES, Places
from octad.syntax.edits import FAMILIES, INDEX
from octad.syntax.token_reader import Draft
from octad.syntax.tokens import Kind, Use
from octad.syntax.tree import Tree

ADD, SUBTRACT = INDEX["add:1"], INDEX["add:-1"]
NEGATE, UNNEGATE = INDEX["insert:-"], INDEX["delete:-"]
ZERO, SET = INDEX["replace:0"], INDEX["replace:="]
ALTERNATIVES: dict[str, tuple[int, ...]] = {
    word: tuple(INDEX[f"replace:{other}"] for other in others)
    for family in FAMILIES.values()
    for word, others in family.items()
}
ORDERED = frozenset(INDEX[f"replace:{word}"] for word in ("<", "<=", ">", ">="))
EQUAL = frozenset(INDEX[f"replace:{word}"] for word in ("==", "!="))

UNORDERED = SEQUENCES | {"none", "true", "false"}
CHAIN = frozenset({"binary_operator", "unary_operator"})
TYPE_OR_BLOCK = frozenset({"type", "block", "module"})
NO_SIGN = frozenset(
    {"ERROR", "attribute", "print_statement", "case_pattern", "unary_operator", "exec_statement"}
)
NOT_A_VALUE = frozenset({"assignment", "augmented_assignment", "yield"})
LOOPS = frozenset({"for_statement", "while_statement"})
LOOP_OR_SCOPE = LOOPS | {"function_definition", "class_definition", "lambda", "module"}
LONGEST_NUMBER = 15

Nothing: tuple[int, ...] = ()


def candidates(tree: Tree, draft: Draft, text: str) -> tuple[list[int], list[int]]:
    """Flat lists of (item, edit) and, for swaps, of (item, position, four offsets)."""
    found = _Items(tree, draft, text)
    found.find()
    places = Places(tree, draft, text)
    places.find()
    return found.edits + places.edits, places.arguments


class _Items:
    """Edits that one item and its surroundings decide: operators, literals, jumps, known functions."""

    def __init__(self, tree: Tree, draft: Draft, text: str) -> None:
        self.tree, self.draft, self.text = tree, draft, text
        self.edits: list[int] = []
        self.mixed: dict[int, bool] = {}
        self.stored: dict[str, int] = {}  # name -> leaf of its first store

    def find(self) -> None:
        """Fill `edits`."""
        draft, tree = self.draft, self.tree
        checks = {
            Kind.COMPARISON: self.comparison,
            Kind.OPERATOR: self.arithmetic,
            Kind.ASSIGNMENT: self.assignment,
            Kind.BOOLEAN: self.boolean,
            Kind.CONSTANT: self.constant,
            Kind.KEYWORD: self.jump,
            Kind.CALLEE: self.callee,
            Kind.METHOD: self.method,
        }
        for item in range(1, len(draft.word)):
            word, node, kind = draft.word[item], draft.node[item], draft.kind[item]
            if kind == Kind.NUMBER:
                self.number(item, node, word)
            elif word == "-" and node > 0 and tree.kind[tree.parent[node]] == "unary_operator":
                self.sign(item, node)
            elif word in ALTERNATIVES and node > 0:
                check = checks.get(Kind(kind))
                if check is not None:
                    for edit in check(node, tree.parent[node], word):
                        self.edits += (item, edit)
            if draft.use[item] == Use.STORE and kind == Kind.NAME:
                self.stored.setdefault(word, node)

    def comparison(self, node: int, parent: int, word: str) -> tuple[int, ...]:
        """Ordering and equality mix only where no operand is a text, a container or a constant."""
        tree = self.tree
        if tree.kind[parent] != "comparison_operator" or tree.end[node] - tree.start[node] != len(word):
            return Nothing
        allowed = ALTERNATIVES[word]
        if len(allowed) == 1 or not any(tree.kind[child] in UNORDERED for child in tree.children(parent)):
            return allowed
        same = EQUAL if word in ("==", "!=") else ORDERED
        return tuple(edit for edit in allowed if edit in same)

    def arithmetic(self, node: int, parent: int, word: str) -> tuple[int, ...]:
        """Binary operators between operands that may be numbers."""
        tree = self.tree
        if tree.kind[parent] != "binary_operator" or self.in_type(node) or self.has_sequence(parent):
            return Nothing
        return ALTERNATIVES[word]

    def assignment(self, node: int, parent: int, word: str) -> tuple[int, ...]:
        """`+=` and its like; `=` and `+=` in loops, where the name was set before."""
        tree = self.tree
        kind = tree.kind[parent]
        if kind not in ("assignment", "augmented_assignment"):
            return Nothing
        left, right = parent + 1, tree.child(parent, "right")
        if right < 0 or tree.kind[right] in NOT_A_VALUE:
            return Nothing
        simple = (
            tree.kind[left] == "identifier"
            and tree.kind[tree.parent[parent]] == "expression_statement"
            and tree.child(parent, "type") < 0
            and tree.kind[right] not in UNORDERED
            and self.stored.get(self.text[tree.start[left] : tree.end[left]], left) < left
            and tree.kind[tree.ancestor(parent, LOOP_OR_SCOPE)] in LOOPS
        )
        if word == "=":
            return ALTERNATIVES[word] if simple else Nothing
        allowed = ALTERNATIVES[word]
        if not simple:
            allowed = tuple(edit for edit in allowed if edit != SET)
        if self.has_sequence(right):
            allowed = tuple(edit for edit in allowed if edit == SET)
        return allowed

    def boolean(self, node: int, parent: int, word: str) -> tuple[int, ...]:
        """`and` and `or`."""
        return ALTERNATIVES[word] if self.tree.kind[parent] == "boolean_operator" else Nothing

    def constant(self, node: int, parent: int, word: str) -> tuple[int, ...]:
        """True and False."""
        return Nothing if self.in_type(node) else ALTERNATIVES[word]

    def jump(self, node: int, parent: int, word: str) -> tuple[int, ...]:
        """`break` and `continue`."""
        return (
            ALTERNATIVES[word]
            if self.tree.kind[parent] in ("break_statement", "continue_statement")
            else Nothing
        )

    def callee(self, node: int, parent: int, word: str) -> tuple[int, ...]:
        """Functions that have a counterpart."""
        return ALTERNATIVES[word]

    def method(self, node: int, parent: int, word: str) -> tuple[int, ...]:
        """Methods that have a counterpart: with one argument that may be a container, or with none."""
        tree = self.tree
        values = tree.child(tree.parent[parent], "arguments")
        if values < 0 or tree.kind[values] != "argument_list":
            return Nothing
        inside = [child for child in tree.children(values) if tree.kind[child] not in ("(", ")", ",")]
        if word in ("keys", "values", "items"):
            return Nothing if inside else ALTERNATIVES[word]
        fixed = ("integer", "float", "keyword_argument", "none", "true", "false")
        if len(inside) != 1 or tree.kind[inside[0]] in fixed:
            return Nothing
        return ALTERNATIVES[word]

    def number(self, item: int, node: int, word: str) -> None:
        """Off by one, and missing signs."""
        tree = self.tree
        if (
            not (word.isascii() and word.isdigit())
            or (len(word) > 1 and word[0] == "0")
            or len(word) > LONGEST_NUMBER
        ):
            return
        if node < 0 or tree.kind[node] != "integer" or self.in_type(node):
            return
        above = tree.kind[tree.parent[node]]
        signed = above == "unary_operator"
        for edit in ALTERNATIVES.get(word, Nothing):
            if not (signed and (word == "0" or edit == ZERO)):
                self.edits += (item, edit)
        if word not in "01":
            self.edits += (item, ADD)
            if word != "2":
                self.edits += (item, SUBTRACT)
        if word != "0" and above not in NO_SIGN and not self.after_word(node) and not self.is_base(node):
            self.edits += (item, NEGATE)

    def sign(self, item: int, node: int) -> None:
        """A minus that may be one too many: directly before a whole number other than 0."""
        tree = self.tree
        parent, number = tree.parent[node], node + 1
        fits = (
            number < len(tree.kind)
            and tree.kind[number] == "integer"
            and tree.parent[number] == parent
            and tree.start[number] == tree.end[node]
            and tree.kind[tree.parent[parent]] not in NO_SIGN
        )
        if fits and not self.after_word(node) and not self.in_type(node) and not self.is_base(parent):
            word = self.text[tree.start[number] : tree.end[number]]
            if word.isascii() and word.isdigit() and word[0] != "0" and len(word) <= LONGEST_NUMBER:
                self.edits += (item, UNNEGATE)

    def after_word(self, node: int) -> bool:
        """Whether a letter or digit stands right before the leaf."""
        start = self.tree.start[node]
        before = self.text[start - 1 : start] if start else ""
        return before.isalnum() or before == "_"

    def is_base(self, node: int) -> bool:
        """Whether the node is the base of a power."""
        parent = self.tree.parent[node]
        if self.tree.kind[parent] != "binary_operator" or self.tree.field[node] != "left":
            return False
        return self.tree.kind[self.tree.child(parent, "operator")] == "**"

    def in_type(self, node: int) -> bool:
        """Whether the leaf stands in an annotation."""
        above = self.tree.ancestor(node, TYPE_OR_BLOCK)
        return above >= 0 and self.tree.kind[above] == "type"

    def has_sequence(self, node: int) -> bool:
        """Whether an operand of the chain of operators around `node` is a text or a container."""
        tree = self.tree
        while tree.kind[tree.parent[node]] in CHAIN:
            node = tree.parent[node]
        known = self.mixed.get(node)
        if known is None:
            known = False
            stack = [node]
            while stack and not known:
                top = stack.pop()
                kind = tree.kind[top]
                if kind in CHAIN or kind == "parenthesized_expression":
                    stack += tree.children(top)
                known = kind in SEQUENCES
            self.mixed[node] = known
        return known
