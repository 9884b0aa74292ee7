"""An arithmetic, bitwise or boolean operator stands where another was meant."""

from octad.rules.rule import Example, Rule

RULE = Rule(
    name="bug/wrong-operator",
    level="warning",
    message="`{word}` looks like the wrong operator",
    summary="An operator does not do what the names around it, and the other uses of them, say it should do.",
    example=Example(
        wrong="def average(values):\n    return sum(values) * len(values)\n",
        right="def average(values):\n    return sum(values) / len(values)\n",
    ),
    repair="Another operator of the same sort.",
)
