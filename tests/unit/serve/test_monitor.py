"""What the monitor says of a server: the status document, and alerts."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from octad.serve.alerts import alerts
from octad.serve.gauges import State
from octad.serve.monitor import Monitor
from octad.serve.recent import Tally
from octad.serve.status import MOST_POINTS, thinned
from octad.serve.views import Sources, versions_of
from tests.unit.serve.parts import ASKING, NOW, STABLE, Parts, Service, Worker, answered, busy, full, rollout


def names(state: State, recent: Tally | None = None, restarts: int = 0) -> list[str]:
    return [one.name for one in alerts(state, recent or Tally(), restarts, NOW + 100)]


def test_the_document_is_json_and_says_all_of_a_full_server() -> None:
    monitor = Monitor(full().sources)
    busy(monitor, 700)
    monitor.tick()
    found = json.loads(json.dumps(monitor.status(), allow_nan=False))
    assert found["now"]["asked"] == found["hour"]["asked"] == 700
    assert found["errors"] == [{"code": "server.internal", "count": 14}]
    (agent,) = found["agents"]
    assert [one["alias"] for one in agent["versions"]] == ["stable", "candidate"]
    assert agent["versions"][0]["answers"] == 525 and agent["versions"][0]["digest"] == STABLE[:12]
    (shown,) = found["rollouts"]
    assert shown["weight"] == 25 and len(shown["history"]) == 2 and len(shown["evidence"]) == 1
    assert [one["rule"] for one in found["rules"]] == ["style/x", "bug/operator"]
    assert found["rules"][1]["findings"] == 700
    assert found["drift"]["watched"][0]["version"] == STABLE[:12]
    assert found["series"]["step"] == 10 and len(found["series"]["rate"]) == 60


def test_a_server_without_any_part_has_a_document_too() -> None:
    monitor = Monitor(Sources())
    monitor.tick()
    found = json.loads(json.dumps(monitor.status(), allow_nan=False))
    assert found["service"] is None and found["rollouts"] == found["agents"] == found["alerts"] == []


def test_every_alert_is_raised_by_what_it_is_about_and_by_nothing_else() -> None:
    assert names(State(service=Service())) == []
    assert names(State(service=Service(ready=False))) == ["OctadNotReady"]
    assert names(State(), restarts=1) == ["OctadWorkerRestarts"]
    assert names(State(rollouts=[rollout("held")])) == ["OctadRolloutHeld"]
    late = rollout("rolled back", history=())
    assert names(State(rollouts=[late])) == ["OctadRolledBack"]
    assert names(State(rollouts=[replace(late, since=NOW - 90_000)])) == []
    assert names(State(feedback=full().feedback)) == ["OctadRuleSilenced"]
    assert names(State(problems=1)) == ["OctadMonitorProblems"]


@pytest.mark.parametrize(
    ("code", "degraded", "ran", "wanted"),
    [("server.internal", "", 0.03, "OctadErrors"), ("server.overloaded", "", 0.03, "OctadOverloaded"),
     ("", "rules", 0.03, "OctadDegraded"), ("", "", 2.0, "OctadSlow"), ("request.case", "", 0.03, "")],
)  # fmt: skip
def test_alerts_of_answers(code: str, degraded: str, ran: float, wanted: str) -> None:
    tally = Tally()
    for _ in range(95):
        tally.add(answered())
    assert names(State(), tally) == []
    for _ in range(10):
        tally.add(replace(answered(code), degraded=degraded, ran=ran))
    assert names(State(), tally) == ([wanted] if wanted else [])
    assert names(State(), replace_asked(tally)) == [], "a few questions are no share"


def replace_asked(tally: Tally) -> Tally:
    return Tally(asked=3, failed=min(3, tally.failed), degraded=min(3, tally.degraded))


def test_drift_is_an_alert() -> None:
    monitor = Monitor(Parts(service=None).sources)
    busy(monitor, 600)
    busy(monitor, 600, shift=3, seed=2)
    monitor.tick()
    assert {one["name"] for one in monitor.status()["alerts"]} >= {"OctadDrift", "OctadUnusualCases"}


def test_restarts_are_those_of_the_last_minutes() -> None:
    parts = Parts(service=Service(workers=(Worker(restarts=4),)))
    monitor = Monitor(parts.sources)
    monitor.tick()
    assert monitor.restarts() == 0, "those from before are not"
    parts.service = Service(workers=(Worker(restarts=6),))
    monitor.tick()
    assert monitor.restarts() == 2


def test_a_change_of_the_share_is_noted_at_once() -> None:
    parts = full()
    monitor = Monitor(parts.sources)
    for weight in (25, 25, 50):
        parts.rollouts = [rollout(weight=weight)]
        monitor.tick()
    assert [weight for _, _, weight in monitor.status()["rollouts"][0]["evidence"]] == [25, 50]
    parts.rollouts = []
    monitor.tick()
    assert monitor.status()["rollouts"] == []


def test_it_reads_the_parts_by_itself_until_it_is_stopped() -> None:
    read = threading.Event()

    def service() -> None:
        read.set()

    monitor = Monitor(replace(Sources(), service=service))
    monitor.start()
    assert read.wait(10)
    monitor.stop()
    assert not any(one.name == "octad-monitor" for one in threading.enumerate())


def test_of_many_points_some_are_shown_with_both_ends() -> None:
    notes = [(float(number), 0.0, 5.0) for number in range(700)]
    some = thinned(notes)
    assert len(some) == MOST_POINTS and some[0] == notes[0] and some[-1] == notes[-1]


def test_versions_are_read_of_a_registry(tmp_path: Path) -> None:
    from octad.errors import InputError
    from octad.registry.base import Version

    class Registry:
        def aliases(self, agent: str) -> dict[str, str]:
            return {"stable": STABLE, "gone": "0" * 64}

        def get(self, agent: str, reference: str) -> tuple[None, Version]:
            if reference != STABLE:
                raise InputError("no such version")
            return None, Version(digest=STABLE, agent=agent, version="1.4", created=time.time(), size=1)

    (found,) = versions_of(Registry(), ["reviewer"])  # type: ignore[arg-type]
    assert (found.alias, found.version) == ("stable", "1.4")


def test_nothing_of_a_question_is_in_the_document() -> None:
    monitor = Monitor(full().sources)
    monitor.seen(replace(ASKING, body=b"SECRET", actor="SECRET", key="SECRET"), answered())
    monitor.tick()
    assert "SECRET" not in json.dumps(monitor.status()) + monitor.exposition().body.decode()
