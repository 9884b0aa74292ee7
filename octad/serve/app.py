"""The server as an ASGI application: all routes behind one gate.

What another part adds is one entry in ROUTERS: a function that makes an APIRouter of a Context. Each of its
routes says by `openapi_extra=needs(…)` who may ask for it, or the application is not made.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from octad.errors import DeclarationError
from octad.serve.auth import ROLES, needs, rule_of
from octad.serve.context import Context
from octad.serve.errors import refusal
from octad.serve.gate import Gate
from octad.serve.openapi import content, document
from octad.serve.routes import agents, audit, feedback, health, inference, mcp, store

ROUTERS: tuple[Callable[[Context], APIRouter], ...] = (
    health.router,
    agents.router,
    inference.router,
    store.router,
    audit.router,
    feedback.router,
    mcp.router,
)
"""What makes the routes of each part."""
_CODES = {404: "request.unknown", 405: "request.method", 413: "request.large", 422: "request.parameter"}


def create(context: Context, more: Sequence[Callable[[Context], APIRouter]] = ()) -> FastAPI:
    """The application; raises DeclarationError for a route that does not say who may ask for it."""
    # Without pages of documentation: theirs load scripts from elsewhere, and /openapi.json says the same.
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    routes = [route for make in (*ROUTERS, *more) for route in make(context).routes]
    routes += _description(routes, context).routes
    plain = [route for route in routes if isinstance(route, APIRoute)]
    if len(plain) < len(routes):
        raise DeclarationError("a route that is no APIRoute would pass the gate unseen")
    rules = [(route, rule_of(route.openapi_extra, route.path)) for route in plain]
    app.router.routes[:] = routes
    app.exception_handler(RequestValidationError)(_invalid)
    app.exception_handler(HTTPException)(_refused)
    app.add_middleware(Gate, context=context, rules=rules)
    return app


def _description(routes: Sequence[Any], context: Context) -> APIRouter:
    """`/openapi.json`, which describes itself too."""
    own, others = APIRouter(tags=["server"]), list(routes)
    described = lru_cache(lambda: document([*others, *own.routes], context.agents))
    ok: dict[int | str, Any] = {200: {"description": "OpenAPI 3.1.", "content": content({"type": "object"})}}

    @own.get("/openapi.json", operation_id="openapi", openapi_extra=needs(*ROLES), responses=ok)
    def openapi() -> dict[str, Any]:
        """What stands here."""
        return described()

    return own


async def _invalid(request: Request, error: Exception) -> Any:
    """Say what is wrong with a parameter or a header, without what stands there."""
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    place = " ".join(str(part) for part in first["loc"][:2])
    raise refusal("request.parameter", f"{place}: {first['msg']}", "GET /openapi.json says what it takes")


async def _refused(request: Request, error: Exception) -> Any:
    """Give what the framework refuses the shape of all faults."""
    assert isinstance(error, HTTPException)
    code = _CODES.get(error.status_code, "request.json" if error.status_code < 500 else "server.internal")
    raise refusal(code, str(error.detail), "GET /openapi.json says what there is")
