"""A constant of the module is used as if it held something else."""

from octad.rules.rule import Example, Rule

RULE = Rule(
    name="uses/constant",
    level="warning",
    message="`{word}` is used as if it held something else",
    summary=(
        "A constant of the module is used in a way that does not fit its value, such as a number "
        "that is looped over or a text that is computed with."
    ),
    example=Example(
        wrong="""\
RETRIES = 3
DELAYS = (1, 5, 30)


def waits(factor):
    return [delay * factor for delay in RETRIES]
""",
        right="""\
RETRIES = 3
DELAYS = (1, 5, 30)


def waits(factor):
    return [delay * factor for delay in DELAYS]
""",
    ),
    repair=(
        "No edit is offered: the finding names the place of the definition, and either side may be "
        "the wrong one."
    ),
)
