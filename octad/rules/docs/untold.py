"""A change of the public interface that no text has a word about."""

from octad.rules.rule import Example, Rule

RULE = Rule(
    name="docs/untold",
    level="note",
    message="the interface changed, and no text has a word about it",
    summary=(
        "With a change: a public name was removed, renamed or takes other things, or a new one has no "
        "docstring, and no line of a document, changelog or file of news that came with the change names "
        "it."
    ),
    example=Example(
        wrong="""\
# CHANGELOG.md says nothing of it.
def fetch(url, *, retries):
    return [url] * retries
""",
        right="""\
# CHANGELOG.md: `fetch` requires `retries`.
def fetch(url, *, retries):
    return [url] * retries
""",
    ),
)
