"""A docstring states another default than the signature has."""

from octad.rules.rule import Example, Rule

RULE = Rule(
    name="docs/default",
    level="warning",
    message="the docstring states another default than the signature has",
    summary=(
        "A docstring states the default of a parameter as a plain value, and the signature has another "
        "one. A default of None may stand for any value and is not judged, nor is what holds under a "
        "condition."
    ),
    example=Example(
        wrong="""\
def fetch(url, retries=3):
    '''Fetch it.

    Args:
        retries: How often to try. Defaults to 5.
    '''
    return [url] * retries
""",
        right="""\
def fetch(url, retries=3):
    '''Fetch it.

    Args:
        retries: How often to try. Defaults to 3.
    '''
    return [url] * retries
""",
    ),
    repair="The default of the signature.",
)
