"""What the other parts of the server are like now, as gauges that are made when somebody asks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from octad import __version__
from octad.serve.drift import DriftState
from octad.serve.recent import OTHER
from octad.serve.views import Decided, RateView, RolloutView, ServiceView

SHORT = 12
"""Characters of a digest that name a version."""
MOST_AGENTS, MOST_VERSIONS, MOST_RULES, MOST_FACTS = 32, 64, 256, 40
NONE = "none"
STATES = ("shadow", "canary", "promoting", "paused", "held", "done", "aborted", "rolled back")
"""States of a rollout; of each there is a value, so that a query finds one that is not so."""


class Bounded:
    """Names as they come, up to a number of them; every further one is OTHER."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._known: set[str] = set()

    def __call__(self, name: str) -> str:
        """The value of the label for a name."""
        if name not in self._known:
            if len(self._known) >= self._most:
                return OTHER
            self._known.add(name)
        return name or NONE


class Names:
    """The values that labels may have."""

    def __init__(self) -> None:
        self.agent, self.version = Bounded(MOST_AGENTS), Bounded(MOST_VERSIONS)
        self.rule, self.code = Bounded(MOST_RULES), Bounded(MOST_AGENTS)


class State(NamedTuple):
    """The other parts of the server at one time; None and empty where there is none."""

    service: ServiceView | None = None
    rollouts: Sequence[RolloutView] = ()
    decisions: Sequence[Decided] = ()
    feedback: Sequence[RateView] = ()
    drift: Sequence[DriftState] = ()
    problems: int = 0


