"""The states of a rollout: what never happens, whatever comes, and the open wounds of other controllers."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from octad.rollout import state as states
from octad.rollout.commands import Command, commanded, finished
from octad.rollout.plan import ENDED, Observation, Plan, Rollout, Transition, Votes, begun, factors
from octad.rollout.state import Conflict, advance, numbers, ready, restarted
from tests.unit.rollout.world import AGENT, NEW, OLD, at_step, observation, plan, run

COMMANDS: tuple[Command, ...] = ("pause", "resume", "promote", "promote by hand", "abort")
ALL_FAIL = "sC" * 8


def decided(found: tuple[Transition, ...]) -> list[str]:
    return [one.decision for one in found]


def test_a_sound_candidate_is_promoted_step_by_step() -> None:
    rollout, seen = begun(plan(), 0.0), []
    for look in range(400):
        if rollout.state == "promoting":
            break
        rollout, told = advance(rollout, observation(rollout, 500, seed=look), float(look))
        seen += [one.weight for one in told]
    assert seen == [5, 25, 50, 100, 100] and finished(rollout)[0].state == "done"
    assert finished(rollout)[0].weight == 100


@pytest.mark.parametrize("chances", [{"failing": (0.01, 0.2)}, {"slow": (0.05, 0.4)}])
def test_a_worse_candidate_is_rolled_back(chances: dict[str, Any]) -> None:
    rollout = run(begun(plan(), 0.0), **chances)
    assert (rollout.state, rollout.weight) == ("rolled back", 0)
    assert "harm: " in rollout.reason and rollout.alert == rollout.reason


def test_without_the_check_of_harm_it_would_not_be(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control of the test above."""
    monkeypatch.setattr(states, "HARM", math.inf)
    assert run(begun(plan(), 0.0), looks=50, failing=(0.01, 0.2)).state != "rolled back"


def test_an_outage_of_both_moves_nothing() -> None:
    rollout = at_step(25)
    for look in range(200):
        seen = observation(rollout, 200, failing=(0.9, 0.9), seed=look)
        rollout = advance(rollout, seen, float(look))[0]
        assert rollout.state == "canary" or rollout.weight >= 25
    assert rollout.state not in ("rolled back", "aborted")


observations = st.builds(
    Observation,
    measured=st.dictionaries(
        st.sampled_from(["failed", "slow"]), st.tuples(st.integers(0, 500), st.integers(0, 500)), max_size=2
    ),
    bad=st.dictionaries(
        st.sampled_from(["failed", "slow"]), st.tuples(st.integers(0, 50), st.integers(0, 50)), max_size=2
    ),
    votes=st.lists(
        st.builds(
            Votes, metric=st.sampled_from(["failed", "slow", "dismissed"]),
            share=st.sampled_from([0.05, 0.25, 0.5]), stable=st.integers(0, 60), candidate=st.integers(0, 60),
        ),
        max_size=3,
    ).map(tuple),
    order=st.text("scSC", max_size=30),
    hard=st.sampled_from(["", "", "", "it cannot be loaded"]),
)  # fmt: skip
events = st.lists(
    st.one_of(observations, st.sampled_from(COMMANDS), st.sampled_from(["crash", "finish", "stable moved"])),
    max_size=25,
)
clocks = st.one_of(st.floats(-1e9, 1e9), st.just(math.nan), st.just(math.inf))


def step(rollout: Rollout, event: Any, now: float) -> Rollout:
    """One event; a crash is what is read again of what was kept, in a process of another clock."""
    try:
        if isinstance(event, Observation):
            return advance(rollout, event, now)[0]
        if event == "crash":
            kept = Rollout.model_validate_json(rollout.model_dump_json())
            assert kept == rollout
            return kept if kept.is_over else kept.model_copy(update={"clock": None})
        if event == "stable moved":
            return restarted(rollout, "3" * 64)[0]
        return (finished(rollout) if event == "finish" else commanded(rollout, event, "ann"))[0]
    except Conflict:
        return rollout


@settings(max_examples=150, deadline=None)
@given(events, st.lists(clocks, min_size=25, max_size=25))
def test_whatever_comes(happened: list[Any], times: list[float]) -> None:
    rollout = begun(plan(), 0.0)
    for event, now in zip(happened, times, strict=False):
        before, rollout = rollout, step(rollout, event, now)
        assert 0 <= rollout.weight <= 100  # the stable version has the rest: together they are 100
        if before.state in ENDED:
            assert rollout == before
        if rollout.state in ("aborted", "rolled back"):
            assert rollout.weight == 0
        assert rollout.revision - before.revision in (0, 1)
        assert (rollout.state == before.state and rollout.step == before.step) or (
            rollout.revision == before.revision + 1
        )
        seen = event if isinstance(event, Observation) else Observation()
        if rollout.step > before.step:
            for name in rollout.plan.needed:
                known = before.since.get(name, (0, 0))[1] + seen.measured.get(name, (0, 0))[1]
                assert known >= rollout.plan.least_requests


