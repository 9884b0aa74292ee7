"""Rollouts as they are kept: crashes in every state, two who decide at once, the audit log, counts."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from octad.audit import AuditLog
from octad.errors import InputError, StoreError
from octad.registry.base import CANDIDATE, PREVIOUS, STABLE
from octad.registry.local import LocalRegistry
from octad.rollout import controller as controllers
from octad.rollout.commands import Command
from octad.rollout.controller import Controller, database, in_use
from octad.rollout.plan import Observation, Rollout
from octad.rollout.state import Conflict
from tests.unit.registry.artefacts import made
from tests.unit.rollout.world import AGENT, NEW, NEWER, OLD, QUICK, Names, observation, opened

ANN = "ann"


def start(controller: Controller, reference: str = NEW, **fields: Any) -> Rollout:
    return controller.start(AGENT, reference, actor=ANN, settings={**QUICK, **fields})


def carried(
    controller: Controller,
    rollout: Rollout,
    until: Callable[[Rollout], bool],
    looks: int = 400,
    **chances: Any,
) -> Rollout:
    """Looks at traffic until something holds."""
    for look in range(400):
        if until(rollout) or rollout.is_over:
            break
        seen = observation(rollout, 500, seed=look, **chances)
        rollout = controller.observed(rollout.id, seen, float(look))
    return rollout


def test_a_sound_candidate_becomes_stable(controller: Controller, names: Names) -> None:
    rollout = carried(controller, start(controller), lambda one: False)
    assert rollout.state == "done" and names.named == {STABLE: NEW, PREVIOUS: OLD}, "no candidate any more"
    assert [one.transition.decision for one in reversed(controller.decisions(rollout.id))] == [
        "start", "step", "step", "step", "step", "promote", "finish",
    ]  # fmt: skip


def test_a_worse_one_never_does(controller: Controller, names: Names) -> None:
    rollout = carried(controller, start(controller), lambda one: False, failing=(0.01, 0.3))
    assert rollout.state == "rolled back" and names.named[STABLE] == OLD
    assert controller.running() == [] and controller.rollouts(AGENT) == [rollout]


def test_every_decision_is_audited_and_kept_with_its_numbers(controller: Controller) -> None:
    rollout = carried(controller, start(controller), lambda one: False, failing=(0.01, 0.3))
    told = list(reversed(controller.decisions(AGENT)))
    assert [one.revision for one in told] == list(range(len(told)))
    assert told[-1].transition.measured["harm"] >= 2
    entries = list(reversed(controller.audit.entries()))
    assert [one.action for one in entries] == [f"rollout: {one.transition.decision}" for one in told]
    assert entries[0].actor == ANN and entries[-1].actor == "octad"
    assert all(one.details["rollout"] == rollout.id for one in entries)
    assert controller.audit.verify() is None


def test_nothing_is_decided_that_cannot_be_audited(
    controller: Controller, monkeypatch: pytest.MonkeyPatch
) -> None:
    rollout = start(controller)

    def full(*_: Any, **__: Any) -> None:
        raise StoreError("no room", kind="full")

    monkeypatch.setattr(controller.audit, "record", full)
    for wanted in ("pause", "abort", "promote by hand"):
        with pytest.raises(StoreError, match="no room"):
            controller.command(rollout.id, wanted, actor=ANN)
    assert controller.rollout(rollout.id) == rollout and len(controller.decisions()) == 1


def test_argo_2087_aborts_are_counted(controller: Controller) -> None:
    for _ in range(2):
        controller.command(start(controller).id, "abort", actor=ANN)
    carried(controller, start(controller), lambda one: False, failing=(0.01, 0.3))
    counted = {one.decision: one.count for one in controller.counts()}
    assert counted["abort"] == 2 and counted["roll back"] == 1 and counted["start"] == 3


def test_a_new_candidate_in_the_middle_begins_anew(controller: Controller) -> None:
    first = carried(controller, start(controller), lambda one: one.weight == 25)
    second = start(controller, NEWER)
    assert controller.rollout(first.id).state == "aborted"
    assert controller.rollout(first.id).reason.startswith(f"superseded by {NEWER[:12]}")
    assert (second.state, second.tallies, second.weight) == ("shadow", {}, 0)
    assert [one.id for one in controller.running()] == [second.id]
    with pytest.raises(Conflict):
        controller.command(first.id, "promote by hand", actor=ANN)


@pytest.mark.parametrize("chances", [{}, {"failing": (0.01, 0.3)}])
def test_a_controller_that_dies_after_every_decision_goes_on_where_it_was(
    folder: Path, names: Names, chances: dict[str, Any]
) -> None:
    """As one that never died, but for its clock: same states, same steps, same end."""
    whole = carried(opened(folder, names), start(opened(folder, names)), lambda one: False, **chances)
    names.named = {STABLE: OLD}
    rollout = start(opened(folder, names))
    for look in range(400):
        if rollout.is_over:
            break
        dying = opened(folder, names)
        kept = dying.recovered()
        assert [(one.state, one.step, one.tallies) for one in kept] == [
            (rollout.state, rollout.step, rollout.tallies)
        ]
        seen = observation(rollout, 500, seed=look, **chances)
        rollout = dying.observed(rollout.id, seen, 1e6 - 100.0 * look)
    assert (rollout.state, rollout.step, rollout.tallies) == (whole.state, whole.step, whole.tallies)


def die_in_a_promotion(folder: Path, names: Names, dies: str, monkeypatch: pytest.MonkeyPatch) -> None:
    dying = opened(folder, names)
    start(dying)
    point = names.point

    def died(agent: str, alias: str, reference: str, *, actor: str) -> None:
        if dies.startswith("after"):
            point(agent, alias, reference, actor=actor)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(names, "point", died)
        with pytest.raises(KeyboardInterrupt):
            dying.command(AGENT, "promote by hand", actor=ANN)


@pytest.mark.parametrize("dies", ["before stable is pointed", "after stable is pointed"])
def test_a_promotion_that_dies_half_way_is_finished(
    folder: Path, names: Names, dies: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    die_in_a_promotion(folder, names, dies, monkeypatch)
    after = opened(folder, names)
    assert after.rollout(AGENT).state == "promoting"
    assert after.recovered() == [] and after.rollout(AGENT).state == "done"
    assert names.named[STABLE] == NEW and names.pointed.count((STABLE, NEW)) == 1


@pytest.mark.parametrize("dies", ["before stable is pointed", "after stable is pointed"])
def test_an_abort_of_a_promotion_that_died_half_way_takes_it_back(
    folder: Path, names: Names, dies: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    die_in_a_promotion(folder, names, dies, monkeypatch)
    after = opened(folder, names)
    aborted = after.command(AGENT, "abort", actor=ANN)
    assert (aborted.state, aborted.weight) == ("aborted", 0) and names.named[STABLE] == OLD
    with pytest.raises(Conflict):
        after.finish(aborted)
    assert names.named[STABLE] == OLD


def at_once(folder: Path, names: Names, rollout: Rollout) -> list[str]:
    """Who won of two processes that promote and abort at the same time."""
    won: list[str] = []
    barrier = threading.Barrier(2)

    def decide(wanted: Command, own: Controller) -> None:
        barrier.wait()
        with suppress(Conflict):
            own.command(rollout.id, wanted, actor=ANN, seen=rollout.revision)
            won.append(wanted)

    wanted: tuple[Command, ...] = ("promote by hand", "abort")
    both = [threading.Thread(target=decide, args=(one, opened(folder, names))) for one in wanted]
    for one in both:
        one.start()
    for one in both:
        one.join()
    return won


def test_promote_and_abort_at_once_have_one_winner(folder: Path, names: Names) -> None:
    for _ in range(6):
        names.named = {STABLE: OLD}
        rollout = start(opened(folder, names))
        won = at_once(folder, names, rollout)
        after = opened(folder, names).rollout(rollout.id)
        expected = ("aborted", OLD) if won == ["abort"] else ("done", NEW)
        assert len(won) == 1 and (after.state, names.named[STABLE]) == expected


def test_another_stable_version_in_the_middle_begins_the_analysis_anew(
    controller: Controller, names: Names
) -> None:
    rollout = carried(controller, start(controller), lambda one: one.weight == 25)
    names.named[STABLE] = NEWER
    (after,) = controller.recovered(opened=False)
    assert (after.id, after.plan.stable, after.weight, after.tallies) == (rollout.id, NEWER, 0, {})
    names.named[STABLE] = NEW
    assert controller.recovered(opened=False) == []
    assert controller.rollout(rollout.id).reason == "stable names the candidate already"


def test_what_cannot_be_started_is_one_clear_line(controller: Controller) -> None:
    for reference, fields, message in (
        ("none", {}, "no version 'none'"), (OLD, {}, "what answers already"),
        (NEW, {"steps": (5, 25)}, "ascend to 100"), (NEW, {"least_requests": 0}, "least_requests"),
    ):  # fmt: skip
        with pytest.raises(InputError, match=message):
            start(controller, reference, **fields)
    with pytest.raises(InputError, match="there is no rollout 'x'"):
        controller.rollout("x")
    assert controller.rollouts() == []


def test_what_rollouts_need_is_told(controller: Controller, folder: Path) -> None:
    start(controller)
    assert set(in_use(database(folder))) == {OLD, NEW}
    controller.command(AGENT, "abort", actor=ANN)
    assert not in_use(database(folder))


def test_a_rollout_is_found_by_the_beginning_of_its_id(controller: Controller) -> None:
    rollout = start(controller)
    assert controller.rollout(rollout.id[:8]).id == controller.rollout(AGENT).id == rollout.id
    for reference in (rollout.id[:4], "%", "______", rollout.id[:7] + "%"):
        with pytest.raises(InputError):
            controller.rollout(reference)


def test_nothing_new_writes_nothing(controller: Controller) -> None:
    rollout = controller.observed(start(controller).id, Observation(), 5.0)
    assert controller.observed(rollout.id, Observation(), 5.0) == rollout


def test_with_a_real_registry(folder: Path, tmp_path: Path) -> None:
    registry = LocalRegistry(folder, actor=ANN)
    old, new = (registry.put(made(tmp_path / f"{seed}", seed=seed)).digest for seed in (1, 2))
    registry.point(AGENT, STABLE, old, actor=ANN)
    base = database(folder)
    controller = Controller(base, registry, AuditLog(folder / "audit.jsonl"))
    rollout = start(controller, new)
    assert registry.aliases(AGENT)[CANDIDATE] == new and in_use(base) == {old, new}
    assert controller.command(AGENT, "promote by hand", actor=ANN).state == "done"
    assert registry.aliases(AGENT)[STABLE] == new and registry.aliases(AGENT)[PREVIOUS] == old
    assert controller.rollout(rollout.id).weight == 100 and controller.audit.verify() is None


def test_the_control_of_the_race(folder: Path, names: Names, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the check of what is over, an aborted rollout would be promoted after all."""
    rollout = start(opened(folder, names))
    opened(folder, names).command(rollout.id, "abort", actor=ANN)
    monkeypatch.setattr(Rollout, "is_over", property(lambda one: False))
    monkeypatch.setattr(controllers, "Conflict", RuntimeError)
    assert opened(folder, names).command(rollout.id, "promote by hand", actor=ANN).state == "done"
