"""A value is assigned in another way than was meant."""

from octad.rules.rule import Example, Rule

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
)