@settings(max_examples=60, deadline=None)
@given(st.lists(clocks, max_size=20))
def test_jumps_of_a_clock_change_nothing(times: list[float]) -> None:
    """Durations are sums of short differences forward: no jump makes a rollout late, or silent."""
    rollout = at_step(25)
    for now in times:
        rollout, told = advance(rollout, observation(rollout, 40, failing=(0, 0), slow=(0, 0)), now)
        assert "hold" not in decided(told)
    assert rollout.in_step <= states.GAP * len(times)


def test_an_hour_that_nobody_saw_is_no_hour() -> None:
    rollout = advance(at_step(25), Observation(), 0.0)[0]
    assert advance(rollout, Observation(), 3600.0)[0].in_step == states.GAP
    assert advance(rollout, Observation(), -3600.0)[0].in_step == 0


@pytest.mark.parametrize("first", ["promote by hand", "abort"])
def test_promote_and_abort_at_once_have_one_winner(first: Command) -> None:
    rollout = at_step(50)
    if first == "abort":
        won = commanded(rollout, "abort", "ann", seen=rollout.revision)[0]
        with pytest.raises(Conflict, match="the rollout is aborted"):
            commanded(won, "promote by hand", "bob", seen=rollout.revision)
    else:
        promoting = commanded(rollout, "promote by hand", "bob", seen=rollout.revision)[0]
        won = commanded(promoting, "abort", "ann", seen=rollout.revision)[0]
        with pytest.raises(Conflict, match="an abort beats"):
            finished(won)
    assert (won.state, won.weight) == ("aborted", 0)


def test_after_it_is_done_an_abort_comes_too_late() -> None:
    done = finished(commanded(at_step(50), "promote by hand", "bob")[0])[0]
    with pytest.raises(Conflict, match="the rollout is done"):
        commanded(done, "abort", "ann")


def test_who_saw_something_else_is_told_so() -> None:
    paused = commanded(at_step(50), "pause", "ann")[0]
    for wanted in ("resume", "promote", "promote by hand"):
        with pytest.raises(Conflict, match="somebody else decided first"):
            commanded(paused, wanted, "bob", seen=0)
    assert commanded(paused, "abort", "bob", seen=0)[0].state == "aborted"


def test_a_person_needs_the_evidence_or_says_by_hand() -> None:
    with pytest.raises(Conflict, match="not promoted: 0 of 20 answers of the candidate were measured"):
        commanded(at_step(5), "promote", "ann")
    found, told = commanded(at_step(5), "promote by hand", "ann")
    assert found.state == "promoting" and told[0].reason == "promoted by ann by hand"


def test_a_paused_rollout_does_not_go_on_but_is_rolled_back() -> None:
    paused = commanded(at_step(25), "pause", "ann")[0]
    assert run(paused, looks=60).state == "paused"
    assert run(paused, failing=(0.01, 0.3)).state == "rolled back"


def test_missing_metrics_never_pass() -> None:
    """One of the needed metrics is not there at all, under whatever name it may be."""
    rollout = at_step(50)
    for look in range(100):
        whole = observation(rollout, 500, seed=look)
        some = {"failed": whole.measured["failed"], "slowness": whole.measured["slow"]}
        rollout = advance(rollout, whole.model_copy(update={"measured": some}), float(look))[0]
    assert rollout.weight == 50 and rollout.state == "held" and "slow" in rollout.reason


def test_a_share_that_is_no_number_is_refused() -> None:
    for share in (math.nan, 0.0, 1.0):
        with pytest.raises(ValueError, match="share"):
            Votes(metric="failed", share=share, stable=1, candidate=1)


def test_another_stable_version_begins_the_analysis_anew() -> None:
    rollout = run(at_step(25), looks=3)
    after, told = restarted(rollout, "3" * 64)
    assert (after.state, after.step, after.tallies, after.since) == ("shadow", 0, {}, {})
    assert after.plan.stable == "3" * 64 and decided(told) == ["restart"] and told[0].weight == 0


@pytest.mark.parametrize("hard", ["it cannot be loaded", ""])
def test_a_hard_stop_acts_at_once(hard: str) -> None:
    """A version that does not load, or eight failures in a row beside answers that are sound."""
    seen = Observation(hard=hard, order="s" * 10 if hard else ALL_FAIL)
    after, told = advance(at_step(5), seen, 0.0)
    assert after.state == "rolled back" and decided(told) == ["roll back"]


@pytest.mark.parametrize("order", ["sS" * 5 + "C" * 8, "C" * 8, "s" * 20 + "C" * 7, "CCCCcCCCC" + "s" * 20])
def test_a_row_of_failures_that_is_no_crash_loop(order: str) -> None:
    assert advance(at_step(50), Observation(order=order), 0.0)[0].state != "rolled back"


