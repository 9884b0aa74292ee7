"""Observations, a registry of names, and a controller that can be opened again, for tests of rollouts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from octad.audit import AuditLog
from octad.errors import InputError
from octad.registry.base import PREVIOUS, SHIPPED, STABLE, Problem, Version
from octad.rollout.controller import Controller, database
from octad.rollout.plan import Observation, Plan, Rollout, Votes, begun
from octad.rollout.state import advance

AGENT = "sorter"
OLD, NEW, NEWER = "0" * 64, "1" * 64, "2" * 64
QUICK: Mapping[str, Any] = {"least_requests": 20, "silence": 60}


class Names:
    """A registry that holds versions by name only."""

    def __init__(self) -> None:
        self.digests = [OLD, NEW, NEWER]
        self.named = {STABLE: OLD}
        self.pointed: list[tuple[str, str]] = []

    def get(self, agent: str, reference: str) -> tuple[Path | None, Version]:
        digest = self.named.get(reference, OLD if reference == SHIPPED else reference)
        if digest not in self.digests:
            raise InputError(f"{agent} has no version {reference!r}")
        return None, Version(digest=digest, agent=agent, version="1", created=0, size=1)

    def aliases(self, agent: str) -> Mapping[str, str]:
        return dict(self.named)

    def point(self, agent: str, alias: str, reference: str, *, actor: str) -> None:
        if alias == STABLE:
            self.named[PREVIOUS] = self.named[STABLE]
        self.named[alias] = reference
        self.pointed.append((alias, reference))

    def unpoint(self, agent: str, alias: str, *, actor: str) -> None:
        self.named.pop(alias, None)

    def put(self, folder: Path, *, parent: str = "", note: str = "") -> Version:
        raise NotImplementedError

    def versions(self, agent: str = "") -> Sequence[Version]:
        return [self.get(agent, one)[1] for one in self.digests]

    def verify(self, agent: str = "") -> Sequence[Problem]:
        return ()

    def collect(self, *, keep: int = 3) -> Sequence[str]:
        return ()


def opened(folder: Path, names: Names) -> Controller:
    """A controller as a new process has it."""
    return Controller(database(folder), names, AuditLog(folder / "audit.jsonl"))


def plan(**fields: Any) -> Plan:
    return Plan(agent=AGENT, candidate=NEW, stable=OLD, **{**QUICK, **fields})


def at_step(weight: int, **fields: Any) -> Rollout:
    """A rollout at a share of the traffic, whatever led there."""
    made = begun(plan(**fields), 0.0)
    step = made.plan.steps.index(weight)
    return made.model_copy(update={"state": "canary" if weight else "shadow", "step": step})


def observation(
    rollout: Rollout,
    units: int,
    *,
    failing: tuple[float, float] = (0.01, 0.01),
    slow: tuple[float, float] = (0.05, 0.05),
    seed: int = 0,
    **fields: Any,
) -> Observation:
    """What some units tell, with chances of bad events in the stable version and in the candidate."""
    rng = np.random.default_rng(seed)
    weight = rollout.weight
    is_pair = weight == 0
    share = 0.5 if is_pair else weight / 100
    own = rng.random(units) < share
    arms = (int((~own).sum()), int(own.sum()))
    measured, bad, votes = {}, {}, []
    for name, chances in (("failed", failing), ("slow", slow)):
        hit = rng.random(units) < np.where(own, chances[1], chances[0])
        counts = (int((hit & ~own).sum()), int((hit & own).sum()))
        measured[name], bad[name] = arms, counts
        if 0 < share < 1:
            votes.append(Votes(metric=name, share=share, stable=counts[0], candidate=counts[1]))
    routed = () if is_pair or share == 1 else (
        Votes(metric="routed", share=share, stable=arms[0], candidate=arms[1]),
    )  # fmt: skip
    return Observation(measured=measured, bad=bad, votes=tuple(votes), routed=routed, **fields)


def run(rollout: Rollout, looks: int = 400, units: int = 500, **chances: Any) -> Rollout:
    """Look at traffic until something is decided for good."""
    for look in range(looks):
        if rollout.is_over or rollout.state == "promoting":
            break
        seen = observation(rollout, units, seed=look, **chances)
        rollout = advance(rollout, seen, float(look))[0]
    return rollout
