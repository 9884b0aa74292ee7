"""A function returns before its work is done."""

from octad.rules.rule import Example, Rule

RULE = Rule(
    name="bug/needless-return",
    level="warning",
    message="this is probably not to be returned",
    summary=(
        "A statement returns where the function was meant to go on, as in the first round of a "
        "loop, or returns a value that nobody asked for."
    ),
    example=Example(
        wrong="""\
def close_all(files):
    for file in files:
        return file.close()
""",
        right="""\
def close_all(files):
    for file in files:
        file.close()
""",
    ),
    repair="The statement without its `return`.",
)
