"""A change of the code made a document untrue that it left as it was."""

from octad.rules.rule import Example, Rule

RULE = Rule(
    name="docs/stale",
    level="warning",
    message="this change made the text untrue",
    summary=(
        "With a change: a document, left as it was, still speaks of a name, a parameter or a default "
        "that the change removed, renamed or altered. Names count where nothing of that name is left in "
        "the code; parameters where they are given to the function in an example, a signature or a "
        "sentence that names it."
    ),
    example=Example(
        wrong="""\
# README.md: `fetch(url, retries=3)` tries three times.
def fetch(url, attempts=3):
    return [url] * attempts
""",
        right="""\
# README.md: `fetch(url, attempts=3)` tries three times.
def fetch(url, attempts=3):
    return [url] * attempts
""",
    ),
    repair="The new name, where it was renamed.",
)
