"""Who keeps rollouts: every decision in one transaction, in the audit log before it is done.

A process that dies in any state leaves a rollout in that state; whoever opens it next goes on from there. A
promotion is done in three parts, so that none of it is lost and an abort between them wins: it is written
down, `stable` is pointed at the candidate, and that it is done is written down.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from octad.audit import AuditLog
from octad.errors import InputError, OctadError
from octad.host.database import Connection, Database
from octad.records.base import reason_of
from octad.registry.base import CANDIDATE, STABLE, Registry
from octad.rollout import kept
from octad.rollout.commands import Command, commanded, finished
from octad.rollout.kept import Counted, Told
from octad.rollout.plan import Observation, Plan, Rollout, Transition, begun, factors
from octad.rollout.state import Advanced, Conflict, advance, moved, restarted

FILE = "rollouts.sqlite"
Change = Callable[[Rollout], Advanced]


def database(folder: Path) -> Database:
    """Where the rollouts of a folder are kept; raises StoreError."""
    return Database(folder / FILE, kept.MIGRATIONS)


def in_use(base: Database) -> Collection[str]:
    """Digests that rollouts which are under way need, for a registry that clears up."""
    with base.reading() as connection:
        plans = [one.plan for one in kept.every(connection, running=True)]
    return {digest for plan in plans for digest in (plan.stable, plan.candidate)}


class Controller:
    """Starts, advances and ends rollouts; all raise StoreError, and InputError for what is not there.

    Any number of processes may have one on the same folder: what each does is done to what is kept.
    """

    def __init__(self, base: Database, registry: Registry, audit: AuditLog) -> None:
        self.database = base
        self.registry = registry
        self.audit = audit

    def start(
        self, agent: str, reference: str, *, actor: str, settings: Mapping[str, Any] | None = None
    ) -> Rollout:
        """Begin with a version of an agent; another candidate that is under way is aborted first."""
        chosen = dict(settings or {})
        if "steps" in chosen and "refuted" not in chosen:
            chosen["refuted"] = factors(tuple(chosen["steps"]))
        candidate = self.registry.get(agent, reference)[1].digest
        stable = self.registry.get(agent, STABLE)[1].digest
        try:
            plan = Plan(agent=agent, candidate=candidate, stable=stable, **chosen)
        except ValueError as error:
            raise InputError(f"no such rollout: {reason_of(error)}", hint="see --help of the verb") from error
        made = begun(plan, time.time())
        told = Transition(
            decision="start", was=made.state, now=made.state, weight=made.weight, actor=actor,
            reason=f"{candidate[:12]} beside {stable[:12]}",
        )  # fmt: skip
        with self.database.writing() as base:
            for before in kept.every(base, agent, running=True):
                self._put(base, before, *moved(before, "aborted", "abort", _superseded(made), actor=actor))
            self._audit(made, told)
            kept.put(base, made, (told,))
        self.registry.point(agent, CANDIDATE, candidate, actor=actor)
        return made

    def command(self, reference: str, wanted: Command, *, actor: str, seen: int | None = None) -> Rollout:
        """Do what a person wants; raises Conflict where it is too late. An abort has room on a full disk."""
        is_abort = wanted == "abort"

        def change(one: Rollout) -> Advanced:
            after, told = commanded(one, wanted, actor, seen=seen)
            if is_abort and one.state == "promoting":
                self._point(one.plan, one.plan.stable)
            return after, told

        after = self._changed(reference, change, frees=is_abort)
        return self.finish(after) if after.state == "promoting" else after

    def observed(self, rollout: str, seen: Observation, now: float) -> Rollout:
        """Take in what happened since the last look; `now` is the monotonic clock of this process."""
        after = self._changed(rollout, lambda one: advance(one, seen, now))
        return self.finish(after) if after.state == "promoting" else after

    def finish(self, rollout: Rollout) -> Rollout:
        """Do what is left of a promotion; raises Conflict where an abort came first.

        No abort can come between what `stable` names and what is kept: who writes to one waits for the other.
        """
        return self._changed(rollout.id, self._pointed)

    def recovered(self, *, opened: bool = True) -> list[Rollout]:
        """Finish what another process had begun, and give all that is under way.

        What is compared with another version than `stable` names begins anew. Where this process has just
        `opened` them, its clock is another one.
        """
        found = []
        for one in self.running():
            with suppress(Conflict):
                found.append(self._recovered(one, opened))
        return [one for one in found if not one.is_over]

    def running(self) -> list[Rollout]:
        """All that is under way."""
        with self.database.reading() as base:
            return kept.every(base, running=True)

    def rollouts(self, agent: str = "") -> list[Rollout]:
        """All of an agent, or of all, the newest first."""
        with self.database.reading() as base:
            return kept.every(base, agent)

    def rollout(self, reference: str) -> Rollout:
        """One by its id, or the last of an agent."""
        with self.database.reading() as base:
            return kept.one(base, reference)

    def decisions(self, reference: str = "", most: int = 1_000) -> list[Told]:
        """What was decided and on which numbers, of one rollout or all, the newest first."""
        with self.database.reading() as base:
            return kept.decisions(base, reference, most)

    def counts(self) -> list[Counted]:
        """How often what was decided, aborts included: what a monitor shows."""
        with self.database.reading() as base:
            return kept.counts(base)

    def _recovered(self, one: Rollout, opened: bool) -> Rollout:
        if one.state == "promoting":
            return self.finish(one)
        stable = self.registry.aliases(one.plan.agent).get(STABLE, one.plan.stable)
        if stable == one.plan.candidate:
            reason = "stable names the candidate already"
            return self._changed(one.id, lambda it: _gone(it, reason))
        if stable != one.plan.stable or (opened and one.clock is not None):
            return self._changed(one.id, lambda it: _fresh(it, stable))
        return one

    def _pointed(self, rollout: Rollout) -> Advanced:
        """A finished promotion, whose candidate is what `stable` names."""
        found = finished(rollout)
        self._point(rollout.plan, rollout.plan.candidate)
        return found

    def _point(self, plan: Plan, digest: str) -> None:
        """Let `stable` name a version, where it does not."""
        if self.registry.aliases(plan.agent).get(STABLE) != digest:
            self.registry.point(plan.agent, STABLE, digest, actor="octad")

    def _changed(self, reference: str, change: Change, *, frees: bool = False) -> Rollout:
        """One change of what is kept, in one transaction, audited before it is done."""
        with self.database.writing(frees=frees) as base:
            before = kept.one(base, reference)
            after, told = change(before)
            if after != before:
                self._put(base, before, after, told)
        if after.is_over and not before.is_over:
            self._forget(after.plan)
        return after

    def _forget(self, plan: Plan) -> None:
        """A version is no candidate any more; who clears up may then remove it."""
        with suppress(OctadError):
            if self.registry.aliases(plan.agent).get(CANDIDATE) == plan.candidate:
                self.registry.unpoint(plan.agent, CANDIDATE, actor="octad")

    def _put(self, base: Connection, before: Rollout, after: Rollout, told: tuple[Transition, ...]) -> None:
        for transition in told:
            self._audit(before, transition)
        kept.put(base, after, told)

    def _audit(self, rollout: Rollout, told: Transition) -> None:
        self.audit.record(
            told.actor, f"rollout: {told.decision}", f"{rollout.plan.agent}/{rollout.plan.candidate}",
            rollout=rollout.id, was=told.was, now=told.now, weight=str(told.weight), reason=told.reason,
        )  # fmt: skip


def _fresh(rollout: Rollout, stable: str) -> Advanced:
    """A rollout in a new process, whose clock is another one; anew where it has another opponent."""
    if rollout.is_over:
        return rollout, ()
    begun_anew = rollout.model_copy(update={"clock": None})
    return (begun_anew, ()) if stable == rollout.plan.stable else restarted(begun_anew, stable)


def _gone(rollout: Rollout, reason: str) -> Advanced:
    return (rollout, ()) if rollout.is_over else moved(rollout, "aborted", "abort", reason)


def _superseded(by: Rollout) -> str:
    return f"superseded by {by.plan.candidate[:12]} in {by.id[:12]}"
