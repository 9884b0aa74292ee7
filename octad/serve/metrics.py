"""What the server says of itself to Prometheus: counters of answers, and the state of its parts.

All metrics are of a registry of its own. Every value of a label comes from a bounded set: a name beyond
the bound is counted as "other", so that nobody can make the server remember without end.
"""

from __future__ import annotations

from typing import NamedTuple

from prometheus_client import CollectorRegistry, Counter, Histogram, disable_created_metrics
from prometheus_client.exposition import choose_encoder

from octad.serve.exchange import Answered, Asking
from octad.serve.facts import BY_RULE
from octad.serve.gauges import SHORT, Gauges, Names, State

SECONDS = (0.005, 0.01, 0.02, 0.035, 0.05, 0.075, 0.1, 0.15, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
SIZES = (1, 2, 4, 8, 16, 32, 64, 128)
FAULTLESS = "ok"
ARM = ("agent", "version", "arm")


class Exposition(NamedTuple):
    """The metrics as text, and what kind of text it is."""

    body: bytes
    content_type: str


class Metrics:
    """Counts answers, as an observer of the service; shows the state that was last `given`."""

    def __init__(self) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self.registry = CollectorRegistry()
        self._names = Names()
        self._gauges = Gauges(self._names)
        self.registry.register(self._gauges)
        counter, histogram = self._counter, self._histogram
        self._requests = counter("octad_requests", "Questions by what came of them.", *ARM, "code")
        self._degraded = counter("octad_degraded", "Answers of something simpler than was asked.", *ARM)
        self._cached = counter("octad_cached", "Answers that were remembered.", "agent")
        self._cpu = counter("octad_cpu_seconds", "Processor time of workers for answers.", *ARM)
        self._findings = counter("octad_findings", "Findings by rule.", "agent", "rule")
        self._seconds = histogram("octad_request_seconds", "From the question to its answer.", SECONDS, *ARM)
        self._waited = histogram("octad_queue_seconds", "How long questions waited.", SECONDS, "agent")
        self._batches = histogram("octad_batch_questions", "Questions handed over at once.", SIZES, "agent")

    def seen(self, asking: Asking, answered: Answered) -> None:
        """Count one final answer."""
        agent = self._names.agent(asking.agent)
        arm = (agent, self._names.version(answered.version[:SHORT]), answered.arm)
        code = answered.fault.code if answered.fault else FAULTLESS
        self._requests.labels(*arm, self._names.code(code)).inc()
        self._waited.labels(agent).observe(answered.waited)
        if answered.fault is None:
            self._seconds.labels(*arm).observe(answered.waited + answered.ran)
        if answered.degraded:
            self._degraded.labels(*arm).inc()
        if answered.is_cached:
            self._cached.labels(agent).inc()
        if answered.cpu > 0:
            self._cpu.labels(*arm).inc(answered.cpu)
            self._batches.labels(agent).observe(answered.together)
        for name, count in answered.facts.items():
            if name.startswith(BY_RULE) and count > 0:
                self._findings.labels(agent, self._names.rule(name.removeprefix(BY_RULE))).inc(count)

    def given(self, state: State) -> None:
        """Show this state from now on."""
        self._gauges.state = state

    def exposition(self, accept: str = "") -> Exposition:
        """All metrics, in the format that a scraper accepts."""
        encoder, content_type = choose_encoder(accept)
        return Exposition(encoder(self.registry), content_type)

    def _counter(self, name: str, words: str, *labels: str) -> Counter:
        return Counter(name, words, labels, registry=self.registry)

    def _histogram(self, name: str, words: str, buckets: tuple[float, ...], *labels: str) -> Histogram:
        return Histogram(name, words, labels, buckets=buckets, registry=self.registry)
