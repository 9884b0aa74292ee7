"""`octad rollout watch`: whether a deployment of your own goes on or back, as its Prometheus tells."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from octad.errors import InputError
from octad.host.terminal import emit, say, show

if TYPE_CHECKING:
    from octad.rollout.watch import Look
    from octad.rollout.watcher import Deployment

Queries = list[str] | None


def watch(
    prometheus: Annotated[str, typer.Option(metavar="URL", help="A running Prometheus.", show_default=False)],
    at: Annotated[
        str,
        typer.Option(metavar="TIME", help="When it went out: Unix seconds or ISO 8601.", show_default=False),
    ],
    query: Annotated[
        Queries, typer.Option(metavar="PROMQL", help="Of before and since; again for more.")
    ] = None,
    baseline: Annotated[
        Queries, typer.Option(metavar="PROMQL", help="Of what runs beside the canary; again for more.")
    ] = None,
    canary: Annotated[
        Queries, typer.Option(metavar="PROMQL", help="The same of the canary, in the same order.")
    ] = None,
    steps: Annotated[str, typer.Option(help="Percentages of the traffic, for who reads the weight.")] = (
        "5,25,50,100"
    ),
    step_minutes: Annotated[
        float, typer.Option(min=0.01, max=1e5, help="How long a step takes for a usual change.")
    ] = 10,
    minutes: Annotated[float, typer.Option(min=1, max=1e5, help="What to look at before.")] = 60,
    every: Annotated[float, typer.Option(min=0.1, max=1e5, help="Seconds between two looks.")] = 60,
    max_minutes: Annotated[
        float, typer.Option(min=0.01, max=1e6, help="Give up waiting after so long.")
    ] = 240,
    change: Annotated[
        str, typer.Option(metavar="REV", help="What went out: its risk sets how long a step takes.")
    ] = "",
    repo: Annotated[Path | None, typer.Option(help="The repository of --change.")] = None,
    subject: Annotated[str, typer.Option(help="The name of what is deployed.")] = "deployment",
    once: Annotated[bool, typer.Option("--once", help="One look, as JSON.")] = False,
) -> int:
    """Watch a deployment: 0 to promote it, 1 to roll it back, 3 to wait. Nothing is done to it.

    Every look judges all metrics anew, and may be the last one; what came of it is kept for
    `octad rollout outcomes`.
    """
    from octad.rollout.watch import EXIT, line
    from octad.rollout.watcher import Questions, checked, look, watched

    asked = checked(
        Questions(prometheus, tuple(query or ()), tuple(baseline or ()), tuple(canary or ()), minutes)
    )
    deployment = _deployment(at, subject, (change, repo), (steps, step_minutes))
    if once:
        passed = max(_now() - deployment.at, 0.0)
        found = look(asked, deployment, passed)
        _keep(found, every)
        emit(found.model_dump_json(indent=1) + "\n")
        return EXIT[found.verdict]

    def told(found: Look) -> None:
        show(line(found) + "\n")
        _keep(found, every)

    return EXIT[watched(asked, deployment, every, max_minutes * 60, told=told).verdict]


def _deployment(
    at: str, subject: str, changed: tuple[str, Path | None], planned: tuple[str, float]
) -> Deployment:
    """What is watched, from the options; raises InputError."""
    from octad.advice.taken_back import taken_back
    from octad.read.operations import change_of, instant_of
    from octad.rollout.watch import Schedule, pace
    from octad.rollout.watcher import Deployment

    instant = instant_of(at)
    if instant is None:
        raise InputError("--at is empty", hint="say when it went out")
    if instant.time > _now():
        raise InputError("--at lies in the future", hint="nothing was measured since")
    if not subject.strip() or len(subject) > 200:
        raise InputError("--subject is empty, or long", hint="name what is deployed")
    odds = None
    if changed[0]:
        told = taken_back(change_of(*changed))
        odds = told.odds if told else None
        if told is None:
            say("the past of the change is unknown, so its risk is: steps are as long as usual")
        else:
            said = f"{told.odds:g} times the usual odds that it is taken back"
            say(f"{said}: steps are {pace(told.odds):g} times as long")
    schedule = Schedule(_steps(planned[0]), 60 * planned[1] * pace(odds))
    return Deployment(subject, instant.time, schedule, odds, changed[0])


def _steps(text: str) -> tuple[int, ...]:
    try:
        found = tuple(int(one) for one in text.split(","))
    except ValueError:
        found = ()
    if not found or list(found) != sorted(set(found)) or found[0] < 1 or found[-1] > 100:
        raise InputError(f"{text[:80]!r} are no steps", hint="ascending percentages, as in 5,25,50,100")
    return found


def _now() -> float:
    import time

    return time.time()


def _keep(found: Look, every: float) -> None:
    """Keep a look; where that cannot be, the verdict counts all the same."""
    from octad.errors import StoreError
    from octad.rollout.controller import database
    from octad.rollout.watcher import keep
    from octad.store.folders import data_folder

    try:
        keep(database(data_folder()), found, every)
    except StoreError as error:
        say(f"not kept: {error}")
