"""A docstring states a type that the annotation contradicts."""

from octad.rules.rule import Example, Rule

RULE = Rule(
    name="docs/type",
    level="warning",
    message="the docstring states another type than the annotation",
    summary=(
        "A docstring states the type of a parameter, and none of the types that its annotation allows is "
        "of that kind: text, bytes, number, truth value, several values or mapping. Types beyond these "
        "are not judged."
    ),
    example=Example(
        wrong="""\
def repeat(times: int):
    '''Repeat.

    :param str times: How often.
    '''
    return range(times)
""",
        right="""\
def repeat(times: int):
    '''Repeat.

    :param int times: How often.
    '''
    return range(times)
""",
    ),
)
