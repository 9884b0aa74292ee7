"""A docstring warns of an exception that nothing raises."""

from octad.rules.rule import Example, Rule

RULE = Rule(
    name="docs/raises",
    level="note",
    message="the docstring warns of an exception that nothing raises",
    summary=(
        "A docstring says that an exception of this project is raised, and no code of the project "
        "mentions its class except to define, catch or import it."
    ),
    example=Example(
        wrong="""\
class MissingError(Exception):
    pass

def find(name):
    '''Find it.

    Raises:
        MissingError: If there is none.
    '''
    return name
""",
        right="""\
class MissingError(Exception):
    pass

def find(name):
    '''Find it.

    Raises:
        MissingError: If there is none.
    '''
    if not name:
        raise MissingError(name)
    return name
""",
    ),
)