class Gauges(Collector):
    """Gauges of a state, made when they are asked for."""

    def __init__(self, names: Names) -> None:
        self._agent, self._version, self._rule = names.agent, names.version, names.rule
        self.state = State()

    def describe(self) -> Iterable[Metric]:
        """Every metric there may be, without values."""
        return self.collect()

    def collect(self) -> Iterator[Metric]:
        """The metrics of the state."""
        state = self.state
        yield _one("octad_info", "The version of the program.", 1, version=__version__)
        yield _one("octad_monitor_problems", "Parts of the server that could not be read.", state.problems)
        yield from self._service(state.service)
        yield from self._rollouts(state.rollouts)
        yield from self._decisions(state.decisions)
        yield from self._feedback(state.feedback)
        yield from self._drift(state.drift)

    def _service(self, service: ServiceView | None) -> Iterator[Metric]:
        workers = list(service.workers) if service else []
        values = (
            ("octad_ready", "1 where a question is answered now.", bool(service and service.ready)),
            ("octad_in_flight", "Questions that are being answered.", service.in_flight if service else 0),
            ("octad_queued", "Questions that wait.", service.queued if service else 0),
            ("octad_queued_cost_seconds", "What these take a worker.", service.queued_cost if service else 0),
            ("octad_capacity_per_second", "Questions that can be answered a second.",
             service.capacity if service else 0),
            ("octad_workers", "Worker processes.", len(workers)),
        )  # fmt: skip
        for name, words, value in values:
            yield _one(name, words, float(value))
        restarts = CounterMetricFamily("octad_worker_restarts", "How often workers were started again.")
        restarts.add_metric([], sum(one.restarts for one in workers))
        yield restarts
        memory = GaugeMetricFamily("octad_worker_memory_bytes", "Memory of workers.", labels=("worker",))
        loaded = GaugeMetricFamily("octad_worker_loaded", "Versions that they hold.", labels=("worker",))
        for number, one in enumerate(workers):
            memory.add_metric([str(number)], one.rss)
            loaded.add_metric([str(number)], len(one.loaded))
        yield from (memory, loaded)

    def _rollouts(self, rollouts: Sequence[RolloutView]) -> Iterator[Metric]:
        newest = {self._agent(one.agent): one for one in sorted(rollouts, key=lambda one: one.since)}
        of = ("agent", "version")
        step = GaugeMetricFamily("octad_rollout_step", "The step of the newest rollout.", labels=of)
        weight = GaugeMetricFamily("octad_rollout_weight", "Share of its candidate in percent.", labels=of)
        harm = GaugeMetricFamily("octad_rollout_harm_log10", "Evidence of harm; 2 rolls back.", labels=of)
        none = GaugeMetricFamily("octad_rollout_refuted_log10", "Evidence of no harm.", labels=of)
        bad = GaugeMetricFamily(
            "octad_rollout_bad_share", "Share of bad events.", labels=("agent", "metric", "arm")
        )
        states = GaugeMetricFamily("octad_rollout_state", "1 for its state.", labels=(*of, "state"))
        for agent, one in newest.items():
            labels = [agent, self._version(one.candidate[:SHORT])]
            step.add_metric(labels, one.step)
            weight.add_metric(labels, one.weight)
            harm.add_metric(labels, one.harm)
            none.add_metric(labels, one.refuted)
            for name in STATES:
                states.add_metric([*labels, name], float(one.state == name))
            for arm in one.arms:
                bad.add_metric([agent, arm.metric, arm.arm], arm.bad / max(1, arm.measured))
        yield from (step, weight, harm, none, states, bad)

    def _decisions(self, decided: Sequence[Decided]) -> Iterator[Metric]:
        found = CounterMetricFamily(
            "octad_rollout_decisions",
            "Decisions on rollouts, aborts among them.",
            labels=("agent", "decision"),
        )
        for one in decided:
            found.add_metric([self._agent(one.agent), one.decision], one.count)
        yield found

    def _feedback(self, rates: Sequence[RateView]) -> Iterator[Metric]:
        said = GaugeMetricFamily(
            "octad_feedback", "Findings that people judged.", labels=("rule", "decision")
        )
        share = GaugeMetricFamily("octad_feedback_approval", "Share of approved ones.", labels=("rule",))
        silent = GaugeMetricFamily("octad_rule_silenced", "Projects that silence it.", labels=("rule",))
        for one in rates[:MOST_RULES]:
            rule = self._rule(one.name)
            for decision in ("accepted", "corrected", "dismissed"):
                said.add_metric([rule, decision], getattr(one, decision))
            share.add_metric([rule], one.approval)
            silent.add_metric([rule], len(one.silenced))
        yield from (said, share, silent)

    def _drift(self, states: Sequence[DriftState]) -> Iterator[Metric]:
        of = ("agent", "version")
        cases = GaugeMetricFamily("octad_drift", "Mean KS by what it is of.", labels=(*of, "measure"))
        alarm = GaugeMetricFamily("octad_drift_alarm", "1 beyond its level.", labels=(*of, "measure"))
        psi = GaugeMetricFamily("octad_drift_psi", "Population stability index.", labels=(*of, "fact"))
        ks = GaugeMetricFamily("octad_drift_ks", "Kolmogorov-Smirnov statistic.", labels=(*of, "fact"))
        held = GaugeMetricFamily("octad_drift_reference_cases", "Cases of the reference.", labels=of)
        score = GaugeMetricFamily("octad_unusual_score", "1 less the median likeness of cases.", labels=of)
        unusual = CounterMetricFamily("octad_unusual_cases", "Cases unlike the reference.", labels=of)
        judged = CounterMetricFamily("octad_judged_cases", "Cases held against it.", labels=of)
        for one in states:
            labels = [self._agent(one.agent), self._version(one.version[:SHORT])]
            held.add_metric(labels, one.reference)
            score.add_metric(labels, 1 - one.median_likeness)
            unusual.add_metric(labels, one.strange)
            judged.add_metric(labels, one.judged)
            if one.unlike is not None:
                measures = {"cases": one.unlike.cases, "answers": one.unlike.answers, "unusual": one.unusual}
                for name, value in measures.items():
                    cases.add_metric([*labels, name], value)
                    alarm.add_metric([*labels, name], float(name in one.alarms))
                for fact in one.unlike.facts[:MOST_FACTS]:
                    psi.add_metric([*labels, fact.fact], fact.psi)
                    ks.add_metric([*labels, fact.fact], fact.ks)
        yield from (cases, alarm, psi, ks, held, score, unusual, judged)


def _one(name: str, words: str, value: float, **labels: str) -> GaugeMetricFamily:
    """A gauge of one value."""
    found = GaugeMetricFamily(name, words, labels=tuple(labels))
    found.add_metric(list(labels.values()), value)
    return found
