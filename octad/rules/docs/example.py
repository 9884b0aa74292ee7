"""An example of the documentation, run, does something else than its text says."""

from octad.rules.rule import Example, Rule

RULE = Rule(
    name="docs/example",
    level="warning",
    message="this example does not do what the text says",
    summary=(
        "The example was run in the sandbox (`octad docs --run`). It gave another result than the text says, "
        "twice the same, or it uses a module, a name, an attribute or a parameter that the project does not "
        "have. What lacks a package, a file, a network, input or time is counted as not run."
    ),
    example=Example(
        wrong="""\
>>> from shop import price
>>> price(2, each=3)
5
""",
        right="""\
>>> from shop import price
>>> price(2, each=3)
6
""",
    ),
    repair="Correct the result that the text shows, or the call.",
)
