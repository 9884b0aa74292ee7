"""Spans of OpenTelemetry's JSON: requests as exporters write them, and answers of Tempo (`batches`)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from octad.read.traces.attributes import first, is_failure, peer_of
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
)

RESOURCES = ("resourceSpans", "resource_spans", "batches")
_SCOPES = ("scopeSpans", "scope_spans", "instrumentationLibrarySpans", "instrumentation_library_spans")
_SERVICE = ("service.name", "k8s.deployment.name", "k8s.statefulset.name", "container.name", "host.name")
_VALUES = ("stringValue", "intValue", "boolValue", "doubleValue", "string_value", "int_value", "bool_value")


def read_otlp(request: dict[str, Any]) -> Iterator[Span | None]:
    """The spans of a request; None for one that is incomplete."""
    for resource in (one for name in RESOURCES for one in dicts(request.get(name))):
        service = first(attributes_of(inner(resource, "resource").get("attributes")), _SERVICE) or NOBODY
        for scope in (one for name in _SCOPES for one in dicts(resource.get(name))):
            for span in dicts(scope.get("spans")):
                yield _span(span, service)


def attributes_of(pairs: object) -> Attributes:
    """Attributes as a mapping; those that are lists or maps are left out."""
    found: dict[str, Any] = {}
    for pair in dicts(pairs):
        value = pair.get("value")
        if isinstance(value, dict):
            value = next((value[name] for name in _VALUES if name in value), None)
        if isinstance(value, str | int | float):
            found[text(pair.get("key"))] = value
    return found


def _span(span: dict[str, Any], service: str) -> Span | None:
    start = nanoseconds(_either(span, "startTimeUnixNano", "start_time_unix_nano"))
    end = nanoseconds(_either(span, "endTimeUnixNano", "end_time_unix_nano"))
    if not start or not end:
        return None
    attributes = attributes_of(span.get("attributes"))
    code = text(inner(span, "status").get("code")).upper()
    return Span(
        trace=identity(_either(span, "traceId", "trace_id")),
        id=identity(_either(span, "spanId", "span_id")),
        parent=identity(_either(span, "parentSpanId", "parent_span_id")),
        service=service,
        kind=kind_of(span.get("kind")),
        start=start,
        duration=end - start,
        error=code == "2" or code.endswith("ERROR") or is_failure(attributes),
        peer=peer_of(attributes),
    )


def _either(span: dict[str, Any], name: str, other: str) -> object:
    return span[name] if name in span else span.get(other)
