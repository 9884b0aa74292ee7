"""What people say of findings, and how often what they are told is approved."""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from pydantic import Field, ValidationError
from starlette.concurrency import run_in_threadpool

from octad.feedback.rates import Rate, rates
from octad.feedback.store import Feedback, now
from octad.feedback.verdict import Verdict
from octad.records.base import Record, reason_of
from octad.serve.auth import needs
from octad.serve.context import Context
from octad.serve.errors import redacted, refusal
from octad.serve.openapi import content

EXAMPLE = {
    "fingerprint": "b90e7ff1c2e3fa85", "rule": "bug/wrong-comparison", "decision": "dismissed",
    "reason": "intended", "project": "shop",
}  # fmt: skip
OWN = ("actor", "time")
"""What the server says of a verdict: whose token it is, and when."""
Project = Annotated[str, Query(max_length=200, description="Of one project alone; all of them without.")]


class Recorded(Record):
    """A verdict as it is kept; `is_news` says whether it is another than the actor gave before."""

    verdict: Verdict
    is_news: bool


class Rates(Record):
    """How often findings are approved: those of each rule, agent, version or project."""

    by: str
    rates: tuple[Rate, ...] = Field(default=())


def router(context: Context) -> APIRouter:
    """`/v1/feedback` and `/v1/feedback/rates`."""
    routes = APIRouter(tags=["feedback"])
    opened, opinion = lru_cache(maxsize=1)(Feedback), needs("infer", "operate")

    body = {"requestBody": {"required": True, "content": content(_schema(), EXAMPLE)}}

    @routes.post("/v1/feedback", operation_id="feedback.record", openapi_extra=opinion | body)
    async def record(request: Request) -> Recorded:
        """Say that a finding helped, did not, or what it should have been; the last word counts."""
        verdict = _taken(await request.body(), request.state.actor)
        return await run_in_threadpool(kept, verdict)

    @routes.get("/v1/feedback/rates", operation_id="feedback.rates", openapi_extra=opinion)
    def approval(by: Literal["rule", "agent", "version", "project"] = "rule", project: Project = "") -> Rates:
        """Approval with Wilson's interval at 95 %, and where a rule is mostly dismissed."""
        held, counting = (opened().standing(project or None, counting=one) for one in (False, True))
        return Rates(by=by, rates=tuple(rates(held, by, counting)))

    def kept(verdict: Verdict) -> Recorded:
        subject = f"{verdict.rule} {verdict.fingerprint}"
        context.audit.record(verdict.actor, f"feedback.{verdict.decision}", subject, project=verdict.project)
        recorded = Recorded(verdict=verdict, is_news=opened().record(verdict))
        if recorded.is_news:
            context.heard(verdict)
        return recorded

    return routes


def _schema() -> dict[str, object]:
    """What a client says of a verdict."""
    schema = Verdict.model_json_schema()
    schema["properties"] = {name: one for name, one in schema["properties"].items() if name not in OWN}
    schema["required"] = [name for name in schema["required"] if name not in OWN]
    return schema | {"additionalProperties": False}


def _taken(body: bytes, actor: str) -> Verdict:
    """The verdict in a body; raises Refusal for what is none."""
    hint = "GET /openapi.json says what a verdict is"
    try:
        said = _Said.model_validate_json(body).model_dump()
        words = {name: redacted(one) for name, one in said.items() if one is not None}
        return Verdict(**said | words, actor=actor, time=now())
    except ValidationError as error:
        raise refusal("request.case", f"no verdict: {reason_of(error)}", hint) from error


class _Said(Record):
    """A verdict as a client says it; what it may hold, `Verdict` checks."""

    fingerprint: str
    rule: str
    decision: str
    project: str
    agent: str = ""
    version: str = ""
    path: str = ""
    line_digest: str = ""
    reason: str | None = None
    correction: str = ""
    note: str = ""
