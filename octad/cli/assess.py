"""`octad assess`: should a change go out, how, and should it come back."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from octad.cli.consult import Asked, answer
from octad.cli.inputs import change_of, graph_of, history_of, instant_of, logs_of, metrics_of, within
from octad.cli.options import FailOn, Format
from octad.errors import InputError

if TYPE_CHECKING:
    from octad.records.instant import Instant
    from octad.records.series import Comparison, Series

VERB = "assess"


def assess(
    context: typer.Context,
    change: Annotated[
        str, typer.Option(metavar="REV", help="The change: a commit, or a range A..B, of --repo.")
    ] = "",
    before: Annotated[
        list[Path] | None, typer.Option(help="Metrics before it, or of the baseline; again for more files.")
    ] = None,
    after: Annotated[
        list[Path] | None, typer.Option(help="Metrics since, or of the canary; again for more files.")
    ] = None,
    prometheus: Annotated[
        str,
        typer.Option(metavar="URL", help="Take metrics from a running Prometheus, with --query and --at."),
    ] = "",
    query: Annotated[
        list[str] | None, typer.Option(metavar="PROMQL", help="What to ask Prometheus for; again for more.")
    ] = None,
    minutes: Annotated[float, typer.Option(min=1, help="How long before --at Prometheus is asked for.")] = 60,
    logs: Annotated[
        list[Path] | None, typer.Option(help="Logs from before and since; again for more.")
    ] = None,
    graph: Annotated[
        Path | None, typer.Option(help="Services: JSON, DOT, Mermaid, docker-compose, Kubernetes.")
    ] = None,
    history: Annotated[
        Path | None, typer.Option(help="Past deployments: a JSON file, or a repository with tags.")
    ] = None,
    at: Annotated[str, typer.Option(metavar="TIME", help="When it went out (first value since).")] = "",
    repo: Annotated[Path | None, typer.Option(help="The repository of --change.", show_default=".")] = None,
    form: Annotated[Format, typer.Option("--format", help="How to write the report.")] = Format.terminal,
    output: Annotated[Path | None, typer.Option(help="Write to this file.")] = None,
    min_probability: Annotated[
        float | None,
        typer.Option(min=0, max=1, help="Make findings from here on, instead of the shipped thresholds."),
    ] = None,
    fail_on: Annotated[FailOn, typer.Option(help="Exit with 1 from this level on.")] = FailOn.warning,
    evidence: Annotated[
        bool, typer.Option("--evidence/--no-evidence", help="Say what moved the model; slower.")
    ] = True,
    weights: Annotated[
        Path | None, typer.Option(help="A folder of weights instead of the shipped ones.")
    ] = None,
) -> int:
    """Assess a change before and after it goes out: risk, rollback, strategy. A gate by its exit code."""
    moment = instant_of(at)
    if prometheus:
        if before or after:
            raise InputError("--prometheus takes the place of --before and --after", hint="give one of them")
        compared: Comparison | None = _live(prometheus, query or [], moment, minutes * 60)
    else:
        compared = _files(before or [], after or [])
    if compared is None and not change:
        raise InputError("nothing to assess", hint="name --change, or --before and --after")
    fields = {
        "change": change_of(change, repo) if change else None,
        "metrics": compared,
        "logs": logs_of(logs or []),
        "graph": graph_of(graph),
        "history": history_of(history),
        "at": within(moment, _series(compared)) or _boundary(compared),
    }
    asked = Asked(VERB, form, output, min_probability, fail_on, evidence, weights)
    return answer(context.obj, asked, fields)


def _files(before: list[Path], after: list[Path]) -> Comparison | None:
    """Both sides from files; raises InputError where one is missing."""
    from octad.records.series import Comparison

    first, second = metrics_of(before), metrics_of(after)
    if first is None and second is None:
        return None
    if first is None or second is None:
        raise InputError("metrics of one side alone say nothing", hint="name both --before and --after")
    return Comparison(before=first, after=second)


def _live(url: str, queries: list[str], at: Instant | None, seconds: float) -> Comparison:
    """Both sides from a running Prometheus: until `at`, and since."""
    from octad.read.prometheus_api import query_prometheus
    from octad.records.series import Comparison

    if at is None or not queries:
        raise InputError(
            "--prometheus needs --query and --at", hint="say what to ask for, and when it went out"
        )
    now = time.time()
    if at.time >= now:
        raise InputError("--at lies in the future", hint="nothing was measured since")
    step = max(15.0, seconds / 240)
    return Comparison(
        before=query_prometheus(url, queries, start=at.time - seconds, end=at.time, step=step),
        after=query_prometheus(url, queries, start=at.time, end=min(now, at.time + seconds), step=step),
    )


def _series(compared: Comparison | None) -> tuple[Series, ...]:
    return (*compared.before.series, *compared.after.series) if compared else ()


def _boundary(compared: Comparison | None) -> Instant | None:
    """The first time since, where the sides do not overlap: then they are before and after, no canary."""
    from octad.records.instant import Instant

    if compared is None:
        return None
    last = max((one.times[-1] for one in compared.before.series if one.times), default=None)
    first = min((one.times[0] for one in compared.after.series if one.times), default=None)
    return Instant(time=first) if last is not None and first is not None and last <= first else None
