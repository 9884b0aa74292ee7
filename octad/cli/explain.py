"""`octad explain`: why there is a finding at a line, or why there is none."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from octad.cli.dependencies import Dependencies
from octad.cli.options import TERMINAL, Format
from octad.cli.output import check_writable, write
from octad.errors import InputError
from octad.render.renderers import render


def explain(
    context: typer.Context,
    place: Annotated[str, typer.Argument(metavar="PATH:LINE", help="A line of a file.")],
    agent: Annotated[str, typer.Option(help="An agent that reads code.", show_default="the first")] = "",
    form: Annotated[Format, typer.Option("--format", help="How to write the answer.")] = TERMINAL,
    output: Annotated[Path | None, typer.Option(help="Write to this file.")] = None,
    weights: Annotated[
        Path | None, typer.Option(help="A folder of weights instead of the shipped ones.")
    ] = None,
) -> int:
    """Show what is suspected at a line and around it, how surely, and what moved the model."""
    from octad.read.code.files import read_paths
    from octad.records.lines import sources_of
    from octad.review.line import explain_line
    from octad.review.pipeline import command_of

    check_writable(output)
    path, line = parse(place)
    declared = _agent(agent)
    intake = read_paths([path], command_of(declared).languages, notebooks=True)
    if len(intake.codes) != 1:
        reason = intake.skipped[0].reason if intake.skipped else "no single file of code"
        raise InputError(f"cannot explain {path}: {reason}", hint="name one file and a line, PATH:LINE")
    dependencies: Dependencies = context.obj
    runner = dependencies.load(declared.name, weights)
    report = explain_line(runner, intake.codes[0], line, dependencies.explain)
    write(render(form, report, sources_of(intake.codes)), output)
    return 0


def _agent(name: str) -> Any:
    """The agent of a name, else the first that reads code; raises InputError."""
    from octad import catalog
    from octad.agents.command import ReviewCommand

    if name:
        return catalog.load(name)
    shipped_first = sorted(catalog.entries(), key=lambda entry: entry.path.parent != catalog.FOLDER)
    agents = (catalog.load(entry.name) for entry in shipped_first)
    found = next((agent for agent in agents if isinstance(agent.command, ReviewCommand)), None)
    if found is None:
        raise InputError("no agent reads code", hint="`octad list` shows what there is")
    return found


def parse(place: str) -> tuple[str, int]:
    """Path and line of PATH:LINE, or of PATH:LINE:COLUMN as editors copy it; raises InputError."""
    parts = place.split(":")
    if len(parts) > 2 and parts[-1].isdecimal() and parts[-2].isdecimal():
        parts.pop()
    path, line = ":".join(parts[:-1]), parts[-1]
    if not path or not line.isdecimal() or len(line) > 9:
        raise InputError(f"{place!r} is not PATH:LINE", hint="for example `octad explain src/app.py:12`")
    return path, int(line)
