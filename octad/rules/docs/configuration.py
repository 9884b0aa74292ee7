"""Documentation sets a key that no code of the project names."""

from octad.rules.rule import Example, Rule

RULE = Rule(
    name="docs/configuration",
    level="note",
    message="no code of the project names the setting `{word}`",
    summary=(
        "A documented block of TOML or INI sets a key in the project's own table, and no code of the "
        "project names it, though code names nearly all other documented keys."
    ),
    example=Example(
        wrong="""\
# docs/settings.md
[tool.notes]
line-lenght = 80

# notes/settings.py
DEFAULTS = {"line-length": 88}
""",
        right="""\
# docs/settings.md
[tool.notes]
line-length = 80
""",
    ),
    repair="The nearest key that is known, never as certain.",
)
