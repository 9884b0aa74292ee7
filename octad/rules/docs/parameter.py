"""A docstring describes a parameter that its function does not take."""

from octad.rules.rule import Example, Rule

RULE = Rule(
    name="docs/parameter",
    level="warning",
    message="the docstring describes a parameter that is not taken",
    summary=(
        "A docstring of Google, NumPy or Sphinx style describes a parameter that its function does not "
        "take: it was renamed or removed, and the text was not. Functions that take any name, or whose "
        "decorators may change what they take, are not judged."
    ),
    example=Example(
        wrong="""\
def area(width, height):
    '''The area.

    Args:
        width: Metres.
        heigth: Metres.
    '''
    return width * height
""",
        right="""\
def area(width, height):
    '''The area.

    Args:
        width: Metres.
        height: Metres.
    '''
    return width * height
""",
    ),
    repair="The name of the one parameter that is taken and not described, where the two are alike.",
)
