"""A docstring promises a result that there is not, or None where there is one."""

from octad.rules.rule import Example, Rule

RULE = Rule(
    name="docs/returns",
    level="warning",
    message="the docstring says that something is returned, and nothing is",
    summary=(
        "A docstring describes what a function returns or yields, and no statement of it returns or "
        "yields a value; or it says that None is returned, and a value is. Stubs, abstract methods and "
        "functions annotated to return something are not judged."
    ),
    example=Example(
        wrong="""\
def store(items, item):
    '''Store it.

    Returns:
        The items with the new one.
    '''
    items.append(item)
    items.sort()
""",
        right="""\
def store(items, item):
    '''Store it.

    Returns:
        The items with the new one.
    '''
    items.append(item)
    items.sort()
    return items
""",
    ),
)
