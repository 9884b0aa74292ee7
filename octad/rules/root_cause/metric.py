"""The metric that shows a fault best."""

from octad.rules.rule import Example, Rule

RULE = Rule(
    name="root-cause/metric",
    level="warning",
    message="{word}: shows what went wrong first or most",
    summary="A series that left its usual level earliest or farthest, among those of the system.",
    example=Example(wrong="memory of cart grows from noon on until it is killed"),
)
