"""A method or field that the class does not have."""

from octad.rules.rule import Example, Rule

RULE = Rule(
    name="uses/missing",
    level="warning",
    message="nothing in this class defines `{word}`",
    summary=(
        "A method or field is asked of `self` or `cls` that neither the class nor its bases "
        "define. Often it is the name from before a change. Python raises an AttributeError there."
    ),
    example=Example(
        wrong="""\
class Timer:
    def __init__(self, started):
        self.started = started

    def elapsed(self, now):
        return now - self.start
""",
        right="""\
class Timer:
    def __init__(self, started):
        self.started = started

    def elapsed(self, now):
        return now - self.started
""",
    ),
    repair="No edit is offered: the name may be wrong here, or its definition may be what is missing.",
)
