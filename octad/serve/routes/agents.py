"""The agents: what each is asked and answers, alone, about files, or about many cases at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Request, Response

from octad.agents.agent import Agent
from octad.agents.command import ReviewCommand
from octad.registry.base import STABLE
from octad.serve.auth import ROLES, needs
from octad.serve.context import Context
from octad.serve.errors import refusal
from octad.serve.exchange import Kind
from octad.serve.openapi import (
    FILES,
    FILES_EXAMPLE,
    Json,
    case_name,
    content,
    example_of,
    reference,
    report_name,
    review_name,
)
from octad.serve.questions import Asked, answer
from octad.serve.routes.batch import STREAM, batched, batched_schema, streamed

HEADERS: Json = {
    "X-Octad-Version": {"description": "The digest of what answered.", "schema": {"type": "string"}},
    "X-Octad-Arm": {"schema": {"type": "string", "enum": ["stable", "candidate"]}},
    "X-Octad-Cached": {"schema": {"type": "string", "enum": ["true", "false"]}},
    "X-Octad-Degraded": {"description": "Why something simpler answered.", "schema": {"type": "string"}},
    "Server-Timing": {"schema": {"type": "string"}},
}
Endpoint = Callable[..., Any]


def router(context: Context) -> APIRouter:
    """`/v1/agents` and what lies below it, a path for every agent."""
    routes = APIRouter(tags=["agents"])
    routes.add_api_route(
        "/v1/agents", _all(context), operation_id="agents", openapi_extra=needs(*ROLES), methods=["GET"]
    )
    for agent in context.agents.values():
        _add(routes, context, agent)
    return routes


def _add(routes: APIRouter, context: Context, agent: Agent[Any, Any]) -> None:
    """The paths of one agent."""
    path, name = f"/v1/agents/{agent.name}", agent.name
    routes.add_api_route(
        path, _one(context, agent), operation_id=f"{name}.describe", openapi_extra=needs(*ROLES),
        methods=["GET"], summary=f"What {name} is asked, and what it is", response_model=None,
    )  # fmt: skip
    routes.add_api_route(
        path, _ask(context, agent, "case"), operation_id=f"{name}.ask", methods=["POST"],
        summary=agent.summary, responses=_answered(reference(report_name(agent))), response_class=Response,
        openapi_extra=_asked(reference(case_name(agent)), example_of(agent)),
    )  # fmt: skip
    one = reference(case_name(agent))
    many = {"type": "array", "items": one, "minItems": 1, "maxItems": context.settings.limits.batch}
    routes.add_api_route(
        f"{path}/batch", _batch(context, agent), operation_id=f"{name}.batch", methods=["POST"],
        summary=f"Ask {name} about many cases", response_class=Response,
        responses=_batch_answered(agent), openapi_extra=_asked(many, [example_of(agent)]),
    )  # fmt: skip
    if isinstance(agent.command, ReviewCommand):
        routes.add_api_route(
            f"{path}/files", _ask(context, agent, "files"), operation_id=f"{name}.files", methods=["POST"],
            summary=f"Ask {name} about source files, as its verb does", response_class=Response,
            responses=_answered(reference(review_name(agent))), openapi_extra=_asked(FILES, FILES_EXAMPLE),
        )  # fmt: skip


def _all(context: Context) -> Endpoint:
    async def agents() -> list[dict[str, Any]]:
        """Every agent that the server answers for."""
        return [
            {
                "name": agent.name,
                "summary": agent.summary,
                "path": f"/v1/agents/{agent.name}",
                "reviews_files": isinstance(agent.command, ReviewCommand),
            }
            for agent in context.agents.values()
        ]

    return agents


def _one(context: Context, agent: Agent[Any, Any]) -> Endpoint:
    schema, example = agent.case.model_json_schema(), example_of(agent)

    def described() -> dict[str, Any]:
        """What an agent is asked, an example, and the version that answers."""
        version = context.registry.get(agent.name, STABLE)[1]
        return {
            "name": agent.name,
            "summary": agent.summary,
            "version": version.model_dump(mode="json"),
            "schema": schema,
            "example": example,
        }

    return described


def _ask(context: Context, agent: Agent[Any, Any], kind: Kind) -> Endpoint:
    async def asked(request: Request, terms: Asked) -> Response:
        """One question and its answer; the case is read where it is answered."""
        return await answer(context, request, terms.asking(agent.name, await request.body(), kind))

    return asked


def _batch(context: Context, agent: Agent[Any, Any]) -> Endpoint:
    async def asked(request: Request, terms: Asked) -> Response:
        """Each case is answered by itself; with Accept: application/x-ndjson each as soon as it is."""
        most = context.settings.limits.batch
        askings = [
            terms.asking(agent.name, case, part=number)
            for number, case in enumerate(batched(await request.body(), most))
        ]
        if not askings:
            raise refusal("request.case", "no case in the batch", "send a JSON array of cases")
        is_stream = STREAM in request.headers.get("accept", "")
        return await streamed(context, request, askings, is_stream=is_stream)

    return asked


def _asked(schema: Json, example: Any) -> Json:
    """What of a question the gate checks and the description says."""
    return {**needs("infer"), "requestBody": {"required": True, "content": content(schema, example)}}


def _answered(schema: Json) -> dict[int | str, Json]:
    return {200: {"description": "The report.", "headers": HEADERS, "content": content(schema)}}


def _batch_answered(agent: Agent[Any, Any]) -> dict[int | str, Json]:
    one = batched_schema(reference(report_name(agent)))
    every = {
        "type": "object",
        "required": ["answers"],
        "properties": {"answers": {"type": "array", "items": one}},
    }
    held = {**content(every), **content({"type": "string"}, media=STREAM)}
    return {200: {"description": "An answer or a fault for every case.", "content": held}}
