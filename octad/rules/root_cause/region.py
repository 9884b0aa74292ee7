"""The code that errors come out of."""

from octad.rules.rule import Example, Rule

RULE = Rule(
    name="root-cause/region",
    level="warning",
    message="{word}: errors come out of this code",
    summary="Functions that the stack traces in the logs pass through, those at their top most of all.",
    example=Example(wrong="cart/stock.py:40-58 reserve, on top of 212 of 230 stack traces"),
)
