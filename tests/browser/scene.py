"""A server with an hour behind it, made in a second: the real parts, driven by a clock that is wound forward.

Rollouts are real ones: what is gathered, their evidence, their decisions and the store of them. Only the
answers that they are made of are drawn, and the registry holds names alone.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from unittest.mock import patch

from octad.audit import AuditLog
from octad.feedback.rates import rates
from octad.feedback.verdict import Verdict
from octad.registry.base import Version
from octad.rollout.collect import Answer, Collector
from octad.rollout.controller import Controller, database
from octad.rollout.plan import Rollout
from octad.serve.exchange import Answered, Arm, Asking
from octad.serve.facts import BY_RULE, FINDINGS
from octad.serve.faults import fault
from octad.serve.monitor import Clocks, Monitor
from octad.serve.rollout_views import decided_of, rollouts_of
from octad.serve.views import Sources, versions_of
from tests.unit.serve.parts import Service, Worker

STABLE, WORSE, BETTER, OLDER = (
    (part * 6)[:64] for part in ("a94c31f07be2", "5d20e9c8b1aa", "c7718bb40f3d", "1f0e2d3c4b5a")
)
RULES = {
    "bug/operator": (0.30, 0.81), "bug/argument-swap": (0.12, 0.74), "security/sql-injection": (0.05, 0.92),
    "style/unused-import": (0.25, 0.66), "performance/string-concat": (0.08, 0.31),
    "bug/missing-return": (0.1, 0.7),
}  # fmt: skip
"""How often a rule finds something, and how often people approve of it."""
STEP_S = 10.0
_MONOTONIC, _WALL = time.monotonic, time.time


@dataclass
class Clock:
    """Both clocks, behind the present ones by an offset."""

    offset: float = 0.0

    def monotonic(self) -> float:
        return _MONOTONIC() - self.offset

    def wall(self) -> float:
        return _WALL() - self.offset


@dataclass
class Shelf:
    """A registry of names."""

    named: dict[str, dict[str, str]]

    def aliases(self, agent: str) -> Mapping[str, str]:
        return self.named.get(agent, {})

    def get(self, agent: str, reference: str) -> tuple[None, Version]:
        found = self.named[agent].get(reference, reference)
        number = {STABLE: "1.4", BETTER: "1.6", WORSE: "1.5"}.get(found, "1.0")
        return None, Version(digest=found, agent=agent, version=number, created=_WALL(), size=1)

    def unpoint(self, agent: str, alias: str, *, actor: str) -> None:
        self.named[agent].pop(alias, None)

    def point(self, agent: str, alias: str, reference: str, *, actor: str) -> None:
        self.named[agent][alias] = reference


@dataclass
class Arms:
    """How an arm of a rollout does: how often it fails, how long it takes."""

    failing: float = 0.004
    seconds: float = 0.035


@dataclass
class Scene:
    """The monitor, and what it watches."""

    monitor: Monitor
    clock: Clock
    controller: Controller
    service: Service
    draw: random.Random = field(default_factory=lambda: random.Random(4))
    kinds: Mapping[str, Arms] = field(default_factory=dict)
    drifting: float = 0.0

    def case(self, agent: str) -> dict[str, float]:
        """Facts of a case, which drift in code reviews where the scene says so."""
        draw, shift = self.draw, self.drifting if agent == "code-reviewer" else 0.0
        size = draw.lognormvariate(4.4 + 0.5 * shift, 0.6)
        found = {
            "items": size, "rarity": draw.gauss(10.9 - shift, 0.5),
            "variety": draw.gauss(3.1, 0.5) - 0.6 * shift,
            "names": draw.gauss(0.36 - 0.05 * shift, 0.05),
            "comments": abs(draw.gauss(0.04, 0.03)) * (1 - shift / 2),
            "tokens_per_line": draw.gauss(6.5 + 3 * shift, 1.2),
            "probability_bug": draw.betavariate(1.3, 4 - shift),
        }  # fmt: skip
        rules = [rule for rule, (often, _) in RULES.items() if draw.random() < often]
        found[FINDINGS] = float(len(rules))
        return found | ({BY_RULE + rule: 1.0 for rule in rules} if agent == "code-reviewer" else {})

    def answered(self, agent: str, version: str, arm: Arm) -> Answered:
        how, draw = self.kinds.get(version, Arms()), self.draw
        ran = draw.lognormvariate(0, 0.45) * how.seconds
        waited = abs(draw.gauss(0, 0.004)) + (0.2 if draw.random() < 0.004 else 0)
        failed = draw.random() < how.failing
        wrong = draw.random() < 0.002
        refused = draw.choice(("request.case", "server.overloaded", "request.late"))
        code = "server.internal" if failed else refused
        return Answered(
            id="q", body=b"{}", fault=fault(code, "no") if failed or wrong else None, version=version,
            arm=arm, waited=waited, ran=ran, cpu=0.7 * ran, is_cached=draw.random() < 0.06,
            degraded="the previous version" if draw.random() < 0.001 else "", facts=self.case(agent),
        )  # fmt: skip

    def pass_time(self, seconds: float, rate: float, rollout: Rollout | None = None) -> Rollout | None:
        """Wind the clock forward; questions come, and a rollout is looked at."""
        collector = Collector(rollout.plan) if rollout else None
        for at in range(int(seconds / STEP_S)):
            count = max(1, int(self.draw.gauss(rate * STEP_S, rate)))
            for _ in range(count):
                self.ask(rollout, collector)
                self.clock.offset -= STEP_S / count
            if rollout and collector and not rollout.is_over:
                rollout = self.controller.observed(rollout.id, collector.drained(), self.clock.monotonic())
            if at % 3 == 0:
                self.monitor.tick()
        return rollout

    def ask(self, rollout: Rollout | None, collector: Collector | None) -> None:
        agent = self.draw.choices(("code-reviewer", "debugger", "deployment-specialist"), (6, 2, 1))[0]
        version, arm = self.controller.registry.aliases(agent)["stable"], "stable"
        is_tried = rollout is not None and agent == rollout.plan.agent and not rollout.is_over
        shares = is_tried and collector is not None
        if shares and rollout and self.draw.random() < rollout.weight / 100:
            version, arm = rollout.plan.candidate, "candidate"
        said = self.answered(agent, version, arm)  # type: ignore[arg-type]
        self.monitor.seen(Asking(id="q", agent=agent, body=b"", until=0.0), said)
        if shares and rollout and collector:
            failed = said.fault is not None and said.fault.status >= 500
            answer = Answer(arm == "candidate", failed, said.ran)
            collector.answered(answer, f"u{self.draw.random()}", rollout.weight / 100, self.clock.monotonic())


def verdicts(draw: random.Random) -> list[Verdict]:
    """What people said of findings: approved as often as the rules say."""
    found = []
    for number in range(240):
        rule = draw.choice(list(RULES))
        is_right = draw.random() < RULES[rule][1]
        found.append(
            Verdict(
                fingerprint=f"{number:016x}",
                rule=rule,
                decision="accepted" if is_right else "dismissed",
                project=draw.choice(("shop", "billing")),
                actor="ada",
                agent="code-reviewer",
                reason=None if is_right else "not-worth-it",
                time=datetime.now(UTC),
            )
        )
    return found


def scene(folder: Path, share: float = 1.0) -> Scene:
    """A server's hour: a candidate that was rolled back, one on its way, cases that drift.

    A `share` of it is shorter, and as full.
    """
    agents = ("code-reviewer", "debugger", "deployment-specialist")
    shelf = Shelf({agent: {"stable": STABLE, "previous": OLDER} for agent in agents})
    controller = Controller(database(folder), shelf, AuditLog(folder / "audit.jsonl"))  # type: ignore[arg-type]
    service = Service(
        workers=(
            Worker(4711, 0, (STABLE, BETTER), 412 << 20),
            Worker(4712, 1, (STABLE,), 398 << 20),
        )
    )
    draw = random.Random(11)
    heard = rates(verdicts(draw))
    clock = Clock(3_560.0 * share)
    sources = Sources(
        lambda: service,
        lambda: rollouts_of(controller),
        lambda: decided_of(controller),
        lambda: heard,
        lambda: versions_of(shelf, agents),  # type: ignore[arg-type]
    )
    made = Scene(Monitor(sources, clocks=Clocks(clock.monotonic, clock.wall)), clock, controller, service)
    made.kinds = {WORSE: Arms(0.06 / share, 0.036), BETTER: Arms(0.002, 0.022)}
    settings = {"steps": (5, 25, 50, 100), "least_requests": 40}
    with (
        patch("octad.rollout.kept.time.time", clock.wall),
        patch("octad.rollout.controller.time.time", clock.wall),
    ):
        made.pass_time(600 * share, 6)
        for candidate, seconds, rate in ((WORSE, 900, 8), (BETTER, 1_500, 10)):
            begun = controller.start("code-reviewer", candidate, actor="ada", settings=settings)
            made.pass_time(seconds * share, rate, begun)
        made.drifting = 0.8
        made.pass_time(clock.offset, 9, controller.rollout("code-reviewer"))
    return made


@contextmanager
def unending(made: Scene) -> Iterator[None]:
    """The scene goes on while somebody looks at it."""
    made.monitor.start()
    try:
        yield
    finally:
        made.monitor.stop()
