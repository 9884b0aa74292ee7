"""A path is named that is not there."""

from octad.rules.rule import Example, Rule

RULE = Rule(
    name="docs/path",
    level="note",
    message="`{word}` is not there",
    summary=(
        "A text names, or a drawing of the folders shows, a file or folder of the project that went "
        "away, by its history. Paths that were never there are not judged: they may be examples, or "
        "made by whoever follows the text."
    ),
    example=Example(
        wrong="The settings are described in `docs/settings.rst`.\n",
        right="The settings are described in `docs/reference/settings.md`.\n",
    ),
    repair="No edit is offered: the finding names the commit that took the file away, or where it lies now.",
)
