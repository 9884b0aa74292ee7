"""How a request becomes a question, and the answer to it a response."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Header, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from octad.serve.context import Context
from octad.serve.errors import ClientGone, Refusal
from octad.serve.exchange import Answered, Asking, Kind
from octad.serve.faults import fault

LATEST_MS = 60_000
SPARE_S = 5.0
"""How long after its deadline a question is waited for that its service should have ended."""
REFERENCE = r"^[A-Za-z0-9._-]{1,64}$"


class Parameters(BaseModel):
    """What may stand in the address of a question; anything else is a mistake, and said to be one."""

    model_config = ConfigDict(extra="forbid")

    evidence: bool = Field(False, description="Say what moved the model; far slower.")
    min_probability: float | None = Field(
        None, ge=0, le=1, description="Make findings from here on, instead of the stored thresholds."
    )
    version: str | None = Field(
        None, pattern=REFERENCE, description="A version by digest, its beginning, or an alias."
    )


@dataclass(frozen=True, slots=True)
class Terms:
    """How a question is asked: everything of it but the agent and the case."""

    id: str
    actor: str
    until: float
    evidence: bool = False
    least: float | None = None
    version: str = ""
    priority: int = 5
    key: str = ""
    idempotency: str = ""

    def asking(self, agent: str, body: bytes, kind: Kind = "case", part: int | None = None) -> Asking:
        """The question; as a `part` of several it has a number behind its names."""
        after = "" if part is None else f".{part}"
        named = self.idempotency and self.idempotency + after
        return Asking(
            id=self.id + after, agent=agent, body=body, until=self.until, kind=kind,
            evidence=self.evidence, least=self.least, priority=self.priority, key=self.key,
            version=self.version, idempotency=named, actor=self.actor,
        )  # fmt: skip


Deadline = Annotated[
    int | None,
    Header(
        alias="X-Octad-Deadline-Ms", ge=1, le=LATEST_MS, description="Milliseconds until it is of no use."
    ),
]
Priority = Annotated[
    int, Header(alias="X-Octad-Priority", ge=0, le=9, description="Of two that wait the smaller is first.")
]
Key = Annotated[
    str, Header(alias="X-Octad-Key", max_length=256, description="Keeps what has the same on one version.")
]
Named = Annotated[
    str,
    Header(
        alias="Idempotency-Key", max_length=128, pattern=r"^[\x21-\x7e]*$",
        description="A name for the question: sent again, it has the same answer.",
    ),
]  # fmt: skip


def state(request: Request) -> Any:
    """What the gate found out about a request: `request_id`, `actor`, `began`."""
    return request.state


async def terms(
    request: Request,
    given: Annotated[Parameters, Query()],
    deadline: Deadline = None,
    priority: Priority = 5,
    key: Key = "",
    named: Named = "",
) -> Terms:
    """The terms of a request, from its address and head."""
    seconds = (LATEST_MS if deadline is None else deadline) / 1e3
    known = state(request)
    return Terms(
        id=known.request_id, actor=known.actor, until=known.began + seconds, evidence=given.evidence,
        least=given.min_probability, version=given.version or "", priority=priority, key=key,
        idempotency=named,
    )  # fmt: skip


Asked = Annotated[Terms, Depends(terms)]


async def answers(context: Context, request: Request, askings: Collection[Asking]) -> list[Answered]:
    """The answers to some questions, in their order; raises ClientGone, after they are cancelled."""
    tasks = [asyncio.ensure_future(context.service.ask(one)) for one in askings]
    gone = asyncio.ensure_future(_until_gone(request))
    every: asyncio.Future[list[Answered]] = asyncio.gather(*tasks)
    try:
        latest = max((one.until for one in askings), default=0.0) - time.monotonic() + SPARE_S
        waited: set[asyncio.Future[Any]] = {every, gone}
        await asyncio.wait(waited, timeout=max(0.0, latest), return_when=asyncio.FIRST_COMPLETED)
        if every.done():
            return every.result()
        if gone.done():
            raise ClientGone
        raise Refusal(fault("request.late", "no answer in time", "give it longer, or ask about less"))
    finally:
        await cancelled([*tasks, gone])
        await cancelled([every])  # what it holds now is asked for, or Python complains that nobody did


async def cancelled(tasks: Collection[asyncio.Future[Any]]) -> None:
    """Cancel what is not done, and wait until it is."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def answer(context: Context, request: Request, asking: Asking) -> Response:
    """The response to one question; raises Refusal with the fault where there is no answer."""
    (answered,) = await answers(context, request, [asking])
    if answered.fault is not None:
        raise Refusal(answered.fault)
    return Response(answered.body, media_type="application/json", headers=headers_of(answered))


def headers_of(answered: Answered) -> dict[str, str]:
    """What the head of a response says of an answer."""
    found = {
        "X-Octad-Version": answered.version,
        "X-Octad-Arm": answered.arm,
        "X-Octad-Cached": "true" if answered.is_cached else "false",
        "Server-Timing": f"queue;dur={1e3 * answered.waited:.2f}, run;dur={1e3 * answered.ran:.2f}",
    }
    if answered.degraded:
        found["X-Octad-Degraded"] = answered.degraded.encode("ascii", "replace").decode().replace("\n", " ")
    return found


async def _until_gone(request: Request) -> None:
    """Wait until nobody waits for the answer."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
