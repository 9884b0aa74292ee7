"""Spans: what they say, where they go, and that nothing is made where nothing says where."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from octad.serve.tracing import Traces, traces
from tests.unit.serve.parts import ASKING, STABLE, answered


def spans(*given: object) -> dict[str, ReadableSpan]:
    held = InMemorySpanExporter()
    made = Traces(SimpleSpanProcessor(held))
    for one in given:
        made.seen(ASKING, one)  # type: ignore[arg-type]
    made.stop()
    return {span.name: span for span in held.get_finished_spans()}


def test_a_question_is_a_span_around_waiting_and_running() -> None:
    found = spans(answered())
    assert set(found) == {"ask reviewer", "queue", "run"}
    whole, queue, run = found["ask reviewer"], found["queue"], found["run"]
    assert queue.parent == run.parent == whole.context
    assert whole.start_time == queue.start_time and queue.end_time == run.start_time
    assert run.end_time == whole.end_time
    assert whole.end_time is not None and whole.start_time is not None
    assert (whole.end_time - whole.start_time) / 1e9 == pytest.approx(0.04, abs=1e-5)
    assert whole.attributes is not None and whole.attributes["octad.version"] == STABLE
    assert whole.resource.attributes["service.name"] == "octad"


def test_a_fault_is_said_and_one_of_the_server_is_an_error() -> None:
    for code, is_error in (("server.internal", True), ("request.case", False)):
        whole = spans(replace(answered(code), ran=0.0))["ask reviewer"]
        assert whole.attributes is not None and whole.attributes["error.type"] == code
        assert (whole.status.status_code.name == "ERROR") is is_error


def test_nothing_is_made_unless_somebody_says_where_it_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    assert traces({}) is None
    assert traces({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://x", "OTEL_SDK_DISABLED": "true"}) is None


@pytest.fixture
def collector() -> Iterator[tuple[str, list[ExportTraceServiceRequest]]]:
    held: list[ExportTraceServiceRequest] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            held.append(ExportTraceServiceRequest.FromString(body))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *words: object) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", held
        server.shutdown()
        thread.join()


def test_they_reach_a_collector(
    collector: tuple[str, list[ExportTraceServiceRequest]], monkeypatch: pytest.MonkeyPatch
) -> None:
    where, held = collector
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", where)
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_COMPRESSION", "none")
    monkeypatch.setenv("OTEL_SERVICE_NAME", "mine")
    made = traces({"OTEL_EXPORTER_OTLP_ENDPOINT": where})
    assert made is not None
    made.seen(ASKING, answered())
    made.stop()
    (resource,) = held[0].resource_spans
    assert {one.name for scope in resource.scope_spans for one in scope.spans} == {
        "ask reviewer",
        "queue",
        "run",
    }
    assert "mine" in str(resource.resource)
