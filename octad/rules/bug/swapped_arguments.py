"""Two arguments of a call stand in each other's place."""

import ast

from octad.rules.rule import Edit, Example, Rule
from octad.syntax.program import Nodes, path_to
from octad.syntax.values import is_text

OF_ATTRIBUTES = frozenset({"getattr", "setattr", "hasattr", "delattr"})
NAMING = frozenset({"name", "attr", "attribute", "field", "key", "path"})
"""Last words of variables that hold the name of an attribute."""


def veto(edit: Edit) -> str:
    """The name of an attribute, or the path to it, anywhere but where `getattr` and its like read it."""
    position = int(edit.word)
    rows = edit.tokens.arguments.tolist()
    start = next((row[2] for row in rows if row[:2] == [edit.item, position]), None)
    path = path_to(edit.code, start) if start is not None else ()
    for call, argument in zip(path[-2::-1], path[:0:-1], strict=True):
        if isinstance(call, ast.Call) and argument in call.args:
            return "it says which attribute is meant" if _is_in_place(call, position, path) else ""
    return ""


def _is_in_place(call: ast.Call, position: int, path: Nodes) -> bool:
    """Whether a swap at a position would move the name of an attribute from where it is read."""
    match call.func:
        case ast.Name(id=name) if name in OF_ATTRIBUTES:
            named, other = call.args[1], call.args[0 if position == 0 else 2]
            is_name = is_text(named, path) or (_names(named) and not _names(other))
            return is_name and not is_text(other, path)
        case ast.Attribute(attr=name) if name in OF_ATTRIBUTES and len(call.args) == 2:
            return is_text(call.args[0], path)
    return False


def _names(node: ast.AST) -> bool:
    """Whether an argument is called as what names an attribute."""
    word: str = getattr(node, "id", getattr(node, "attr", ""))
    return word.lower().rpartition("_")[2] in NAMING


RULE = Rule(
    name="bug/swapped-arguments",
    level="warning",
    message="two arguments of this call look swapped",
    summary=(
        "Two neighbouring arguments of a call stand in each other's place. It shows in the name of "
        "the function and in those of the arguments."
    ),
    example=Example(
        wrong="""\
def censor(text, word):
    return text.replace("*" * len(word), word)
""",
        right="""\
def censor(text, word):
    return text.replace(word, "*" * len(word))
""",
    ),
    repair="The same call with these two arguments exchanged.",
    veto=veto,
)
