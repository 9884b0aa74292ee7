"""A condition lacks its `not`."""

from octad.rules.rule import Example, Rule

RULE = Rule(
    name="bug/missing-not",
    level="warning",
    message="this condition looks as if its `not` were missing",
    summary="A condition lacks a `not`, so that what follows happens in the opposite case.",
    example=Example(
        wrong="""\
def read(path):
    if path.exists():
        raise FileNotFoundError(path)
    return path.read_text()
""",
        right="""\
def read(path):
    if not path.exists():
        raise FileNotFoundError(path)
    return path.read_text()
""",
    ),
    repair="A `not` before the condition.",
)
