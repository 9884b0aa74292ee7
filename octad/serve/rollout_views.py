"""Rollouts as the monitor sees them: what is kept of each, with what was decided and on which evidence."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence

from octad.rollout.controller import Controller
from octad.rollout.evidence import harm_in
from octad.rollout.kept import Told
from octad.rollout.plan import METRICS, Rollout
from octad.rollout.state import HARM, REFUTED, numbers
from octad.serve.views import ArmView, Decided, RolloutView, Turn

MOST, MOST_DECISIONS = 20, 400
LEAST = -6.0
"""Evidence as a decimal logarithm below which it is all the same."""


def rollouts_of(controller: Controller) -> list[RolloutView]:
    """Those under way, then the newest that are over; raises StoreError."""
    kept = sorted(controller.rollouts(), key=lambda one: (one.is_over, -one.created))[:MOST]
    told: dict[str, list[Told]] = defaultdict(list)
    for one in controller.decisions(most=MOST_DECISIONS):
        told[one.rollout].insert(0, one)
    return [view_of(one, told[one.id]) for one in kept]


def decided_of(controller: Controller) -> list[Decided]:
    """How often what was decided for each agent since the store was made; raises StoreError."""
    return [Decided(one.agent, one.decision, one.count) for one in controller.counts()]


def view_of(rollout: Rollout, told: Sequence[Told]) -> RolloutView:
    """One rollout with its decisions, the oldest first."""
    plan, found = rollout.plan, numbers(rollout)
    refuted = [found.get(f"{name}: not twice as bad", 0.0) for name in plan.needed]
    return RolloutView(
        id=rollout.id,
        agent=plan.agent,
        stable=plan.stable,
        candidate=plan.candidate,
        state=rollout.state,
        weight=rollout.weight,
        steps=tuple(map(float, plan.steps)),
        step=rollout.step,
        since=rollout.created,
        reason=rollout.reason,
        alert=rollout.alert,
        harm=max(LEAST, found["harm"]),
        harm_limit=HARM / math.log(10),
        refuted=max(LEAST, min(refuted, default=0.0)),
        refuted_limit=REFUTED / math.log(10),
        by_metric={
            name: max(LEAST, harm_in(name, tally) / math.log(10))
            for name, tally in rollout.tallies.items()
            if name in METRICS
        },
        arms=tuple(
            arm
            for name, tally in sorted(rollout.tallies.items())
            for arm in (
                ArmView(name, "stable", tally.measured[0], tally.bad[0]),
                ArmView(name, "candidate", tally.measured[1], tally.bad[1]),
            )
        ),
        history=tuple(_turn(one) for one in told),
    )


def _turn(one: Told) -> Turn:
    what = one.transition
    return Turn(
        one.time, what.decision, what.now, what.weight, what.actor, what.reason, what.measured.get("harm")
    )
