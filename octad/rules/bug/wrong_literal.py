"""`True` stands for `False`, or `False` for `True`."""

from octad.rules.rule import Example, Rule

RULE = Rule(
    name="bug/wrong-literal",
    level="warning",
    message="`{word}` looks like the wrong value here",
    summary=(
        "`True` stands where `False` was meant, or the other way round. It shows when a result or "
        "an option says the opposite of what the code around it establishes."
    ),
    example=Example(
        wrong="""\
def is_prime(number):
    for divisor in range(2, number):
        if number % divisor == 0:
            return True
    return number > 1
""",
        right="""\
def is_prime(number):
    for divisor in range(2, number):
        if number % divisor == 0:
            return False
    return number > 1
""",
    ),
    repair="The opposite value.",
)
