"""A method stands for its counterpart."""

from octad.rules.rule import Example, Rule

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
)
