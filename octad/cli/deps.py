"""`octad deps`: who imports whom, import cycles, and what depends on a module."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from octad.cli.options import choice
from octad.cli.output import check_writable, write
from octad.cli.sources import sources
from octad.errors import InputError
from octad.host.terminal import say
from octad.render.renderers import GRAPHS, REPORTS, render

if TYPE_CHECKING:
    from octad.read.code.intake import Intake


GraphFormat: Any = choice(REPORTS, GRAPHS)
"""How dependencies are written: as a report, or the graph alone."""
TERMINAL = GraphFormat("terminal")


def deps(
    paths: Annotated[list[str] | None, typer.Argument(help="Files and folders.", show_default=".")] = None,
    of: Annotated[
        str,
        typer.Option(metavar="MODULE", help="What this module depends on, and what depends on it."),
    ] = "",
    depth: Annotated[
        int | None, typer.Option(min=1, help="With --of: at most so many imports away.", show_default="all")
    ] = None,
    cycles: Annotated[bool, typer.Option("--cycles", help="Only modules that import each other.")] = False,
    fail_on_cycles: Annotated[
        bool,
        typer.Option(
            "--fail-on-cycles", help="Exit with 1 where modules import each other while they are loaded."
        ),
    ] = False,
    form: Annotated[GraphFormat, typer.Option("--format", help="How to write it.")] = TERMINAL,
    output: Annotated[Path | None, typer.Option(help="Write to this file.")] = None,
) -> int:
    """Say which module imports which, at which line, what forms cycles, and what is not there."""
    from octad.records.lines import sources_of
    from octad.repository.build import repository
    from octad.repository.dependencies import dependencies, only_cycles

    check_writable(output)
    if depth is not None and not of:
        raise InputError("--depth counts from a module", hint="name it with --of")
    intake = _take(paths or ["."])
    report = dependencies(repository(intake.codes, intake.skipped), of, depth)
    shown = only_cycles(report) if cycles else report
    write(render(form, shown, sources_of(intake.codes)), output)
    return int(fail_on_cycles and any(cycle.at_import for cycle in report.cycles))


def _take(paths: list[str]) -> Intake:
    """What there is to read.

    From inside a package, whose files import one another by its name, paths start above it.
    """
    here = top = Path.cwd()
    while (top / "__init__.py").is_file():
        top = top.parent
    intake = sources(paths, top)
    if top != here:
        say(f"paths start at {top}, above the package that this folder is in")
    return intake
