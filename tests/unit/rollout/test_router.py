"""Questions to versions and back: shares, keys, shadows, fallbacks, flags, and a store that is not there."""

from __future__ import annotations

from dataclasses import replace
from itertools import count

import numpy as np
import pytest

from octad.errors import InputError, StoreError
from octad.registry.base import STABLE
from octad.rollout import router as routers
from octad.rollout.controller import Controller
from octad.rollout.router import RolloutRouter
from octad.rollout.switches import Switch, Switches
from octad.serve.exchange import Answered, Asking, Route
from octad.serve.faults import fault
from tests.unit.rollout.world import AGENT, NEW, NEWER, OLD, QUICK, Names

NUMBERS = count()


def asking(**fields: object) -> Asking:
    made = Asking(id=f"q{next(NUMBERS)}", agent=AGENT, body=b"{}", until=1e9)
    return replace(made, **fields)  # type: ignore[arg-type]


class Server:
    """A router, with a clock and chances of its own, and a service that answers well unless it is told."""

    def __init__(self, controller: Controller, switches: Switches | None = None) -> None:
        self.now = 1_000.0
        self.rng = np.random.default_rng(0)
        self.controller = controller
        self.router = RolloutRouter(
            controller, switches, clock=lambda: self.now, draw=lambda: float(self.rng.random())
        )
        self.router.refresh()

    def ask(self, failing: float = 0.0, **fields: object) -> Route:
        """One question and its answer; the candidate fails so often."""
        asked = asking(**fields)
        route = self.router.route(asked)
        bad = self.rng.random() < failing
        took = 0.01 + 0.01 * float(self.rng.random())
        good = Answered(asked.id, b"{}", version=route.version, arm=route.arm, ran=took, cpu=took)
        broken = replace(good, body=b"", fault=fault("server.internal", "broken"))
        shadow = replace(broken if bad else good, version=route.shadow) if route.shadow else None
        is_bad = bad and route.arm == "candidate"
        self.router.observe(asked, route, broken if is_bad else good, shadow)
        return route

    def serve(self, questions: int, failing: float = 0.0, **fields: object) -> list[Route]:
        """Questions, a hundred a second, with a look every second."""
        found = []
        for number in range(questions):
            found.append(self.ask(failing, **fields))
            self.now += 0.01
            if number % 100 == 99:
                self.router.tick()
        return found


@pytest.fixture
def server(controller: Controller) -> Server:
    return Server(controller)


def start(server: Server, **fields: object) -> str:
    made = server.controller.start(AGENT, NEW, actor="ann", settings={**QUICK, **fields})
    server.router.tick()
    return made.id


def test_without_a_rollout_the_stable_version_answers(server: Server) -> None:
    assert server.router.route(asking()) == Route(OLD)
    assert server.router.route(asking(version=NEWER)) == Route(NEWER)
    with pytest.raises(InputError, match="no version"):
        server.router.route(asking(version="none"))


def test_a_pointed_alias_counts_from_the_next_look(server: Server, names: Names) -> None:
    server.ask()
    names.point(AGENT, STABLE, NEWER, actor="ann")
    server.router.tick()
    assert server.router.route(asking()).version == NEWER


def test_the_shadow_is_asked_and_nobody_sees_it(server: Server) -> None:
    rollout = start(server)
    assert server.router.route(asking()) == Route(OLD, "stable", rollout, NEW)
    server.serve(3_000)
    assert server.controller.rollout(rollout).weight > 0


def test_a_share_of_the_traffic_and_then_all(server: Server) -> None:
    start(server, steps=(20, 50, 100), burst=0.0)
    arms = [one.arm for one in server.serve(400)]
    assert 50 <= arms.count("candidate") <= 110
    server.serve(5_000)
    (done,) = server.controller.rollouts()
    assert done.state == "done" and server.router.route(asking()) == Route(NEW)


@pytest.mark.parametrize("steps", [(0, 5, 25, 50, 100), (25, 50, 100)])
def test_a_broken_candidate_is_rolled_back_and_gets_nothing_more(
    server: Server, steps: tuple[int, ...]
) -> None:
    start(server, steps=steps)
    server.serve(2_000, failing=0.4)
    assert server.controller.rollout(AGENT).state == "rolled back"
    assert {one.version for one in server.serve(200)} == {OLD} and server.router.rollouts() == []


def test_a_key_stays_on_one_version_in_its_window_and_is_drawn_anew(server: Server) -> None:
    start(server, steps=(50, 100), window=300.0)
    server.now = 1_200.0
    keys = [f"shop {number}" for number in range(40)]
    first = [server.ask(key=key).arm for key in keys]
    server.now += 250
    assert [server.ask(key=key).arm for key in keys] == first
    server.now += 100
    later = [server.ask(key=key).arm for key in keys]
    assert later != first and {*first} == {*later} == {"stable", "candidate"}


def test_a_fallback_is_a_failure_of_the_arm_that_should_have_answered(server: Server) -> None:
    rollout = start(server, steps=(50, 100), burst=0.0)
    for degraded, version in (("an older version answered", OLD), ("", OLD)):
        route = Route(NEW, "candidate", rollout)
        asked = asking()
        server.router.route(asked)
        server.router.observe(
            asked, route, Answered(asked.id, b"{}", version=version, degraded=degraded), None
        )
    server.now += 1
    server.router.tick()
    assert server.controller.rollout(rollout).tallies["failed"].bad == (0, 2)


