"""What versions there are, and which of them an alias names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Path, Request
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from octad.records.base import Record, reason_of
from octad.registry.base import STABLE, Version
from octad.serve.auth import needs
from octad.serve.context import Context
from octad.serve.errors import refusal
from octad.serve.openapi import content
from octad.serve.questions import REFERENCE

Name = Annotated[str, Path(max_length=64)]
Reference = Annotated[str, Path(pattern=REFERENCE)]


class Promotion(Record):
    """Which version an alias shall name from now on."""

    reference: str = Field(pattern=REFERENCE)
    alias: str = Field(STABLE, pattern=r"^[a-z][a-z0-9-]{0,31}$")


class Held(Record):
    """The versions of an agent, the newest first, and what its aliases name."""

    agent: str
    versions: tuple[Version, ...]
    aliases: Mapping[str, str]


def router(context: Context) -> APIRouter:
    """`/v1/store` and what lies below it."""
    routes = APIRouter(tags=["store"])
    operate = needs("operate")

    @routes.get("/v1/store", operation_id="store.list", openapi_extra=operate)
    def listed() -> list[Held]:
        """All versions of all agents that the server answers for."""
        return [_held(context, name) for name in context.agents]

    @routes.get("/v1/store/{agent}", operation_id="store.agent", openapi_extra=operate)
    def of_agent(agent: Name) -> Held:
        """All versions of an agent, and its aliases."""
        return _held(context, _known(context, agent))

    @routes.get("/v1/store/{agent}/{reference}", operation_id="store.show", openapi_extra=operate)
    def one(agent: Name, reference: Reference) -> Version:
        """One version, by its digest, the beginning of that, or an alias."""
        return context.registry.get(_known(context, agent), reference)[1]

    schema, example = Promotion.model_json_schema(), {"reference": "shipped", "alias": STABLE}
    body = {"requestBody": {"required": True, "content": content(schema, example)}}

    async def taken(request: Request) -> Promotion:
        try:
            return Promotion.model_validate_json(await request.body())
        except ValueError as error:
            raise refusal("request.case", f"no promotion: {reason_of(error)}", str(example)) from error

    @routes.post("/v1/store/{agent}/promote", operation_id="store.promote", openapi_extra=operate | body)
    async def promote(request: Request, agent: Name) -> Held:
        """Let an alias name a version; audited."""
        wanted, name = await taken(request), _known(context, agent)
        actor: str = request.state.actor
        return await run_in_threadpool(_point, context, name, wanted, actor)

    return routes


def _point(context: Context, agent: str, wanted: Promotion, actor: str) -> Held:
    context.registry.point(agent, wanted.alias, wanted.reference, actor=actor)
    return _held(context, agent)


def _held(context: Context, agent: str) -> Held:
    versions, aliases = context.registry.versions(agent), context.registry.aliases(agent)
    return Held(agent=agent, versions=tuple(versions), aliases=dict(aliases))


def _known(context: Context, agent: str) -> str:
    """The name of an agent that the server answers for; raises Refusal."""
    if agent not in context.agents:
        raise refusal("request.unknown", "no such agent", "GET /v1/agents shows them all")
    return agent
