"""FastAPI as most people would write it: each request asks the agent in a thread, nothing is batched."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import anyio.to_thread
import uvicorn
from fastapi import FastAPI, Request, Response

from benchmarks.load.apps.shared import cores, port, reports, runners

HELD: dict[str, Any] = {}


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Load the agents. One thread: more of them on one core only take turns."""
    anyio.to_thread.current_default_thread_limiter().total_tokens = 1
    HELD.update(runners())
    yield


app = FastAPI(lifespan=lifespan)


@app.post("/v1/agents/{name}")
async def answer(name: str, request: Request) -> Response:
    """A case to a report."""
    body, runner = await request.body(), HELD[name]

    def asked() -> str:
        return reports(runner, [runner.agent.case.model_validate_json(body)])[0]

    return Response(await anyio.to_thread.run_sync(asked), media_type="application/json")


if __name__ == "__main__":
    uvicorn.run(
        "benchmarks.load.apps.without_batching:app",
        port=port(),
        workers=cores(),
        log_level="error",
        access_log=False,
    )
