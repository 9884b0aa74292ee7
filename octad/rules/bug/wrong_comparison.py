"""A comparison that lets the wrong values through."""

from octad.rules.rule import Edit, Example, Rule

BEFORE = frozenset(
    {"", "if", "elif", "while", "and", "or", "not", "return", "assert", "=", "(", "[", ",", ":", "lambda"}
)
AFTER = frozenset({"", ":", "and", "or", ")", "]", ",", "else", "if", "for"})
"""What may stand around a comparison with nothing else in it: then its two sides are the whole of it."""


def veto(edit: Edit) -> str:
    """`len(x) != 0` and `len(x) > 0` are the same, for no length is below 0."""
    words, item = edit.tokens.words, edit.item
    start = _call_that_ends_at(words, item - 1)
    is_length = start > 0 and words[start] == "len" and words[start - 1] in BEFORE
    is_zero = words[item + 1 : item + 2] == ("0",) and "".join(words[item + 2 : item + 3]) in AFTER
    same = {words[item], edit.word} in ({"!=", ">"}, {"==", "<="})
    return "no length is below 0: it would be the same program" if is_length and is_zero and same else ""


def _call_that_ends_at(words: tuple[str, ...], close: int) -> int:
    """The item of the name that is called by the parentheses that end at an item, 0 where none do."""
    depth = 0
    for item in range(close, 0, -1):
        depth += (words[item] == ")") - (words[item] == "(")
        if depth == 0:
            return item - 1 if item < close else 0
    return 0


RULE = Rule(
    name="bug/wrong-comparison",
    level="warning",
    message="`{word}` looks like the wrong comparison",
    summary="A condition compares the wrong way round, or leaves out or lets in the value at its border.",
    example=Example(
        wrong="def clamp(value, low):\n    return low if value > low else value\n",
        right="def clamp(value, low):\n    return low if value < low else value\n",
    ),
    repair="Another comparison of the same two values.",
    veto=veto,
)
