"""A commit that people would tell of in the notes on its release."""

from octad.rules.rule import Example, Rule

RULE = Rule(
    name="notes/told",
    level="note",
    message="worth telling in the notes: {word}",
    summary=(
        "People who wrote notes on releases told of commits like this one: its words, the files it touches "
        "and its size, beside those of the other commits of the release."
    ),
    example=Example(
        wrong="Fix a crash when the cache is empty, with a test, between two updates of dependencies"
    ),
    repair="Tell it, or say in a file of corrections that it is hidden.",
)
