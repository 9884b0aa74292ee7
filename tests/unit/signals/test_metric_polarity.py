"""Names of metrics: what they measure and which way is worse."""

from __future__ import annotations

import pytest

from octad.signals.metric_polarity import FAMILIES, WORSE, direction, family


@pytest.mark.parametrize(
    ("metric", "kind", "worse"),
    [
        ("http_request_duration_seconds", "latency", 1),
        ("PodServerLatencyP90(s)", "latency", 1),
        ("latency_p99", "latency", 1),
        ("http_errors_total", "errors", 1),
        ("error_rate_percent", "errors", 1),
        ("status_5xx", "errors", 1),
        ("availability", "success", -1),
        ("SuccessRate(%)", "success", -1),
        ("CpuUsageRate(%)", "cpu", 1),
        ("process_resident_memory_bytes", "memory", 1),
        ("queue_depth", "queue", 1),
        ("consumer_lag", "queue", 1),
        ("throughput", "throughput", -1),
        ("requests", "requests", 0),
        ("PodWorkload(Ops)", "requests", 0),
        ("flags_enabled", "other", 0),
        ("took_p99", "latency", 1),
        ("cpu_p99", "cpu", 1),
        ("step10", "other", 0),
        ("process_cpu_time", "cpu", 1),
        ("error_latency_p95", "latency", 1),
        ("latency_errors", "errors", 1),
        ("", "other", 0),
    ],
)
def test_names_tell_what_is_worse(metric: str, kind: str, worse: int) -> None:
    assert (family(metric), direction(metric)) == (kind, worse)


@pytest.mark.parametrize(
    ("metric", "kind"),
    [
        ("container_cpu_usage_seconds_total", "cpu"),
        ("rate(process_cpu_seconds_total[1m])", "cpu"),
        ('node_cpu_seconds_total{mode="idle"}', "other"),
        ("http_request_duration_seconds_count", "requests"),
        ("http_request_duration_seconds_sum", "latency"),
        ("sum(rate(rpc_seconds_sum[5m])) / sum(rate(rpc_seconds_count[5m]))", "latency"),
        ('rate(http_requests_total{code="500"}[1m]) / rate(http_requests_total[1m])', "errors"),
        ("rate(http_requests_total{code='503'}[1m])", "errors"),
        ('sum by (app) (rate(http_requests_total{status=~"5.."}[5m]))', "errors"),
        ('rate(http_requests_total{status_code=~"[45].."}[5m])', "errors"),
        ('rate(http_requests_total{code!~"2.."}[5m])', "errors"),
        ('rate(http_requests_total{code!="200"}[5m])', "errors"),
        ('rate(http_requests_total{code!~"5.."}[5m])', "requests"),
        ('http_requests_total{code="200"}', "requests"),
        ('grpc_server_handled_total{grpc_code="Unavailable"}', "errors"),
        ("process_uptime_seconds", "other"),
        ("process_start_time_seconds", "other"),
        ("http_requests_created", "other"),
        ("node_memory_MemAvailable_bytes", "other"),
        ("node_memory_MemFree_bytes", "other"),
        ("container_spec_memory_limit_bytes", "other"),
        ('kube_pod_container_resource_requests{resource="cpu"}', "other"),
    ],
)
def test_what_prometheus_calls_its_metrics_and_how_it_is_asked(metric: str, kind: str) -> None:
    assert family(metric) == kind


@pytest.mark.parametrize("part", ["seconds_", "cpu", "status", "mem", "time_count_", "_sum_count"])
def test_long_names_are_read_in_proportion_to_their_length(part: str) -> None:
    assert family(part * 50_000) in FAMILIES


def test_every_family_has_a_direction() -> None:
    assert set(FAMILIES) == set(WORSE)
