"""A link leads nowhere."""

from octad.rules.rule import Example, Rule

RULE = Rule(
    name="docs/link",
    level="warning",
    message="`{word}` leads nowhere",
    summary=(
        "A link, an image or a directive names a file of the project that is not there, or a heading that"
        " its document does not have. Targets on other machines are never asked. What the build of a site"
        " makes, what git ignores and what a host shows beside a repository is not judged."
    ),
    example=Example(
        wrong="See [how to install](docs/instal.md).\n",
        right="See [how to install](docs/install.md).\n",
    ),
    repair="Where only small and capital letters differ, the name as the file has it.",
)
