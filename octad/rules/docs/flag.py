"""A command in the documentation gives the project's own program an option that it does not take."""

from octad.rules.rule import Example, Rule

RULE = Rule(
    name="docs/flag",
    level="note",
    message="a documented command has an option that no code declares",
    summary=(
        "A command that documentation tells to type gives one of the project's own programs an option "
        "that no code declares, or that this subcommand does not take. Options are read from argparse, "
        "optparse, click and typer; where a project makes options while it runs, hands what it does not "
        "know to others, or has plug-ins, whatever might be one of those is left alone."
    ),
    example=Example(
        wrong="""\
# README.md
$ notes export --fromat json

# notes/cli.py
parser.add_argument("--format")
""",
        right="""\
# README.md
$ notes export --format json
""",
    ),
    repair="The nearest option that exists, never as certain.",
)
