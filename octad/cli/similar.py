"""`octad similar`: functions like one, and functions that are clones of each other."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from octad.cli.output import check_writable
from octad.cli.search import FoundFormat, opened, show
from octad.cli.sources import sources
from octad.errors import InputError
from octad.host.terminal import progress

LEAST_CLONE = 0.7
"""Where 84 % of pairs solve one task, among solutions of tasks for development (design/0010)."""


def similar(
    places: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="PLACE [PATHS]...",
            help="PATH or PATH:LINE of a function, then files and folders; these alone with --clones.",
            show_default=False,
        ),
    ] = None,
    clones: Annotated[bool, typer.Option("--clones", help="Groups of functions that are alike.")] = False,
    min_score: Annotated[
        float | None,
        typer.Option(min=0, max=1, help="Only what is that much alike.", show_default="0.7 for clones"),
    ] = None,
    top: Annotated[int, typer.Option(min=1, max=1_000, help="At most so many like one.")] = 10,
    fail_on_clones: Annotated[
        bool, typer.Option("--fail-on-clones", help="Exit with 1 where there are clones.")
    ] = False,
    form: Annotated[FoundFormat, typer.Option("--format", help="How to write it.")] = FoundFormat.terminal,
    output: Annotated[Path | None, typer.Option(help="Write to this file.")] = None,
    cache: Annotated[
        bool, typer.Option("--cache/--no-cache", help="Remember functions between runs.")
    ] = True,
) -> int:
    """Find functions like one, or clones of each other, across files and languages, and what they share."""
    check_writable(output)
    if fail_on_clones and not clones:
        raise InputError("--fail-on-clones looks for clones", hint="add --clones")
    if clones:
        intake = sources(places or ["."])
        with progress("comparing") as advance:
            report = opened(intake, cache=cache).clones(
                LEAST_CLONE if min_score is None else min_score, advance
            )
        show(report, intake, form, output)
        return int(fail_on_clones and bool(report.groups))
    if not places:
        raise InputError("no function to compare with", hint="name PATH:LINE of one, or ask for --clones")
    path, line = place_of(places[0])
    intake = sources([path, *(places[1:] or ["."])])
    finder = opened(intake, cache=cache)
    row = finder.row_at(intake.codes[0].path, line)
    show(finder.similar(row, top, min_score or 0.0), intake, form, output)
    return 0


def place_of(place: str) -> tuple[str, int | None]:
    """A path and the line after its last colon; a file whose name ends so is the file."""
    path, colon, line = place.rpartition(":")
    if not colon or not line.isdecimal() or os.path.exists(place):
        if os.path.isdir(place):
            raise InputError(f"{place} is a folder", hint="name PATH:LINE of a function, or ask for --clones")
        return place, None
    return path, int(line)
