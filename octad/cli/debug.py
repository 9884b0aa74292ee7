"""`octad debug`: what broke, and where."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from octad.cli.consult import Asked, answer
from octad.cli.inputs import graph_of, instant_of, logs_of, metrics_of, within
from octad.cli.options import FailOn, Format
from octad.errors import InputError

VERB = "debug"


def debug(
    context: typer.Context,
    metrics: Annotated[
        list[Path] | None, typer.Option(help="Metrics around it; again for more files.")
    ] = None,
    logs: Annotated[list[Path] | None, typer.Option(help="Logs around it; again for more files.")] = None,
    graph: Annotated[
        Path | None, typer.Option(help="Services: JSON, DOT, Mermaid, docker-compose, Kubernetes.")
    ] = None,
    repo: Annotated[
        Path | None, typer.Option(help="The repository that stack traces and --since are of.")
    ] = None,
    since: Annotated[
        str,
        typer.Option(metavar="REV", help="The last revision that was good: what came later is suspected."),
    ] = "",
    at: Annotated[str, typer.Option(metavar="TIME", help="When it began, if somebody knows.")] = "",
    form: Annotated[Format, typer.Option("--format", help="How to write the report.")] = Format.terminal,
    output: Annotated[Path | None, typer.Option(help="Write to this file.")] = None,
    min_probability: Annotated[
        float | None,
        typer.Option(min=0, max=1, help="Make findings from here on, instead of the shipped thresholds."),
    ] = None,
    fail_on: Annotated[FailOn, typer.Option(help="Exit with 1 from this level on.")] = FailOn.never,
    evidence: Annotated[
        bool, typer.Option("--evidence/--no-evidence", help="Say what moved the model; slower.")
    ] = True,
    weights: Annotated[
        Path | None, typer.Option(help="A folder of weights instead of the shipped ones.")
    ] = None,
) -> int:
    """Rank services, metrics, messages, changes and code by how likely they are to blame for an incident."""
    from octad.read.suspects import changes_since, regions_of

    if not metrics and not logs:
        raise InputError("nothing to go by", hint="name --metrics, --logs or both")
    if since and repo is None:
        repo = Path()
    said = logs_of(logs or [])
    changes = changes_since(since, repo) if since and repo else None
    measured = metrics_of(metrics or [])
    fields = {
        "metrics": measured,
        "logs": said,
        "graph": graph_of(graph),
        "changes": changes,
        "code": regions_of(said, repo, changes) if repo else None,
        "at": within(instant_of(at), measured.series if measured else ()),
    }
    asked = Asked(VERB, form, output, min_probability, fail_on, evidence, weights)
    return answer(context.obj, asked, fields)
