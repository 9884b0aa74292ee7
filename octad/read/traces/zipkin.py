"""Spans of Zipkin's JSON, version 2; client and server may share one id."""

from __future__ import annotations

from typing import Any

from octad.errors import InputError
from octad.read.traces.attributes import is_failure, peer_of
from octad.read.traces.span import (
    NOBODY,
    Attributes,
    Kind,
    Peer,
    Span,
    identity,
    inner,
    kind_of,
    nanoseconds,
    text,
    whole,
)


def read_zipkin(span: dict[str, Any]) -> Span | None:
    """One span, None where it is incomplete; raises InputError for one of version 1."""
    if "binaryAnnotations" in span:
        raise InputError("spans of Zipkin's version 1", hint="ask Zipkin's /api/v2/traces for them")
    start, duration = nanoseconds(span.get("timestamp")), whole(span.get("duration"))
    if not start or duration is None:
        return None
    tags = inner(span, "tags")
    kind = kind_of(span.get("kind"))
    return Span(
        trace=identity(span.get("traceId")),
        id=identity(span.get("id")),
        parent=identity(span.get("parentId")),
        service=text(inner(span, "localEndpoint").get("serviceName")) or NOBODY,
        kind=kind,
        start=start,
        duration=duration * 1000,
        error="error" in tags or is_failure(tags),
        peer=_peer(text(inner(span, "remoteEndpoint").get("serviceName")), kind, tags),
    )


def _peer(remote: str, kind: Kind, tags: Attributes) -> Peer | None:
    """Whom it calls: the other endpoint where it has a name, of messages the broker."""
    said = peer_of(tags)
    if not remote:
        return said
    if kind in (Kind.PRODUCER, Kind.CONSUMER):
        return Peer(remote, "queue")
    return Peer(remote, said.kind if said and said.kind != "external" else "service")
