"""An attribute stands where another one was meant."""

from octad.rules.rule import Example, Rule

RULE = Rule(
    name="bug/wrong-attribute",
    level="warning",
    message="`{word}` looks like the wrong attribute here",
    summary=(
        "An attribute of an object stands where another one was meant. It shows when lines of one "
        "shape name it differently."
    ),
    example=Example(
        wrong="""\
def distance(start, end):
    across = end.x - start.x
    down = end.y - start.x
    return (across**2 + down**2) ** 0.5
""",
        right="""\
def distance(start, end):
    across = end.x - start.x
    down = end.y - start.y
    return (across**2 + down**2) ** 0.5
""",
    ),
    repair="Another attribute that the same code names in its place.",
)
