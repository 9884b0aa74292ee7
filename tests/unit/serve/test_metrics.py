"""What is said to Prometheus."""

from __future__ import annotations

from dataclasses import replace

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as read_open
from prometheus_client.parser import text_string_to_metric_families as read_plain

from octad.serve.gauges import MOST_RULES
from octad.serve.metrics import Metrics
from octad.serve.monitor import Monitor
from octad.serve.recent import OTHER
from tests.unit.serve.parts import ASKING, CANDIDATE, STABLE, Parts, answered, busy, full


def values(text: str) -> dict[str, float]:
    return {
        f"{sample.name}{sorted(sample.labels.items()) or ''}": sample.value
        for family in read_plain(text)
        for sample in family.samples
    }


def shown(monitor: Monitor) -> dict[str, float]:
    return values(monitor.exposition().body.decode())


def of(found: dict[str, float], name: str, *words: str) -> float:
    return sum(value for key, value in found.items() if key.startswith(name) and all(w in key for w in words))


def test_answers_are_counted_by_agent_version_arm_and_code() -> None:
    monitor = Monitor(Parts().sources)
    busy(monitor, 100)
    found = shown(monitor)
    assert of(found, "octad_requests_total") == 100
    assert of(found, "octad_requests_total", "server.internal") == 2
    assert of(found, "octad_requests_total", f"'{CANDIDATE[:12]}'", "candidate") == 25
    assert of(found, "octad_request_seconds_count") == 98, "what was not answered has no latency"
    assert of(found, "octad_findings_total", "bug/operator") == 100
    assert of(found, "octad_cpu_seconds_total") == pytest.approx(2.0)


def test_cached_and_degraded_answers_are_counted() -> None:
    metrics = Metrics()
    metrics.seen(ASKING, replace(answered(), is_cached=True, cpu=0.0, degraded="the previous version"))
    metrics.seen(ASKING, replace(answered(), together=4, cpu=0.02))
    found = values(metrics.exposition().body.decode())
    assert of(found, "octad_cached_total") == of(found, "octad_degraded_total") == 1
    assert of(found, "octad_batch_questions_sum") == 4


def test_the_state_of_the_parts_is_shown() -> None:
    monitor = Monitor(full().sources)
    monitor.tick()
    found = shown(monitor)
    assert found["octad_ready"] == 1 and found["octad_queued"] == 2 and found["octad_workers"] == 2
    assert of(found, "octad_rollout_weight", "reviewer") == 25
    assert (
        of(found, "octad_rollout_state", "'canary'") == 1 and of(found, "octad_rollout_state", "'held'") == 0
    )
    assert of(found, "octad_rollout_decisions_total", "abort") == 1
    assert of(found, "octad_feedback_approval", "style/x") == 0.1
    assert of(found, "octad_rule_silenced", "style/x") == 1


def test_a_part_that_cannot_be_read_costs_the_others_nothing() -> None:
    parts = full()
    sources = replace(parts.sources, rollouts=lambda: [][0])
    monitor = Monitor(sources)
    monitor.tick()
    found = shown(monitor)
    assert found["octad_monitor_problems"] == 1 and of(found, "octad_feedback_approval", "style/x") == 0.1
    assert monitor.status()["problems"] == ["rollouts: IndexError"]


def test_labels_are_bounded() -> None:
    metrics = Metrics()
    for number in range(3 * MOST_RULES):
        asking = replace(ASKING, agent=f"agent {number}")
        metrics.seen(
            asking, replace(answered(), version=f"{number:064d}", facts={f"findings:r{number}": 1.0})
        )
    text = metrics.exposition().body.decode()
    assert len({line for line in text.splitlines() if line.startswith("octad_findings_total")}) <= 32 * 257
    assert of(values(text), "octad_findings_total", f"('rule', '{OTHER}')") == 2 * MOST_RULES
    assert text.count("octad_requests_total{") <= 33 * 65


def test_both_formats_can_be_read_and_name_no_secret() -> None:
    monitor = Monitor(full().sources)
    busy(monitor, 10)
    monitor.tick()
    body, kind = monitor.exposition("application/openmetrics-text; version=1.0.0")
    assert kind.startswith("application/openmetrics-text")
    assert list(read_open(body.decode()))
    assert STABLE not in body.decode(), "a version is named by the beginning of its digest"


def test_an_observer_that_fails_costs_the_others_nothing() -> None:
    monitor = Monitor(Parts().sources)
    monitor.seen(ASKING, replace(answered(), facts=None))  # type: ignore[arg-type]
    monitor.seen(ASKING, answered())
    assert of(shown(monitor), "octad_requests_total") == 2
