"""Documentation names what is not in the project."""

from octad.rules.rule import Example, Rule

RULE = Rule(
    name="docs/name",
    level="warning",
    message="the text speaks of a name that is not there",
    summary=(
        "A document, docstring or comment names a module, class, function or member of this project by "
        "its dotted name, and there is none: it was moved, renamed or removed. What a module or class "
        "may have without its being written is not judged, nor are sentences about the past."
    ),
    example=Example(
        wrong="""\
def total(cart):
    '''The total; see :func:`shop.cart.sum_of`, which was never written.'''
    return sum(cart)
""",
        right="""\
def total(cart):
    '''The total of the items.'''
    return sum(cart)
""",
    ),
    repair="The line that defines a thing of that name elsewhere in the project is shown where there is one.",
)
