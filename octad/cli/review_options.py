"""The options of the verb that reviews code, beside those that all verbs share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from octad.cli.options import Parameters

BASELINE = Path(".octad-baseline.json")

OWN: Parameters = {
    "paths": (
        Annotated[
            list[str] | None,
            typer.Argument(
                help="Files and folders; - for a patch on standard input, or for code with --stdin-filename.",
                show_default=".",
            ),
        ],
        None,
    ),
    "diff": (
        Annotated[
            str | None,
            typer.Option(metavar="REV", help="Only what changed since REV, or in A..B, in the paths."),
        ],
        None,
    ),
    "others": (
        Annotated[
            bool,
            typer.Option(
                "--others", help="Say what other callers in this repository do; reads all of it. With --diff."
            ),
        ],
        False,
    ),
    "stdin_filename": (
        Annotated[
            str | None, typer.Option(metavar="PATH", help="Read the code of this file on standard input.")
        ],
        None,
    ),
    "select": (
        Annotated[
            list[str] | None,
            typer.Option(metavar="RULES", help="Only these rules, families or beginnings of names."),
        ],
        None,
    ),
    "ignore": (
        Annotated[list[str] | None, typer.Option(metavar="RULES", help="Not these rules.")],
        None,
    ),
    "max_findings": (
        Annotated[int | None, typer.Option(min=1, help="Show the gravest so many, count the rest.")],
        None,
    ),
    "baseline": (
        Annotated[
            Path | None,
            typer.Option(help="Findings in this file are known and not shown.", show_default=str(BASELINE)),
        ],
        None,
    ),
    "write_baseline": (
        Annotated[bool, typer.Option("--write-baseline", help="Write what is found to the baseline.")],
        False,
    ),
    "analysers": (
        Annotated[bool, typer.Option("--analysers/--no-analysers", help="Ask ruff and bandit as well.")],
        True,
    ),
    "all_findings": (
        Annotated[
            bool, typer.Option("--all", help="Show what few people act on as well, instead of a count.")
        ],
        False,
    ),
    "statistics": (
        Annotated[bool, typer.Option("--statistics", help="Count findings by rule, show none.")],
        False,
    ),
    "jobs": (
        Annotated[
            int | None,
            typer.Option("--jobs", "-j", min=1, help="Use so many cores.", show_default="all"),
        ],
        None,
    ),
    "quiet": (
        Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing beside the report.")],
        False,
    ),
    "fix": (
        Annotated[bool, typer.Option("--fix", help="Make the safe repairs in the files first.")],
        False,
    ),
    "show_fixes": (
        Annotated[bool, typer.Option("--show-fixes", help="Only print what --fix would change, as a patch.")],
        False,
    ),
}
