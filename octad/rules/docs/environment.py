"""Documentation names an environment variable that nothing in the project reads."""

from octad.rules.rule import Example, Rule

RULE = Rule(
    name="docs/environment",
    level="note",
    message="the documented environment variable `{word}` is read by nothing",
    summary=(
        "Documentation tells to set an environment variable with the project's prefix, and nothing "
        "outside the documents names it, whole or in parts that could be put together. Variables that a "
        "plug-in may read are left alone."
    ),
    example=Example(
        wrong="""\
# docs/settings.md
Set the environment variable `NOTES_COLOUR`.

# notes/settings.py
os.environ.get("NOTES_COLOR")
""",
        right="""\
# docs/settings.md
Set the environment variable `NOTES_COLOR`.
""",
    ),
    repair="The nearest variable that is read, never as certain.",
)
