"""What somebody should look at now; the same, under the same names, as `deploy/prometheus/alerts.yml` says.

The page shows these without a Prometheus; the rules there are for whoever has one, and hold over restarts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Literal, NamedTuple

from octad.serve.drift import DriftState
from octad.serve.gauges import SHORT, State
from octad.serve.recent import Tally
from octad.serve.views import RateView, RolloutView

Severity = Literal["page", "warn", "note"]
FEWEST = 20
"""Questions of five minutes from which a share is worth an alert."""
FAILED, OVERLOADED, DEGRADED, SLOW_S = 0.05, 0.05, 0.01, 0.5
DAY = 86_400.0


class Alert(NamedTuple):
    """Something that is not as it should be: its name, how urgent it is, and what it is in words."""

    name: str
    severity: Severity
    text: str


def alerts(state: State, recent: Tally, restarts: int, now: float) -> list[Alert]:
    """The alerts of a state, of the answers and restarts of the last minutes; `now` is in Unix seconds."""
    found = list(_service(state, restarts))
    found += _answers(recent)
    for make, items in _PER_ITEM:
        for one in items(state):
            found += make(one, now)
    if state.problems:
        found.append(Alert("OctadMonitorProblems", "warn", f"{state.problems} parts cannot be read"))
    order = ("page", "warn", "note")
    return sorted(found, key=lambda one: order.index(one.severity))


def _service(state: State, restarts: int) -> Iterator[Alert]:
    if state.service is not None and not state.service.ready:
        yield Alert("OctadNotReady", "page", "no question is answered now")
    if restarts:
        yield Alert(
            "OctadWorkerRestarts", "warn", f"workers were started again {restarts} times in 10 minutes"
        )


def _answers(recent: Tally) -> Iterator[Alert]:
    if recent.codes["server.version"]:
        yield Alert("OctadVersionRefused", "warn", "a version cannot be loaded or fails its golden case")
    if recent.asked < FEWEST:
        return
    failed, degraded = recent.failed / recent.asked, recent.degraded / recent.asked
    overloaded = recent.codes["server.overloaded"] / recent.asked
    if failed > FAILED:
        yield Alert(
            "OctadErrors", "page", f"{failed:.0%} of the answers of 5 minutes are errors of the server"
        )
    if overloaded > OVERLOADED:
        yield Alert("OctadOverloaded", "warn", f"{overloaded:.0%} of the questions are turned away")
    if degraded > DEGRADED:
        yield Alert("OctadDegraded", "warn", f"{degraded:.0%} of the answers are of something simpler")
    slow = recent.percentiles.p95
    if slow is not None and slow > SLOW_S:
        yield Alert("OctadSlow", "warn", f"one answer in twenty takes {slow:.2g} s or more")


def _drift(one: DriftState, now: float) -> Iterator[Alert]:
    where = f"{one.agent} {one.version[:SHORT]}"
    if one.unlike is not None and {"cases", "answers"} & set(one.alarms):
        most = ", ".join(fact.fact for fact in one.unlike.facts[:3])
        yield Alert("OctadDrift", "warn", f"{where}: questions or answers are not what they were: {most}")
    if "unusual" in one.alarms:
        yield Alert(
            "OctadUnusualCases", "warn", f"{where}: {one.unusual:.0%} of the cases are unlike its first"
        )


def _rollout(one: RolloutView, now: float) -> Iterator[Alert]:
    where = f"{one.agent} {one.candidate[:SHORT]}"
    last = one.history[-1].time if one.history else one.since
    if one.state == "rolled back" and now - last < DAY:
        yield Alert("OctadRolledBack", "page", f"{where} was rolled back: {one.reason}")
    elif one.state == "held":
        yield Alert("OctadRolloutHeld", "warn", f"{where} waits: {one.reason}")
    elif one.alert:
        yield Alert("OctadRolloutHeld", "warn", f"{where}: {one.alert}")


def _feedback(one: RateView, now: float) -> Iterator[Alert]:
    if one.silenced:
        text = f"{one.name} is mostly dismissed, and silenced in {len(one.silenced)} projects"
        yield Alert("OctadRuleSilenced", "note", text)


_PER_ITEM: tuple[tuple[Callable[..., Iterator[Alert]], Callable[[State], Sequence[object]]], ...] = (
    (_rollout, lambda state: state.rollouts),
    (_drift, lambda state: state.drift),
    (_feedback, lambda state: state.feedback),
)
