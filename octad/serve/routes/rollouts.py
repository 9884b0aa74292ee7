"""Rollouts over HTTP: what is under way and was decided, what people want, and the last look at deployments.

`router(controller)` makes what `octad.serve.app.create` takes as one of its `more` routers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from octad.records.base import Record, reason_of
from octad.rollout.commands import Command
from octad.rollout.controller import Controller
from octad.rollout.kept import Counted, Told
from octad.rollout.plan import Rollout
from octad.rollout.state import Conflict
from octad.rollout.watch import Look, fresh
from octad.rollout.watcher import last_look
from octad.serve.auth import needs
from octad.serve.context import Context
from octad.serve.errors import refusal
from octad.serve.openapi import content
from octad.serve.questions import REFERENCE

Which = Annotated[str, Path(max_length=64, description="An agent, or the id of a rollout.")]
Subject = Annotated[str, Path(max_length=200, description="What `octad rollout watch --subject` names.")]
Most = Annotated[int, Query(ge=1, le=1_000, description="How many decisions, the newest first.")]


class Wanted(Record):
    """A version that shall come into service; `steps` are percentages, of which 0 is the shadow."""

    agent: str = Field(max_length=64)
    reference: str = Field(pattern=REFERENCE)
    steps: tuple[int, ...] = Field((0, 5, 25, 50, 100), max_length=20)
    least_requests: int = Field(50, ge=1, le=10**9)
    most_hours: float = Field(24, gt=0, le=1e5)
    window: float = Field(300, ge=1, le=1e7)


class Ordered(Record):
    """What a person wants of a rollout; `seen` is the revision that the person saw."""

    command: Command
    seen: int | None = None


class Shown(Record):
    """A rollout, the share that its candidate has in per cent, and what was decided, the newest first."""

    rollout: Rollout
    weight: int
    decisions: tuple[Told, ...] = ()


def router(controller: Controller) -> Callable[[Context], APIRouter]:
    """`/v1/rollouts` and what lies below it, for an application."""
    return lambda context: _routes(context, controller)


def _routes(context: Context, controller: Controller) -> APIRouter:
    routes = APIRouter(tags=["rollouts"])
    operate = needs("operate")

    @routes.get("/v1/rollouts", operation_id="rollouts.list", openapi_extra=operate)
    def listed() -> list[Shown]:
        """All rollouts, the newest first."""
        return [Shown(rollout=one, weight=one.weight) for one in controller.rollouts()]

    @routes.get("/v1/rollouts/decisions", operation_id="rollouts.decisions", openapi_extra=operate)
    def decided(most: Most = 100) -> list[Told]:
        """What was decided of all rollouts, each with the numbers that it was decided on."""
        return controller.decisions(most=most)

    @routes.get("/v1/rollouts/counts", operation_id="rollouts.counts", openapi_extra=operate)
    def counted() -> list[Counted]:
        """How often what was decided, aborts included."""
        return controller.counts()

    @routes.get("/v1/rollouts/{which}", operation_id="rollouts.show", openapi_extra=operate)
    def one(which: Which, most: Most = 100) -> Shown:
        """One rollout by its id, or the last one of an agent."""
        return _shown(controller, controller.rollout(which), most)

    @routes.get("/v1/deployments/{subject}", operation_id="deployments.look",
                openapi_extra=needs("infer", "operate"))  # fmt: skip
    def look(subject: Subject) -> Look:
        """The last verdict on a deployment that `octad rollout watch` watches; `hold` where it is old."""
        found = last_look(controller.database, subject)
        if found is None:
            raise refusal("request.unknown", "nobody watches it", "octad rollout watch --subject NAME")
        return fresh(*found)

    _add_posts(routes, context, controller)
    return routes


def _add_posts(routes: APIRouter, context: Context, controller: Controller) -> None:
    async def begin(request: Request) -> Shown:
        """Begin a rollout; one of another candidate of the agent is aborted."""
        wanted = _taken(Wanted, await request.body())
        assert isinstance(wanted, Wanted)
        if wanted.agent not in context.agents:
            raise refusal("request.unknown", "no such agent", "GET /v1/agents shows them all")
        settings = wanted.model_dump(exclude={"agent", "reference"})
        made = await run_in_threadpool(
            controller.start, wanted.agent, wanted.reference, actor=request.state.actor, settings=settings
        )
        return Shown(rollout=made, weight=made.weight)

    async def order(request: Request, which: Which) -> Shown:
        """Pause, resume, promote or abort; 409 where somebody decided first, or it is too late."""
        wanted = _taken(Ordered, await request.body())
        assert isinstance(wanted, Ordered)
        try:
            after = await run_in_threadpool(
                controller.command, which, wanted.command, actor=request.state.actor, seen=wanted.seen
            )
        except Conflict as error:
            raise refusal("request.conflict", error.message, error.hint) from error
        return await run_in_threadpool(_shown, controller, after, 100)

    name = next(iter(context.agents), "code")
    for path, function, kind, example in (
        ("/v1/rollouts", begin, Wanted, {"agent": name, "reference": "candidate"}),
        ("/v1/rollouts/{which}", order, Ordered, {"command": "abort"}),
    ):
        body = {"requestBody": {"required": True, "content": content(kind.model_json_schema(), example)}}
        routes.add_api_route(
            path, function, methods=["POST"], operation_id=f"rollouts.{function.__name__}",
            openapi_extra=needs("operate") | body,
        )  # fmt: skip


def _taken(kind: type[Record], body: bytes) -> Record:
    try:
        return kind.model_validate_json(body)
    except ValueError as error:
        hint = "GET /openapi.json says what it takes"
        raise refusal("request.case", f"not what is asked here: {reason_of(error)}", hint) from error


def _shown(controller: Controller, rollout: Rollout, most: int) -> Shown:
    told = controller.decisions(rollout.id, most)
    return Shown(rollout=rollout, weight=rollout.weight, decisions=tuple(told))
