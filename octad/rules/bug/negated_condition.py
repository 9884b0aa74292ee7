"""A condition has a `not` too many."""

from octad.rules.rule import Example, Rule

RULE = Rule(
    name="bug/negated-condition",
    level="warning",
    message="this condition looks negated the wrong way",
    summary="A condition has a `not` too many, so that what follows happens in the opposite case.",
    example=Example(
        wrong="""\
def create(path, text):
    if not path.exists():
        raise FileExistsError(path)
    path.write_text(text)
""",
        right="""\
def create(path, text):
    if path.exists():
        raise FileExistsError(path)
    path.write_text(text)
""",
    ),
    repair="The condition without its `not`.",
)
