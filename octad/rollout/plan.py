"""What a rollout is to do, what happened since the last look, and what was decided: plain records."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field, FiniteFloat, model_validator

from octad.records.base import Count, Record
from octad.registry.base import Digest
from octad.rollout.evidence import Pair, Tally

State = Literal["shadow", "canary", "paused", "held", "promoting", "done", "aborted", "rolled back"]
"""Where a rollout is. `held` waits for something and says for what; the last three are over."""
Decision = Literal[
    "start", "step", "hold", "resume", "pause", "alert", "restart", "promote", "finish", "abort", "roll back"
]
ENDED: frozenset[State] = frozenset({"done", "aborted", "rolled back"})
METRICS = ("failed", "slow", "dismissed")
"""Kinds of bad events: no answer, a late or a simpler one; slower than most of the stable version's; findings
that people dismissed."""
Weight = Annotated[int, Field(ge=0, le=100)]


class Plan(Record):
    """How an agent's candidate comes to answer instead of its stable version.

    `steps` are percentages of the traffic, of which 0 lets the candidate answer in the shadow. Before a step
    is left, `least_requests` of the candidate were measured in it, in every one of the `needed` metrics, and
    in each it is refuted that the candidate is so many times as bad as `refuted` says of the step, or that
    its bad events are as frequent as `rare`, of which a step that refutes more lets more pass. The last step
    but that of all traffic must refute 2.

    After `most_hours` in one step somebody is called; after `silence` seconds without a measurement as well.
    Traffic of one key stays on one version for `window` seconds, and casts one vote in that time; a burst of
    bad events within `burst` seconds is one.
    """

    agent: str
    candidate: Digest
    stable: Digest
    steps: tuple[Weight, ...] = (0, 5, 25, 50, 100)
    refuted: tuple[FiniteFloat, ...] = (0, 5, 3, 2, 0)
    needed: tuple[str, ...] = ("failed", "slow")
    least_requests: int = Field(default=50, ge=1, le=10**9)
    least_seconds: FiniteFloat = Field(default=0, ge=0)
    most_hours: FiniteFloat = Field(default=24, gt=0)
    silence: FiniteFloat = Field(default=300, gt=0)
    window: FiniteFloat = Field(default=300, gt=0)
    burst: FiniteFloat = Field(default=0.2, ge=0)
    rare: FiniteFloat = Field(default=0.005, ge=0, lt=1)

    @model_validator(mode="after")
    def _ascends(self) -> Plan:
        shown = ", ".join(map(str, self.steps))
        if not self.steps or self.steps[-1] != 100 or sorted(set(self.steps)) != list(self.steps):
            raise ValueError(f"steps ascend to 100, and {shown} do not")
        if len(self.refuted) != len(self.steps) or len(self.steps) < 2:
            raise ValueError("each step needs a factor, and there is one before that of all traffic")
        if any(one not in (0, 2, 3, 5, 10, 20) for one in self.refuted):
            raise ValueError("what is refuted is 2, 3, 5, 10 or 20, or 0 for nothing")
        if self.steps[-2] and self.refuted[-2] != 2:
            raise ValueError("no version gets all traffic before it is refuted that it is twice as bad")
        if self.candidate == self.stable:
            raise ValueError("the candidate is what answers already")
        if not self.needed or not set(self.needed) <= set(METRICS):
            raise ValueError(f"metrics are {', '.join(METRICS)}")
        return self


def factors(steps: tuple[int, ...]) -> tuple[float, ...]:
    """What each step refutes: the smaller the share, the graver; in the shadow, and at the end, nothing."""
    found = [0.0 if step in (0, 100) else 5.0 if step < 15 else 3.0 if step < 50 else 2.0 for step in steps]
    if len(steps) > 1 and steps[-2]:
        found[-2] = 2.0
    return tuple(found)


class Votes(Record):
    """Bad events of one metric that came while the candidate had this share of what was run."""

    metric: str
    share: float = Field(gt=0, lt=1)
    stable: Count = 0
    candidate: Count = 0


class Observation(Record):
    """What happened since the last look.

    `measured` and `bad` count units by metric. `routed` counts all units by the share that the candidate
    should have had. `order` is the end of what was answered, one letter each, `s` or `c`, a capital where it
    failed. `hard` says why the candidate cannot be used at all. `compared` counts questions that both
    versions answered, and those that they answered differently.
    """

    measured: Mapping[str, Pair] = Field(default_factory=dict)
    bad: Mapping[str, Pair] = Field(default_factory=dict)
    votes: tuple[Votes, ...] = ()
    routed: tuple[Votes, ...] = ()
    order: str = Field(default="", pattern="^[scSC]*$", max_length=1_000)
    hard: str = ""
    compared: Pair = (0, 0)


class Rollout(Record):
    """A rollout as it is kept. `revision` counts its transitions; `clock` is monotonic, of this process.

    `in_step` and `silent` are sums of differences of that clock, in seconds; `since` counts what was measured
    in this step. `recent` is the end of the order of answers. `alert` is what somebody should look at.
    """

    id: str
    plan: Plan
    state: State
    step: int = 0
    revision: int = 0
    created: float = 0.0
    clock: float | None = None
    in_step: float = 0.0
    silent: Mapping[str, float] = Field(default_factory=dict)
    since: Mapping[str, Pair] = Field(default_factory=dict)
    tallies: Mapping[str, Tally] = Field(default_factory=dict)
    sample: Tally = Tally()
    recent: str = ""
    compared: Pair = (0, 0)
    reason: str = ""
    alert: str = ""

    @property
    def is_over(self) -> bool:
        """Whether nothing changes any more."""
        return self.state in ENDED

    @property
    def weight(self) -> int:
        """Per cent of the traffic that the candidate answers."""
        if self.state in ("aborted", "rolled back"):
            return 0
        return 100 if self.state == "done" else self.plan.steps[self.step]


class Transition(Record):
    """One decision: what was, what is, why, who decided, and the numbers that it was made on."""

    decision: Decision
    was: State
    now: State
    weight: Weight
    reason: str
    actor: str = "octad"
    measured: Mapping[str, float] = Field(default_factory=dict)


def begun(plan: Plan, created: float) -> Rollout:
    """A rollout at its beginning."""
    state: State = "canary" if plan.steps[0] else "shadow"
    return Rollout(id=uuid.uuid4().hex, plan=plan, state=state, created=created)
