"""Spans of answers for OpenTelemetry: a question, how long it waited, how long it ran.

Off unless OTEL_EXPORTER_OTLP_ENDPOINT says where they go; what else the standard's variables say holds. Spans
are made after the answer, from its times: the question itself pays for an entry in a bounded queue, which a
thread of the exporter empties. Where the collector is away, spans are lost and nothing else.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

from octad import __version__
from octad.serve.exchange import Answered, Asking

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import SpanProcessor

ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
MOST_WAITING = 2_048
NANO = 1e9


class Traces:
    """Makes spans of answers, as an observer of the service."""

    def __init__(self, processor: SpanProcessor) -> None:
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider

        # OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES come before what is said here.
        own = Resource({"service.name": "octad", "service.version": __version__})
        named = Resource.create()
        is_named = not str(named.attributes.get("service.name", "")).startswith("unknown_service")
        resource = own.merge(named) if is_named else named.merge(own)
        self._provider = TracerProvider(resource=resource)
        self._provider.add_span_processor(processor)
        self._tracer = self._provider.get_tracer("octad.serve", __version__)

    def seen(self, asking: Asking, answered: Answered) -> None:
        """Make the spans of one final answer, which ends now."""
        from opentelemetry.trace import StatusCode, set_span_in_context

        end = time.time_ns()
        began = end - int(NANO * (answered.waited + answered.ran))
        name, said = f"ask {asking.agent}", _said(asking, answered)
        whole = self._tracer.start_span(name, start_time=began, attributes=said)
        around = set_span_in_context(whole)
        handed = began + int(NANO * answered.waited)
        for part, start, stop in (("queue", began, handed), ("run", handed, end)):
            if stop > start:
                self._tracer.start_span(part, around, start_time=start).end(stop)
        if answered.fault is not None:
            whole.set_attribute("error.type", answered.fault.code)
            if answered.fault.status >= 500:
                whole.set_status(StatusCode.ERROR, answered.fault.code)
        whole.end(end)

    def stop(self) -> None:
        """Send what is left, and end the exporter."""
        self._provider.shutdown()


def traces(environment: Mapping[str, str]) -> Traces | None:
    """What makes spans, None where nothing says where they go."""
    if not any(environment.get(name) for name in ENDPOINTS):
        return None
    if environment.get("OTEL_SDK_DISABLED", "").lower() == "true":
        return None
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    return Traces(BatchSpanProcessor(OTLPSpanExporter(), max_queue_size=MOST_WAITING))


def _said(asking: Asking, answered: Answered) -> dict[str, str | bool | float]:
    """What a span says of a question: nothing of the case, and not who asks."""
    found: dict[str, str | bool | float] = {
        "octad.request_id": asking.id,
        "octad.agent": asking.agent,
        "octad.kind": asking.kind,
        "octad.version": answered.version,
        "octad.arm": answered.arm,
        "octad.cached": answered.is_cached,
        "octad.cpu_seconds": answered.cpu,
    }
    return found | ({"octad.degraded": answered.degraded} if answered.degraded else {})
