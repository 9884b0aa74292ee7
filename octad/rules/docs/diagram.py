"""A diagram or a command shows a part that is not there."""

from octad.rules.rule import Example, Rule

RULE = Rule(
    name="docs/diagram",
    level="note",
    message="`{word}` is no part of the project",
    summary=(
        "A diagram in Mermaid, PlantUML or DOT that shows modules or files of the project shows one that "
        "is not there, or draws an arrow between two of which one does not import the other where imports"
        " follow the other arrows; or a command of docker-compose names a service that no compose file "
        "has."
    ),
    example=Example(
        wrong="```bash\ndocker compose up databse\n```\n",
        right="```bash\ndocker compose up database\n```\n",
    ),
    repair="No edit is offered: either side may be the wrong one.",
)
