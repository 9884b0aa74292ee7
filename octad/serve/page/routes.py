"""Routes of the page, of the data that it shows, and of the metrics for Prometheus.

The page itself holds no data and is for everybody; whoever looks at it gives a token, which the browser keeps
for as long as its tab is open, and sends with every request for data.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request, Response
from jinja2 import Environment, StrictUndefined

from octad import __version__
from octad.host.files import read_text
from octad.render.renderers import FOLDER as RENDER
from octad.serve.auth import needs
from octad.serve.monitor import Monitor

FOLDER = Path(__file__).resolve().parent
HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "cache-control": "no-cache",
}
"""What a browser may do with the page: load its own script and style, ask this server, and nothing else."""
OBJECT: dict[int | str, Any] = {
    200: {"description": "How it does.", "content": {"application/json": {"schema": {"type": "object"}}}}
}
TEXT: dict[int | str, Any] = {
    200: {"description": "All metrics.", "content": {"text/plain": {"schema": {"type": "string"}}}}
}


def router(monitor: Monitor) -> APIRouter:
    """The page at `/` with its script and style, `/v1/status`, and `/metrics`."""
    routes = APIRouter(tags=["monitor"])

    @routes.get("/", operation_id="page", openapi_extra=needs(), include_in_schema=False)
    def page() -> Response:
        """The status page."""
        return Response(shell(), media_type="text/html; charset=utf-8", headers=HEADERS)

    @routes.get("/page.js", operation_id="page_script", openapi_extra=needs(), include_in_schema=False)
    def script() -> Response:
        """What fills the page."""
        return Response(_text("page.js"), media_type="text/javascript; charset=utf-8", headers=HEADERS)

    @routes.get("/page.css", operation_id="page_style", openapi_extra=needs(), include_in_schema=False)
    def style() -> Response:
        """How the page looks."""
        return Response(
            _text("base.css", RENDER) + _text("page.css"),
            media_type="text/css; charset=utf-8",
            headers=HEADERS,
        )

    @routes.get(
        "/v1/status", operation_id="status", openapi_extra=needs("operate", "audit"), responses=OBJECT
    )
    def status() -> dict[str, Any]:
        """Rollouts, versions, latency, errors, drift, findings and workers, as the page shows them."""
        return monitor.status()

    @routes.get("/metrics", operation_id="metrics", openapi_extra=needs("operate"), responses=TEXT)
    def metrics(request: Request) -> Response:
        """The metrics of the server for Prometheus, as text or OpenMetrics."""
        made = monitor.exposition(request.headers.get("accept", ""))
        return Response(made.body, headers={"content-type": made.content_type})

    return routes


@cache
def shell() -> str:
    """The page before anything is in it."""
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(_text("page.html.j2")).render(version=__version__)


@cache
def _text(name: str, folder: Path = FOLDER) -> str:
    return read_text(folder / name)
