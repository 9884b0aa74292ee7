"""A call of a class does not fit its `__init__`."""

from octad.rules.rule import Example, Rule

RULE = Rule(
    name="uses/class",
    level="warning",
    message="this call of `{word}` does not fit its `__init__`",
    summary=(
        "An object is made with arguments that the `__init__` of its class does not take in this "
        "number or under these names, so that Python refuses the call. Often `__init__` changed and "
        "this call did not."
    ),
    example=Example(
        wrong="""\
class Point:
    def __init__(self, x, y):
        self.x = x
        self.y = y


def origin():
    return Point(0)
""",
        right="""\
class Point:
    def __init__(self, x, y):
        self.x = x
        self.y = y


def origin():
    return Point(0, 0)
""",
    ),
    repair=(
        "No edit is offered: the finding names the place of the definition, and either side may be "
        "the wrong one."
    ),
)
