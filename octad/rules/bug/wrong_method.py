"""A method stands for its counterpart."""

import ast

from octad.rules.rule import Edit, Example, Rule
from octad.syntax.program import Nodes

VIEWS = frozenset({"keys", "values", "items"})


def veto(edit: Edit) -> str:
    """Another view of a mapping where a loop takes each of its values, or its pairs, apart: all may be so."""
    path = edit.path()
    targets = _targets(path) if len(path) > 2 and edit.word in VIEWS else ()
    taken = [len(one.elts) for one in targets if isinstance(one, ast.Tuple | ast.List)]
    fits = edit.tokens.words[edit.item] == "values" or (
        edit.tokens.words[edit.item] == "items" and taken == [2]
    )
    return "what the view holds is taken apart as it may be" if taken and fits else ""


def _targets(path: Nodes) -> tuple[ast.AST, ...]:
    """What a loop or a comprehension sets to what the call, whose name ends a path, gives."""
    held, call = path[-3], path[-2]
    if isinstance(held, ast.For | ast.AsyncFor):
        return (held.target,) if held.iter is call else ()
    return tuple(one.target for one in getattr(held, "generators", ()) if one.iter is call)


RULE = Rule(
    name="bug/wrong-method",
    level="warning",
    message="`{word}` looks like the wrong method",
    summary=(
        "A method stands where its counterpart was meant: `append` and `extend`, `startswith` and "
        "`endswith`, or `keys`, `values` and `items`. It shows in what is handed to it, or in what "
        "becomes of its result."
    ),
    example=Example(
        wrong="""\
def flatten(rows):
    found = []
    for row in rows:
        found.append(row)
    return found
""",
        right="""\
def flatten(rows):
    found = []
    for row in rows:
        found.extend(row)
    return found
""",
    ),
    repair="A counterpart of the method, called in the same way.",
    veto=veto,
)
