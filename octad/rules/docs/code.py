"""An example cannot work."""

from octad.rules.rule import Example, Rule

RULE = Rule(
    name="docs/code",
    level="warning",
    message="the example takes `{word}`, which is not there",
    summary=(
        "An example in Python imports a module of the project, or takes a name from one, that it does not"
        " have; or an example in Python, JSON, YAML or TOML does not parse (a note). Modules whose names "
        "are made while they run, parts of programs, examples that are meant to fail and code for newer "
        "versions of Python are not judged."
    ),
    example=Example(
        wrong="```python\nfrom shop.basket import total_price\n```\n",
        right="```python\nfrom shop.basket import total\n```\n",
    ),
    repair="No edit is offered: where another file defines the name, the finding says which.",
)
