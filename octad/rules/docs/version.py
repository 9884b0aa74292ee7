"""Documentation promises an older Python than installers accept."""

from octad.rules.rule import Example, Rule

RULE = Rule(
    name="docs/version",
    level="warning",
    message="the text says that an older Python is enough than the manifest asks for",
    summary=(
        "A README or a page on installing says that a Python is enough which the project's `requires- "
        "python` refuses. Sentences on other programs, versions or parts are not judged."
    ),
    example=Example(
        wrong="""\
# README.md
Requires Python 3.8 or newer.

# pyproject.toml
requires-python = ">=3.10"
""",
        right="""\
# README.md
Requires Python 3.10 or newer.
""",
    ),
    repair="The version of the manifest.",
)
