"""`octad rollout`: bring a new version of an agent into service step by step, or watch a deployment."""

from __future__ import annotations

import json
import os
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from octad.cli.groups import SETTINGS, Form, or_help
from octad.cli.output import check_writable, write
from octad.cli.rollout_watch import watch
from octad.errors import InputError
from octad.host.terminal import show, visible

if TYPE_CHECKING:
    from octad.rollout.commands import Command
    from octad.rollout.controller import Controller
    from octad.rollout.kept import Told
    from octad.rollout.plan import Rollout

verbs = typer.Typer(**SETTINGS)
verbs.command("watch")(watch)
BETWEEN_S = 2.0
"""Seconds between two looks of `status --watch`."""
SHOWN = 10

Which = Annotated[str, typer.Argument(help="An agent, or the id of a rollout.")]
Json = Annotated[bool, typer.Option("--json", help="As JSON instead of lines.")]


@verbs.callback(invoke_without_command=True)
def rollout(context: typer.Context) -> None:
    """Bring a new version of an agent into service step by step, or watch a deployment of your own."""
    or_help(context)


@verbs.command()
def start(
    agent: Annotated[str, typer.Argument(help="An agent of `octad list`.")],
    reference: Annotated[str, typer.Argument(help="The version to try, as `octad store list` has it.")],
    steps: Annotated[
        str, typer.Option(help="Percentages of the traffic; 0 answers in the shadow.")
    ] = "0,5,25,50,100",
    min_requests: Annotated[
        int, typer.Option(min=1, help="Answers of the candidate that every step waits for.")
    ] = 50,
    max_hours: Annotated[
        float, typer.Option(min=0.01, max=1e5, help="Call somebody after so long in one step.")
    ] = 24,
    window: Annotated[
        float, typer.Option(min=1, max=1e7, help="Seconds for which a key stays on one version.")
    ] = 300,
) -> int:
    """Begin: the server gives the version more of the traffic as it earns it, and takes it back if not."""
    settings = {
        "steps": _steps(steps), "least_requests": min_requests, "most_hours": max_hours, "window": window,
    }  # fmt: skip
    made = _controller().start(agent, reference, actor=_actor(), settings=settings)
    show(f"{made.id[:12]}  {agent}: {made.plan.candidate[:12]} beside {made.plan.stable[:12]}\n")
    return 0


@verbs.command()
def status(
    which: Annotated[str, typer.Argument(help="Of this agent or rollout alone.")] = "",
    follow: Annotated[bool, typer.Option("--watch", help="Again whenever something is decided.")] = False,
    as_json: Json = False,
) -> int:
    """Show what is under way, what was decided, and on which numbers."""
    controller = _controller()
    shown = _status(controller, which, as_json)
    show(shown)
    while follow and any(not one.is_over for one in _chosen(controller, which)):
        time.sleep(BETWEEN_S)
        before, shown = shown, _status(controller, which, as_json)
        if shown != before:
            show(shown)
    return 0


@verbs.command()
def pause(which: Which) -> int:
    """Stay where it is; it is still rolled back where it does harm."""
    return _command(which, "pause")


@verbs.command()
def resume(which: Which) -> int:
    """Go on with a paused rollout."""
    return _command(which, "resume")


@verbs.command()
def abort(which: Which) -> int:
    """Give all traffic back to the stable version, for good."""
    return _command(which, "abort")


@verbs.command()
def promote(
    which: Which,
    by_hand: Annotated[bool, typer.Option("--by-hand", help="Whatever is known of it.")] = False,
) -> int:
    """Give all traffic to the candidate now; without --by-hand only where the evidence is there."""
    return _command(which, "promote by hand" if by_hand else "promote")


@verbs.command()
def outcomes(
    form: Annotated[
        Form, typer.Option("--format", help="As lines, or as `octad assess --history` reads it.")
    ] = Form.terminal,
    output: Annotated[Path | None, typer.Option(help="Write to this file.")] = None,
) -> int:
    """What came of the deployments that were watched."""
    from octad.records.events import Event, Events
    from octad.rollout import kept
    from octad.rollout.controller import database
    from octad.store.folders import data_folder

    check_writable(output)
    with database(data_folder()).reading() as base:
        rows = kept.outcomes(base)
    events = Events(
        events=tuple(
            Event(time=datetime.fromtimestamp(at, UTC), kind=kind, subject=subject, attributes=attributes)
            for at, kind, subject, attributes in rows
        )
    )
    if form is Form.json:
        write(events.model_dump_json(indent=1) + "\n", output)
        return 0
    lines = [
        f"{one.time:%Y-%m-%d %H:%M}  {one.kind:11}  {one.subject}  {one.attributes.get('reason', '')}"
        for one in events.events
    ]
    write("\n".join(map(visible, lines or ["no outcomes"])) + "\n", output)
    return 0


def _controller() -> Controller:
    from octad.audit import AuditLog
    from octad.registry.chosen import SETTING, open_registry
    from octad.rollout.controller import Controller, database
    from octad.store.folders import data_folder

    folder = data_folder()
    registry = open_registry(os.environ.get(SETTING, ""), folder, actor=_actor())
    return Controller(database(folder), registry, AuditLog(folder / "audit.jsonl"))


def _command(which: str, wanted: Command) -> int:
    controller = _controller()
    known = controller.rollout(which)
    after = controller.command(known.id, wanted, actor=_actor(), seen=known.revision)
    show(_head(after) + "\n")
    return 0


def _actor() -> str:
    from octad.audit import actor_here

    return actor_here()


def _steps(text: str) -> tuple[int, ...]:
    try:
        return tuple(int(one) for one in text.split(","))
    except ValueError as error:
        raise InputError(
            f"{text[:80]!r} are no steps", hint="whole percentages, as in 5,25,50,100"
        ) from error


def _chosen(controller: Controller, which: str) -> list[Rollout]:
    """The rollouts that are asked for: one, or all that are under way and the last that are over."""
    if which:
        return [controller.rollout(which)]
    every = controller.rollouts()
    return sorted(every, key=lambda one: one.is_over)[:SHOWN]


def _status(controller: Controller, which: str, as_json: bool) -> str:
    found = _chosen(controller, which)
    if as_json:
        told = [
            one.model_dump(mode="json")
            | {"weight": one.weight}
            | {"decisions": [it.model_dump(mode="json") for it in controller.decisions(one.id, 50)]}
            for one in found
        ]
        return json.dumps(told, indent=1) + "\n"
    if not found:
        return "no rollouts; `octad rollout start AGENT VERSION` begins one\n"
    lines = []
    for one in found:
        lines.append(_head(one))
        lines += [f"    {_told(decision)}" for decision in controller.decisions(one.id, SHOWN)]
    return "\n".join(lines) + "\n"


def _head(one: Rollout) -> str:
    shown = f"{one.id[:12]}  {one.plan.agent}  {one.plan.candidate[:12]}  {one.state}  {one.weight} %"
    return f"{shown}\n    ! {one.alert}" if one.alert else shown


def _told(told: Told) -> str:
    when = datetime.fromtimestamp(told.time, UTC).strftime("%Y-%m-%d %H:%M:%S")
    one = told.transition
    harm = one.measured.get("harm")
    evidence = "" if harm is None else f" (evidence of harm 10^{harm:.1f})"
    return f"{when}  {one.decision:9}  {one.weight:3} %  {one.actor}: {one.reason}{evidence}"
