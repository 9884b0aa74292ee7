"""An arithmetic, bitwise or boolean operator stands where another was meant."""

import ast

from octad.rules.rule import Edit, Example, Rule
from octad.syntax.values import is_added_to_text, is_text

NUMBERS_ONLY = frozenset({"-", "/", "//", "**"})


def veto(edit: Edit) -> str:
    """Arithmetic on text that would raise, and a product in place of a power of a known exponent."""
    path = edit.path()
    match path[-1:]:
        case (ast.BinOp(right=ast.Constant(value=int() | float()), op=ast.Pow()),):
            return "its exponent says that a power is meant" if edit.word == "*" else ""
        case (ast.BinOp() as whole,):
            texts = is_text(whole.left, path), is_text(whole.right, path)
            raises = _raises(edit, *texts, is_added=is_added_to_text(path))
            return f"`{edit.word}` would raise: one side is text" if raises else ""
    return ""


def _raises(edit: Edit, left: bool, right: bool, *, is_added: bool) -> bool:
    """Whether an operator that runs on its sides, which are text or not known, would not be the other."""
    match edit.tokens.words[edit.item]:
        case "*":
            return (left or right or is_added) and not (left and right and edit.word == "+")
        case "+":
            return (left and right) if edit.word == "*" else (left or right or is_added)
        case "%":
            return left and edit.word in NUMBERS_ONLY
        case "/":
            return right and not left
    return False


RULE = Rule(
    name="bug/wrong-operator",
    level="warning",
    message="`{word}` looks like the wrong operator",
    summary="An operator does not do what the names around it, and the other uses of them, say it should do.",
    example=Example(
        wrong="def average(values):\n    return sum(values) * len(values)\n",
        right="def average(values):\n    return sum(values) / len(values)\n",
    ),
    repair="Another operator of the same sort.",
    veto=veto,
)
