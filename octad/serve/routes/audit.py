"""Who did what, for those who check it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from octad.audit import Entry
from octad.serve.auth import needs
from octad.serve.context import Context

Most = Annotated[int, Query(ge=1, le=1_000, description="How many, the newest first.")]


def router(context: Context) -> APIRouter:
    """`/v1/audit` and `/v1/audit/verify`."""
    routes = APIRouter(tags=["audit"])

    @routes.get("/v1/audit", operation_id="audit.entries", openapi_extra=needs("audit"))
    def entries(most: Most = 100) -> list[Entry]:
        """The last entries of the log."""
        return context.audit.entries(most)

    @routes.get("/v1/audit/verify", operation_id="audit.verify", openapi_extra=needs("audit"))
    def verified() -> dict[str, Any]:
        """Whether every entry follows from the one before, and the first line that does not."""
        line = context.audit.verify()
        return {"sound": line is None, "line": line}

    return routes
