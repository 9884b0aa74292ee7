"""Documentation asks make, npm, tox, nox or just for something that is not defined."""

from octad.rules.rule import Example, Rule

RULE = Rule(
    name="docs/target",
    level="warning",
    message="`{word}` is asked for and not defined",
    summary=(
        "A command for people who work on the project asks make, npm, tox, nox or just for a target, "
        "script, environment, session or recipe that the project's files do not define. Files that "
        "include others which are not there, or make names with functions, are not judged."
    ),
    example=Example(
        wrong="""\
# CONTRIBUTING.md
$ make tests

# Makefile
test:
	pytest
""",
        right="""\
# CONTRIBUTING.md
$ make test
""",
    ),
    repair="The nearest name that is defined, never as certain.",
)
