"""Which of the possible edits make a bug that can be seen in the function: what the injector may choose.

An edit that leaves the meaning as it was, or whose wrongness nothing in the function betrays, teaches a
model to guess. Left out by rule:

* numbers, except in subscripts, slices, `range`, next to an arithmetic operator or in a comparison;
* `True` and `False` as arguments and defaults: nothing says which was meant;
* numbers and booleans on lines that assert (expected values of tests);
* swapped arguments with the same text, and of calls whose arguments may be exchanged
  (`assertEqual`, `isclose`, ...);
* names where the function says that one is the other (`a = b`), and `_`;
* operators between two operands with the same text (`x + x`).
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from octad.syntax.edits import EDITS, KINDS, inverse
from octad.syntax.tokens import Kind, Role, Tokens, Use

NUMERIC = frozenset({"off-by-one", "wrong-sign"})
_BEFORE_NUMBER = frozenset(
    [
        "[",
        "+",
        "-",
        "*",
        "/",
        "//",
        "%",
        "<<",
        ">>",
        "<",
        "<=",
        ">",
        ">=",
        "==",
        "!=",
        "+=",
        "-=",
        "*=",
        "//=",
        "%=",
    ]
)
_AFTER_NUMBER = frozenset(["]", "+", "-", "*", "/", "//", "%", "<<", ">>", "<", "<=", ">", ">=", "==", "!="])
_BEFORE_BOOLEAN = frozenset(["return", "=", "is", "==", "!=", "while", "and", "or"])
_SYMMETRIC = re.compile(
    r"assert\w*([Ee]qual|[Ii]s|_is|[Cc]lose|[Ss]ame)\w*|\w*(isclose|allclose|array_equal|same|equal)s?|"
    r"distance|dist|union|intersection|multiply|add|logical_\w+|minimum|maximum|commutator|print|exec|eq_"
)
_ASSERTS = re.compile(r"assert\w*|eq_|ok_|expect\w*")
_OPENING = {"(": ")", "[": "]", "{": "}"}
_CLOSING = frozenset(_OPENING.values())


@dataclass(frozen=True, slots=True)
class Places:
    """What may be injected in one function: places for the pointer edit, and other edits by kind.

    `variables` and `attributes` are items whose name may be exchanged, `own` the variables among them that
    the function itself binds; `edits` maps the kind of the
    repair to (item, edit) pairs. `aliases` are pairs of names that mean the same.
    """

    variables: list[int]
    own: list[int]
    attributes: list[int]
    edits: dict[str, list[tuple[int, int]]]
    aliases: set[frozenset[str]]


def places_of(tokens: Tokens) -> Places:
    """The places of one correct function at which a bug that shows can be injected."""
    lines = _asserting_lines(tokens)
    brackets = _brackets(tokens)
    found: dict[str, list[tuple[int, int]]] = {}
    for item, edit in tokens.edits.tolist():
        kind = KINDS[EDITS[inverse(tokens, item, edit)[0]]]
        if _shows(tokens, item, edit, kind, lines, brackets):
            found.setdefault(kind, []).append((item, edit))
    role, use, words = tokens.role.tolist(), tokens.use.tolist(), tokens.words
    times = Counter((role[item], words[item]) for item in range(len(words)) if role[item])
    variables, attributes = [], []
    for item in range(1, len(words)):
        if role[item] == Role.NONE or times[role[item], words[item]] < 2 or words[item] == "_":
            continue
        if role[item] == Role.ATTRIBUTE:
            attributes.append(item)
        elif use[item] == Use.LOAD:
            variables.append(item)
    bound = {words[item] for item in range(len(words)) if use[item] in (Use.STORE, Use.UPDATE)}
    own = [item for item in variables if words[item] in bound]
    return Places(variables, own, attributes, found, _aliases(tokens))


def _shows(tokens: Tokens, item: int, edit: int, kind: str, lines: set[int], brackets: list[int]) -> bool:
    word, before = tokens.words[item], tokens.words[item - 1]
    after = tokens.words[item + 1] if item + 1 < len(tokens) else ""
    if EDITS[edit].startswith("swap:"):
        return not _SYMMETRIC.fullmatch(before)
    asserted = int(tokens.spans[item, 0]) in lines
    if kind in NUMERIC:
        opening = brackets[item]
        inside = opening > 0 and (
            (tokens.words[opening] == "(" and tokens.words[opening - 1] in ("range", "xrange"))
            or (tokens.words[opening] == "[" and tokens.words[opening - 1] not in _LIST_AFTER)
        )
        return not asserted and (inside or before in _BEFORE_NUMBER - {"["} or after in _AFTER_NUMBER - {"]"})
    if word in ("True", "False") and EDITS[edit].startswith("replace:"):
        keyword = before == "=" and brackets[item] > 0
        return not asserted and not keyword and before in _BEFORE_BOOLEAN
    if kind in ("wrong-operator", "wrong-comparison"):
        return before != after
    return True


#: Before a bracket that opens a list; anything else before it makes it a subscript.
_LIST_AFTER = frozenset(
    [
        "=",
        "(",
        "[",
        "{",
        ",",
        ":",
        "return",
        "in",
        "+",
        "-",
        "*",
        "/",
        "and",
        "or",
        "not",
        "is",
        "==",
        "!=",
        "yield",
        "lambda",
        "else",
        "if",
    ]
)


def _asserting_lines(tokens: Tokens) -> set[int]:
    return {
        int(line)
        for word, line in zip(tokens.words, tokens.spans[:, 0].tolist(), strict=True)
        if word.startswith(("assert", "eq_", "ok_", "expect")) and _ASSERTS.fullmatch(word)
    }


def _brackets(tokens: Tokens) -> list[int]:
    """For every item the item of the bracket that it stands in, 0 for none."""
    stack = [0]
    around = []
    for item, word in enumerate(tokens.words):
        if word in _CLOSING and len(stack) > 1 and tokens.kind[item] == Kind.BRACKET:
            stack.pop()
        around.append(stack[-1])
        if word in _OPENING and tokens.kind[item] == Kind.BRACKET:
            stack.append(item)
    return around


def _aliases(tokens: Tokens) -> set[frozenset[str]]:
    """Pairs of names of statements `a = b`."""
    words, first, role = tokens.words, tokens.first.tolist(), tokens.role.tolist()
    return {
        frozenset((words[item], words[item + 2]))
        for item in range(1, len(words) - 2)
        if words[item + 1] == "="
        and first[item]
        and role[item] == role[item + 2] == Role.VARIABLE
        and (item + 3 == len(words) or first[item + 3])
    }
