"""Whether the server lives and can answer, for whoever restarts it or sends it requests."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from octad.serve.auth import needs
from octad.serve.context import Context
from octad.serve.errors import Refusal
from octad.serve.faults import fault
from octad.serve.openapi import content

LIVE = {"type": "object", "required": ["live"], "properties": {"live": {"type": "boolean"}}}
READY = {"type": "object", "required": ["ready"], "properties": {"ready": {"type": "boolean"}}}


def router(context: Context) -> APIRouter:
    """`/live` and `/ready`."""
    routes = APIRouter(tags=["server"])

    @routes.get("/live", operation_id="live", openapi_extra=needs(), responses=_ok(LIVE, {"live": True}))
    async def live() -> dict[str, bool]:
        """Whether the process answers at all."""
        return {"live": True}

    @routes.get("/ready", operation_id="ready", openapi_extra=needs(), responses=_ok(READY, {"ready": True}))
    async def ready() -> dict[str, bool]:
        """Whether a question that comes now is answered: 503 while it starts, drains, or has no workers."""
        require_ready(context)
        return {"ready": True}

    return routes


def require_ready(context: Context) -> None:
    """Raise Refusal (503) unless the server is ready."""
    if context.traffic.is_draining:
        raise Refusal(fault("server.draining", "the server stops", "ask another", retry_after=1))
    if not context.is_ready:
        raise Refusal(fault("server.worker", "no worker is ready", "ask again later", retry_after=1))


def _ok(schema: dict[str, Any], example: Any) -> dict[int | str, dict[str, Any]]:
    return {200: {"description": "It is so.", "content": content(schema, example)}}
