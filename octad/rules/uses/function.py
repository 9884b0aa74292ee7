"""A call does not fit the function that it calls."""

from octad.rules.rule import Example, Rule

RULE = Rule(
    name="uses/function",
    level="warning",
    message="this call of `{word}` does not fit its definition",
    summary=(
        "A call does not fit the parameters of the function: an argument is missing, too many or "
        "under an old name, so that Python refuses the call. Often the function changed and this "
        "call did not."
    ),
    example=Example(
        wrong="""\
def area(width, height):
    return width * height


def square(side):
    return area(side)
""",
        right="""\
def area(width, height):
    return width * height


def square(side):
    return area(side, side)
""",
    ),
    repair=(
        "No edit is offered: the finding names the place of the definition, and either side may be "
        "the wrong one."
    ),
)
