"""A number has a minus too many, or lacks one."""

from octad.rules.rule import Example, Rule

RULE = Rule(
    name="bug/wrong-sign",
    level="warning",
    message="the sign of `{word}` looks wrong",
    summary=(
        "A whole number has a minus too many, or lacks one. As an index it then counts from the "
        "wrong end, as a step it goes the wrong way."
    ),
    example=Example(
        wrong="""\
def extension(path):
    return path.split(".")[1]
""",
        right="""\
def extension(path):
    return path.split(".")[-1]
""",
    ),
    repair="The same number with the other sign.",
)