def test_at_all_traffic_there_is_nobody_beside_it() -> None:
    assert advance(at_step(100), Observation(order="c" * 50 + "C" * 8), 0.0)[0].state == "rolled back"


@pytest.mark.parametrize("hard", ["it cannot be loaded", ""])
def test_a_stable_version_that_is_bad_too_stays_and_calls(hard: str) -> None:
    rollout = at_step(50)
    after, told = advance(rollout, Observation(hard=hard, order="SC" * 20), 0.0)
    assert after.weight == 50 and after.state in ("canary", "held")
    assert states.TOO_BAD in after.alert and decided(told) in (["alert"], ["hold"])
    again, told = advance(after, Observation(hard=hard, order="SC" * 20), 1.0)
    assert told == () and again.alert == after.alert


def test_traffic_that_is_not_shared_as_it_should_be_holds() -> None:
    rollout = at_step(25)
    routed = (Votes(metric="routed", share=0.25, stable=800, candidate=100),)
    after, told = advance(rollout, observation(rollout, 400).model_copy(update={"routed": routed}), 0.0)
    assert after.state == "held" and decided(told) == ["hold"] and "shares of traffic" in after.alert


# The open wounds of Argo Rollouts.


def test_argo_4479_no_success_where_every_measurement_failed() -> None:
    rollout = at_step(5)
    for look in range(1_000):
        rollout = advance(rollout, Observation(order="s" * 10), float(look))[0]
    assert rollout.weight == 5 and rollout.state == "held"


def test_argo_1905_what_waits_for_data_says_so_and_goes_on_by_itself() -> None:
    rollout = at_step(25)
    told: list[Transition] = []
    for look in range(100):
        rollout, found = advance(rollout, Observation(), float(look))
        told += found
    assert decided(tuple(told)) == ["hold"] and rollout.state == "held"
    assert rollout.alert == "no data: nothing of the candidate was measured in failed, slow for too long"
    rollout, found = advance(rollout, observation(rollout, 40), 101.0)
    assert decided(found) == ["resume"] and (rollout.state, rollout.alert) == ("canary", "")


def test_argo_3015_what_is_undecided_calls_somebody_and_can_still_be_decided() -> None:
    few = {"failing": (0.0, 0.0), "slow": (0.0, 0.0)}
    rollout = at_step(25, most_hours=0.01, rare=0.0)
    for look in range(60):
        seen = observation(rollout, 40, seed=look, **few)
        rollout = advance(rollout, seen, float(look))[0]
    assert rollout.state == "held" and rollout.alert.startswith("no decision: it is not refuted")
    assert run(rollout).state == "promoting"
    assert commanded(rollout, "promote by hand", "ann")[0].state == "promoting"
    assert commanded(rollout, "abort", "ann")[0].state == "aborted"


def test_argo_2658_every_decision_carries_its_numbers() -> None:
    rollout = at_step(25)
    while rollout.state == "canary":
        seen = observation(rollout, 300, failing=(0.01, 0.3), seed=1)
        rollout, told = advance(rollout, seen, 0.0)
    assert told[0].decision == "roll back"
    said = told[0].measured
    assert said["harm"] >= 2 and said["failed: bad, candidate"] > 0 and said["weight"] == 25
    assert said["failed: measured, candidate"] >= said["failed: bad, candidate"]
    assert all(math.isfinite(value) for value in said.values()) and len(numbers(rollout)) == len(said)


def test_plans_that_would_be_no_rollout_are_refused() -> None:
    for fields, message in (
        ({"steps": (5, 25)}, "ascend to 100"), ({"steps": (50, 5, 100)}, "ascend"),
        ({"steps": (100,), "refuted": (0,)}, "before that of all traffic"),
        ({"steps": (5, 50, 100), "refuted": (5, 3, 0)}, "twice as bad"),
        ({"refuted": (0, 4, 3, 2, 0)}, "what is refuted is"), ({"needed": ()}, "metrics are"),
        ({"stable": NEW}, "answers already"), ({"most_hours": math.inf}, "finite"),
    ):  # fmt: skip
        with pytest.raises(ValueError, match=message):
            Plan.model_validate({"agent": AGENT, "candidate": NEW, "stable": OLD, **fields})


@pytest.mark.parametrize(
    ("steps", "found"),
    [
        ((0, 5, 25, 50, 100), (0, 5, 3, 2, 0)),
        ((10, 100), (2, 0)),
        ((0, 100), (0, 0)),
        ((1, 60, 100), (5, 2, 0)),
    ],
)
def test_the_smaller_the_share_the_graver_what_is_refuted(
    steps: tuple[int, ...], found: tuple[float, ...]
) -> None:
    assert factors(steps) == found
    assert plan(steps=steps, refuted=found).steps == steps


def test_what_is_missing_is_said() -> None:
    rollout = at_step(25, least_seconds=10.0)
    assert ready(rollout) == "10 s are to pass in this step"
