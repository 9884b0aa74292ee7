"""Spans of Jaeger's JSON: answers of its API, single traces, and spans that carry their process."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from octad.read.traces.attributes import is_failure, peer_of
from octad.read.traces.span import (
    NOBODY,
    Attributes,
    Span,
    dicts,
    identity,
    inner,
    kind_of,
    nanoseconds,
    text,
    whole,
)

_PARENTS = ("CHILD_OF", "FOLLOWS_FROM")


def read_jaeger(value: dict[str, Any]) -> Iterator[Span | None]:
    """The spans of an answer, a trace or a span; None for one that is incomplete."""
    data = value.get("data", value)
    for trace in (data,) if isinstance(data, dict) else dicts(data):
        if "spans" not in trace:
            yield _span(trace, {})
            continue
        processes = {name: one for name, one in inner(trace, "processes").items() if isinstance(one, dict)}
        for span in dicts(trace["spans"]):
            yield _span(span, processes)


def _span(span: dict[str, Any], processes: Mapping[str, dict[str, Any]]) -> Span | None:
    start, duration = nanoseconds(span.get("startTime")), whole(span.get("duration"))
    if not start or duration is None:
        return None
    process = inner(span, "process") or processes.get(text(span.get("processID")), {})
    tags = _tags(span)
    trace = identity(span.get("traceID"))
    return Span(
        trace=trace,
        id=identity(span.get("spanID")),
        parent=_parent(span, trace),
        service=text(process.get("serviceName")) or NOBODY,
        kind=kind_of(tags.get("span.kind")),
        start=start,
        duration=duration * 1000,
        error=is_failure(tags),
        peer=peer_of(tags),
    )


def _parent(span: dict[str, Any], trace: str) -> str:
    """Whom it is the child of, else whom it follows, within its trace."""
    references = [
        one for one in dicts(span.get("references")) if identity(one.get("traceID", trace)) in (trace, "")
    ]
    for kind in _PARENTS:
        for reference in references:
            if reference.get("refType", reference.get("ref_type")) == kind:
                return identity(reference.get("spanID"))
    return identity(span.get("parentSpanID"))


def _tags(span: dict[str, Any]) -> Attributes:
    """Tags as a mapping, whether they are a list of pairs or a map, as in Elasticsearch (`@` for dots)."""
    found = {text(one.get("key")): one.get("value") for one in dicts(span.get("tags"))}
    return found | {key.replace("@", "."): value for key, value in inner(span, "tag", "tags").items()}
