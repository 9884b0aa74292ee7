"""`octad search`: functions that do what is said in words."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from octad.cli.output import check_writable, write
from octad.cli.sources import sources
from octad.errors import InputError
from octad.host.terminal import progress

if TYPE_CHECKING:
    from octad.read.code.intake import Intake
    from octad.search.answers import Finder


class FoundFormat(StrEnum):
    """How what was found is written."""

    terminal = "terminal"
    json = "json"


def search(
    question: Annotated[str, typer.Argument(help="What the function does, in words.", show_default=False)],
    paths: Annotated[list[str] | None, typer.Argument(help="Files and folders.", show_default=".")] = None,
    top: Annotated[int, typer.Option(min=1, max=1_000, help="At most so many.")] = 10,
    form: Annotated[FoundFormat, typer.Option("--format", help="How to write it.")] = FoundFormat.terminal,
    output: Annotated[Path | None, typer.Option(help="Write to this file.")] = None,
    cache: Annotated[
        bool, typer.Option("--cache/--no-cache", help="Remember functions between runs.")
    ] = True,
) -> int:
    """Find the functions that do what is said in words, best first, with the words that speak for each."""
    check_writable(output)
    if not question.strip():
        raise InputError("nothing to search for", hint='say it in words, as in `octad search "parse a date"`')
    intake = sources(paths or ["."])
    finder = opened(intake, cache=cache)
    show(finder.search(question, top), intake, form, output)
    return 0


def opened(intake: Intake, *, cache: bool) -> Finder:
    """The index of what was read, with a bar while it is made."""
    from octad.search.cache import location
    from octad.search.open_index import open_finder

    with progress("reading functions") as advance:
        return open_finder(intake, location(Path.cwd()) if cache else None, advance)


def show(report: Any, intake: Intake, form: FoundFormat, output: Path | None) -> None:
    """Write what was found."""
    from octad.records.lines import sources_of
    from octad.render import matches
    from octad.render.renderers import render

    sources = sources_of(intake.codes)
    write(matches.render(report, sources) if form == "terminal" else render(form, report, sources), output)
