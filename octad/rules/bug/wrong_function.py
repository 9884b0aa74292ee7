"""`min` stands for `max`, `any` for `all`, or the other way round."""

from octad.rules.rule import Example, Rule

RULE = Rule(
    name="bug/wrong-function",
    level="warning",
    message="`{word}` looks like the wrong function",
    summary=(
        "`min` stands where `max` was meant, `any` where `all` was meant, or the other way round. "
        "It shows in the names that the result is given and in how it is used."
    ),
    example=Example(
        wrong="""\
def bounds(values):
    lowest = max(values)
    highest = max(values)
    return lowest, highest
""",
        right="""\
def bounds(values):
    lowest = min(values)
    highest = max(values)
    return lowest, highest
""",
    ),
    repair="Its counterpart, called with the same arguments.",
)
