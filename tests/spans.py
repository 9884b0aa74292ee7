"""Spans for tests: a few words each, written as any of the formats that are read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

T0 = 1_769_860_800_000_000
"""2026-01-31 12:00 UTC in microseconds."""


@dataclass(frozen=True)
class Step:
    """A span: times in microseconds, `start` since T0."""

    id: str
    parent: str
    service: str
    kind: str
    start: int
    duration: int
    error: bool = False
    tags: dict[str, str] = field(default_factory=dict)
    trace: str = "a1"


SHOP = (
    Step("1", "", "web", "SERVER", 0, 100_000),
    Step("2", "1", "web", "CLIENT", 10_000, 60_000),
    Step("3", "2", "cart", "SERVER", 15_000, 50_000),
    Step(
        "4", "3", "cart", "CLIENT", 20_000, 30_000, tags={"db.system": "redis", "server.address": "cart-db"}
    ),
    Step("5", "1", "web", "CLIENT", 75_000, 20_000, error=True),
    Step("6", "5", "pay", "SERVER", 76_000, 10_000, error=True),
)
"""web calls cart, which asks its database, and pay, which fails."""


def otlp(steps: Iterable[Step]) -> dict[str, Any]:
    """As OpenTelemetry writes them."""
    resources = [
        {
            "resource": {"attributes": _pairs({"service.name": one.service})},
            "scopeSpans": [{"spans": [_otlp_span(one)]}],
        }
        for one in steps
    ]
    return {"resourceSpans": resources}


def _otlp_span(one: Step) -> dict[str, Any]:
    return {
        "traceId": one.trace.rjust(32, "0"),
        "spanId": one.id.rjust(16, "0"),
        "parentSpanId": one.parent and one.parent.rjust(16, "0"),
        "kind": f"SPAN_KIND_{one.kind or 'UNSPECIFIED'}",
        "startTimeUnixNano": str((T0 + one.start) * 1000),
        "endTimeUnixNano": str((T0 + one.start + one.duration) * 1000),
        "attributes": _pairs(one.tags),
        "status": {"code": "STATUS_CODE_ERROR"} if one.error else {},
    }


def _pairs(tags: dict[str, str]) -> list[dict[str, Any]]:
    return [{"key": key, "value": {"stringValue": value}} for key, value in tags.items()]


def jaeger(steps: Sequence[Step]) -> dict[str, Any]:
    """As Jaeger's API answers them."""
    return {
        "data": [
            {
                "traceID": steps[0].trace,
                "spans": [_jaeger_span(one) for one in steps],
                "processes": {f"p-{one.service}": {"serviceName": one.service} for one in steps},
            }
        ]
    }


def _jaeger_span(one: Step) -> dict[str, Any]:
    parent = [{"refType": "CHILD_OF", "traceID": one.trace, "spanID": one.parent}] if one.parent else []
    tags = [{"key": key, "type": "string", "value": value} for key, value in one.tags.items()]
    tags.append({"key": "span.kind", "type": "string", "value": one.kind.lower()})
    return {
        "traceID": one.trace,
        "spanID": one.id,
        "references": parent,
        "startTime": T0 + one.start,
        "duration": one.duration,
        "processID": f"p-{one.service}",
        "tags": [*tags, *([{"key": "error", "type": "bool", "value": True}] if one.error else [])],
    }


def zipkin(steps: Iterable[Step]) -> list[dict[str, Any]]:
    """As Zipkin's API answers them."""
    return [
        {
            "traceId": one.trace,
            "id": one.id,
            **({"parentId": one.parent} if one.parent else {}),
            **({"kind": one.kind} if one.kind else {}),
            "timestamp": T0 + one.start,
            "duration": one.duration,
            "localEndpoint": {"serviceName": one.service},
            "tags": {**one.tags, **({"error": "500"} if one.error else {})},
        }
        for one in steps
    ]


def table(steps: Iterable[Step]) -> str:
    """As a table of comma-separated values."""
    rows = ["trace_id,span_id,parent_id,service,kind,start_us,duration_us,status,db_system,peer_service"]
    rows += [
        f"{one.trace},{one.id},{one.parent},{one.service},{one.kind},{T0 + one.start},{one.duration},"
        f"{'ERROR' if one.error else 'OK'},{one.tags.get('db.system', '')},"
        f"{one.tags.get('server.address', '')}"
        for one in steps
    ]
    return "\n".join(rows) + "\n"


def written(path: Path, *values: object) -> Path:
    """A file with a JSON value on each line."""
    path.write_text("\n".join(json.dumps(value) for value in values) + "\n")
    return path