@pytest.mark.parametrize(
    ("code", "bad", "measured"),
    [
        ("server.internal", 1, 1), ("server.worker", 1, 1), ("request.late", 1, 1),
        ("server.overloaded", 0, 0), ("server.draining", 0, 0),
        ("request.case", 0, 0), ("request.json", 0, 0),
    ],
)  # fmt: skip
def test_faults_of_the_version_and_of_others(server: Server, code: str, bad: int, measured: int) -> None:
    rollout = start(server, steps=(50, 100))
    asked = asking()
    server.router.route(asked)
    wrong = Answered(asked.id, fault=fault(code, "so"), version=NEW)
    server.router.observe(asked, Route(NEW, "candidate", rollout), wrong, None)
    server.router.tick()
    tally = server.controller.rollout(rollout).tallies.get("failed")
    assert ((tally.bad[1], tally.measured[1]) if tally else (0, 0)) == (bad, measured)


def test_a_version_that_cannot_be_loaded_is_out_at_once(server: Server) -> None:
    rollout = start(server)
    asked = asking()
    route = server.router.route(asked)
    gone = Answered(asked.id, fault=fault("server.version", "its golden case fails"))
    server.router.observe(asked, route, Answered(asked.id, b"{}", version=OLD), gone)
    server.router.tick()
    assert server.controller.rollout(rollout).reason == "it cannot be loaded: its golden case fails"


def test_a_service_may_say_that_a_version_is_of_no_use(server: Server) -> None:
    rollout = start(server)
    server.router.unusable(AGENT, OLD, "no")
    server.router.unusable(AGENT, NEW, "its workers end one after the other")
    server.router.tick()
    found = server.controller.rollout(rollout)
    assert (found.state, found.reason) == ("rolled back", "its workers end one after the other")


def test_what_people_dismiss_counts(server: Server) -> None:
    rollout = start(server, steps=(50, 100), burst=0.0)
    for number in range(80):
        server.router.judged(AGENT, NEW, dismissed=True, unit=f"{number}")
        server.router.judged(AGENT, OLD, dismissed=number % 10 == 0, unit=f"{number} too")
        server.router.judged(AGENT, NEWER, dismissed=True)
    server.router.tick()
    found = server.controller.rollout(rollout)
    assert found.state == "rolled back" and found.tallies["dismissed"].bad == (8, 80)


def test_what_others_decide_is_learned(server: Server) -> None:
    rollout = start(server, steps=(50, 100))
    server.controller.command(rollout, "abort", actor="ann")
    server.router.tick()
    assert {one.version for one in server.serve(50)} == {OLD}


def test_a_flag_pauses_a_rollout_and_lets_it_go_on(controller: Controller) -> None:
    off: set[Switch] = {"rollout"}
    server = Server(controller, Switches(lambda agent, switch: switch not in off))
    rollout = start(server)
    server.serve(500)
    assert controller.rollout(rollout).state == "paused"
    off.clear()
    server.serve(100)
    assert controller.rollout(rollout).state == "shadow"
    controller.command(rollout, "pause", actor="ann")
    server.serve(100)
    assert controller.rollout(rollout).reason == "paused by ann"


def test_without_a_store_harm_is_stopped_all_the_same(
    server: Server, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rollout = start(server, steps=(50, 100))

    def gone(*_: object, **__: object) -> None:
        raise StoreError("the disk is gone", kind="refused")

    with monkeypatch.context() as patch:
        patch.setattr(server.controller, "recovered", gone)
        patch.setattr(server.controller, "observed", gone)
        server.serve(2_000, failing=0.5)
        assert server.router.problem.startswith("the disk is gone")
        assert {one.version for one in server.serve(100)} == {OLD}
    assert capsys.readouterr().err.count("the disk is gone") == 1
    assert server.controller.rollout(rollout).state == "canary"
    server.serve(100)
    assert server.controller.rollout(rollout).state == "rolled back" and server.router.problem == ""


def test_answers_of_an_earlier_rollout_count_no_more(server: Server) -> None:
    first = start(server, steps=(50, 100))
    asked = asking()
    server.router.route(asked)
    second = start(server, steps=(50, 100))
    late = Answered(asked.id, fault=fault("server.internal", "broken"))
    server.router.observe(asked, Route(NEW, "candidate", first), late, None)
    server.router.tick()
    assert server.controller.rollout(second).tallies == {}


def test_what_is_under_way_is_bounded(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routers, "PENDING", 10)
    start(server, steps=(50, 100))
    for _ in range(50):
        server.router.route(asking())
    assert len(server.router._pending) == 10


def test_the_thread_looks_and_ends(controller: Controller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routers, "EVERY", 0.001)
    server = Server(controller)
    server.router.start()
    controller.start(AGENT, NEW, actor="ann", settings=QUICK)
    server.router.stop()
    assert [one.plan.candidate for one in server.router.rollouts()] == [NEW]
