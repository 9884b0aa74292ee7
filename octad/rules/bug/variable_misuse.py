"""A variable stands where another one of the same code was meant."""

from octad.rules.rule import Example, Rule

RULE = Rule(
    name="bug/variable-misuse",
    level="warning",
    message="`{word}` looks like the wrong variable here",
    summary=(
        "A variable stands where another one was meant. It shows when what is done with it fits "
        "another name nearby better."
    ),
    example=Example(
        wrong="""\
def merge(old, new):
    merged = dict(old)
    for key, value in new.items():
        merged[key] = key
    return merged
""",
        right="""\
def merge(old, new):
    merged = dict(old)
    for key, value in new.items():
        merged[key] = value
    return merged
""",
    ),
    repair="Another variable of the same code in its place.",
)
