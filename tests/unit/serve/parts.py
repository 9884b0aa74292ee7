"""Parts of a server as a monitor reads them, and traffic, for tests of what watches one."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field

from octad.serve.exchange import Answered, Arm, Asking
from octad.serve.facts import BY_RULE
from octad.serve.faults import fault
from octad.serve.monitor import Monitor
from octad.serve.views import ArmView, Decided, RolloutView, Sources, Turn, VersionView

STABLE, CANDIDATE = "a1" * 32, "b2" * 32
NOW = 1_790_000_000.0


@dataclass
class Worker:
    pid: int = 7
    restarts: int = 0
    loaded: tuple[str, ...] = (STABLE, CANDIDATE)
    rss: int = 300 << 20


@dataclass
class Service:
    ready: bool = True
    in_flight: int = 3
    queued: int = 2
    queued_cost: float = 0.1
    capacity: float = 140.0
    workers: tuple[Worker, ...] = (Worker(), Worker(8))


@dataclass
class Rate:
    name: str
    accepted: int = 8
    corrected: int = 1
    dismissed: int = 3
    approval: float = 0.75
    low: float = 0.47
    high: float = 0.91
    silenced: tuple[str, ...] = ()


@dataclass
class Parts:
    """What the sources give; each may be changed, or raise."""

    service: Service | None = field(default_factory=Service)
    rollouts: list[RolloutView] = field(default_factory=list)
    decisions: list[Decided] = field(default_factory=list)
    feedback: list[Rate] = field(default_factory=list)
    versions: list[VersionView] = field(default_factory=list)

    @property
    def sources(self) -> Sources:
        return Sources(
            lambda: self.service, lambda: self.rollouts, lambda: self.decisions, lambda: self.feedback,
            lambda: self.versions,
        )  # fmt: skip


def rollout(state: str = "canary", weight: float = 25, **fields: object) -> RolloutView:
    made: dict[str, object] = {
        "id": "r1", "agent": "reviewer", "stable": STABLE, "candidate": CANDIDATE, "state": state,
        "weight": weight, "steps": (0, 5, 25, 50, 100), "step": 2, "since": NOW, "harm": 0.4, "refuted": 0.8,
        "by_metric": {"failed": 0.4, "slow": -0.2},
        "arms": (ArmView("failed", "stable", 900, 9), ArmView("failed", "candidate", 300, 4)),
        "history": (
            Turn(NOW, "start", "shadow", 0, "ada", "b2 beside a1"),
            Turn(NOW + 60, "step", state, weight, "octad", "50 answers measured", 0.1),
        ),
    }  # fmt: skip
    return RolloutView(**{**made, **fields})  # type: ignore[arg-type]


def full() -> Parts:
    """Parts that have something of everything."""
    return Parts(
        rollouts=[rollout()],
        decisions=[Decided("reviewer", "step", 3), Decided("reviewer", "abort", 1)],
        feedback=[Rate("bug/operator"), Rate("style/x", 1, 0, 9, 0.1, 0.02, 0.4, ("p",))],
        versions=[
            VersionView("reviewer", "stable", STABLE, "1.4", NOW, "shipped"),
            VersionView("reviewer", "candidate", CANDIDATE, "1.5", NOW + 5),
        ],
    )


def facts(draw: random.Random, shift: float = 0.0) -> dict[str, float]:
    """Facts of a case of one distribution, which a shift moves."""
    size = draw.gauss(100 + 60 * shift, 20)
    return {
        "items": size,
        "rarity": draw.gauss(11 - shift, 0.5) + size / 100,
        "variety": draw.gauss(3, 0.4) + shift,
        "probability_bug": min(1.0, max(0.0, draw.gauss(0.3 + 0.2 * shift, 0.1))),
        "findings": 1.0,
        BY_RULE + "bug/operator": 1.0,
    }


def answered(code: str = "", *, arm: Arm = "stable", facts: Mapping[str, float] | None = None) -> Answered:
    return Answered(
        id="q", body=b"{}", fault=fault(code, "no") if code else None, arm=arm, waited=0.01, ran=0.03,
        version=CANDIDATE if arm == "candidate" else STABLE, cpu=0.02, facts=facts or {},
    )  # fmt: skip


ASKING = Asking(id="q", agent="reviewer", body=b"{}", until=0.0)


def busy(monitor: Monitor, count: int, *, shift: float = 0.0, seed: int = 1) -> None:
    """Traffic, as a service would tell of it."""
    draw = random.Random(seed)
    for number in range(count):
        arm: Arm = "candidate" if number % 4 == 3 else "stable"
        code = "server.internal" if number % 50 == 49 else ""
        monitor.seen(ASKING, answered(code, arm=arm, facts=facts(draw, shift)))
