"""`octad explain`: why there is a finding at a line, or why there is none."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Annotated

import typer

from octad.cli.options import LANGUAGES, VERB, Format
from octad.cli.output import check_writable, write
from octad.cli.surroundings import Surroundings
from octad.errors import InputError


def explain(
    context: typer.Context,
    place: Annotated[str, typer.Argument(metavar="PATH:LINE", help="A line of a file.")],
    form: Annotated[Format, typer.Option("--format", help="How to write the answer.")] = Format.terminal,
    output: Annotated[Path | None, typer.Option(help="Write to this file.")] = None,
    weights: Annotated[
        Path | None, typer.Option(help="A folder of weights instead of the shipped ones.")
    ] = None,
) -> int:
    """Show what is suspected at a line and around it, how surely, and what moved the model."""
    from octad import catalog
    from octad.explain.place import explain_line
    from octad.read.files import read_paths
    from octad.records.lines import sources_of

    check_writable(output)
    path, line = parse(place)
    intake = read_paths([path], LANGUAGES)
    if len(intake.codes) != 1:
        reason = intake.skipped[0].reason if intake.skipped else "no single Python file"
        raise InputError(
            f"cannot explain {path}: {reason}", hint="name one Python file and a line, PATH:LINE"
        )
    surroundings: Surroundings = context.obj
    runner = surroundings.load(catalog.by_verb(VERB).name, weights)
    report = explain_line(runner, intake.codes[0], line, surroundings.explain)
    render = importlib.import_module(f"octad.render.{form}").render
    write(render(report, sources_of(intake.codes)), output)
    return 0


def parse(place: str) -> tuple[str, int]:
    """Path and line of PATH:LINE, or of PATH:LINE:COLUMN as editors copy it; raises InputError."""
    parts = place.split(":")
    if len(parts) > 2 and parts[-1].isdecimal() and parts[-2].isdecimal():
        parts.pop()
    path, line = ":".join(parts[:-1]), parts[-1]
    if not path or not line.isdecimal() or len(line) > 9:
        raise InputError(f"{place!r} is not PATH:LINE", hint="for example `octad explain src/app.py:12`")
    return path, int(line)
