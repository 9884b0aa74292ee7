"""A value is computed at the end and not returned."""

from octad.rules.rule import Example, Rule

RULE = Rule(
    name="bug/missing-return",
    level="warning",
    message="this value is probably to be returned",
    summary=(
        "The last statement of a block computes a value and drops it, so that the function returns "
        "None where its caller expects the value."
    ),
    example=Example(
        wrong="""\
def full_name(person):
    " ".join((person.first, person.last))
""",
        right="""\
def full_name(person):
    return " ".join((person.first, person.last))
""",
    ),
    repair="A `return` before the statement.",
)
