"""The change that a fault came with."""

from octad.rules.rule import Example, Rule

RULE = Rule(
    name="root-cause/change",
    level="error",
    message="{word}: the change that the incident likely came with",
    summary=(
        "A revision from shortly before the incident that touches what stack traces and services point at."
    ),
    example=Example(wrong="4c1f2ab Retry without a limit, deployed at 12:03"),
    repair="Take it back, or repair it.",
)
