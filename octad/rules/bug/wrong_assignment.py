"""A value is assigned in another way than was meant."""

import ast

from octad.rules.rule import Edit, Example, Rule
from octad.syntax.values import is_text


def veto(edit: Edit) -> str:
    """Arithmetic that would raise, for what is added or multiplied is text."""
    path = edit.path()
    match path[-1:]:
        case (ast.AugAssign(op=ast.Add()) as update,):
            text = is_text(update.target, path) or is_text(update.value, path)
            raises = text and edit.word in ("-=", "*=")
        case (ast.AugAssign(op=ast.Mult()) as update,):
            raises = is_text(update.target, path) and edit.word in ("+=", "/=")
        case _:
            raises = False
    return f"`{edit.word}` would raise: one side is text" if raises else ""


RULE = Rule(
    name="bug/wrong-assignment",
    level="warning",
    message="`{word}` looks like the wrong assignment",
    summary=(
        "A value is overwritten where it should be added to, or changed by the wrong operation. In "
        "a loop only the last round then counts, or the result runs the wrong way."
    ),
    example=Example(
        wrong="""\
def total(prices):
    result = 0
    for price in prices:
        result = price
    return result
""",
        right="""\
def total(prices):
    result = 0
    for price in prices:
        result += price
    return result
""",
    ),
    repair="Another assignment of the same value to the same place.",
    veto=veto,
)
