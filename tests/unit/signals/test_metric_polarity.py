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
        ("", "other", 0),
    ],
)
def test_names_tell_what_is_worse(metric: str, kind: str, worse: int) -> None:
    assert (family(metric), direction(metric)) == (kind, worse)


def test_every_family_has_a_direction() -> None:
    assert set(FAMILIES) == set(WORSE)
