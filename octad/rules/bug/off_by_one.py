"""A number is one or two too large or too small."""

from octad.rules.rule import Example, Rule

RULE = Rule(
    name="bug/off-by-one",
    level="warning",
    message="`{word}` looks off by one or two",
    summary=(
        "A whole number is one or two too large or too small, as at the start or the end of a "
        "range. The first or last element is then left out, or one too many is read."
    ),
    example=Example(
        wrong="""\
def is_sorted(values):
    return all(values[i - 1] <= values[i] for i in range(0, len(values)))
""",
        right="""\
def is_sorted(values):
    return all(values[i - 1] <= values[i] for i in range(1, len(values)))
""",
    ),
    repair="The number one or two above or below.",
)
