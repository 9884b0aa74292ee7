"""Log messages that belong to a fault."""

from octad.rules.rule import Example, Rule

RULE = Rule(
    name="root-cause/template",
    level="warning",
    message="{word}: these messages belong to what went wrong",
    summary="Messages that are new, grave or far more frequent since the incident began.",
    example=Example(wrong="connection to <*> refused: first seen at 12:04, 310 times until 12:10"),
)
