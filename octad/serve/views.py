"""What the monitor reads of the other parts of a server: small interfaces that these have, or map to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from octad.errors import OctadError
from octad.registry.base import Registry
from octad.serve.exchange import Arm


class WorkerView(Protocol):
    """A worker process: its id, how often it was started again, what it has loaded, its memory in bytes."""

    @property
    def pid(self) -> int:
        """Its process id."""
        ...

    @property
    def restarts(self) -> int:
        """How often it was started again."""
        ...

    @property
    def loaded(self) -> Sequence[str]:
        """The digests of the versions that it has loaded."""
        ...

    @property
    def rss(self) -> int:
        """Its memory in bytes."""
        ...


class ServiceView(Protocol):
    """How the service does: what is asked of it now, and how much it can take a second."""

    @property
    def ready(self) -> bool:
        """Whether it can answer now."""
        ...

    @property
    def in_flight(self) -> int:
        """Questions that are being answered."""
        ...

    @property
    def queued(self) -> int:
        """Questions that wait."""
        ...

    @property
    def queued_cost(self) -> float:
        """What these take, in seconds of a worker."""
        ...

    @property
    def capacity(self) -> float:
        """Questions that it can take a second."""
        ...

    @property
    def workers(self) -> Sequence[WorkerView]:
        """Its worker processes."""
        ...


class RateView(Protocol):
    """What people said of the findings of one rule; `octad.feedback.rates.Rate` is one."""

    @property
    def name(self) -> str:
        """The rule."""
        ...

    @property
    def accepted(self) -> int:
        """Findings that were accepted."""
        ...

    @property
    def corrected(self) -> int:
        """Findings that were corrected."""
        ...

    @property
    def dismissed(self) -> int:
        """Findings that were dismissed."""
        ...

    @property
    def approval(self) -> float:
        """The share of accepted and corrected ones."""
        ...

    @property
    def low(self) -> float:
        """The lower end of its interval."""
        ...

    @property
    def high(self) -> float:
        """The upper end of its interval."""
        ...

    @property
    def silenced(self) -> Sequence[str]:
        """Projects in which the rule is silenced."""
        ...


class Turn(NamedTuple):
    """A decision on a rollout: when, what, to which state and share, who took it, why.

    `harm` is the evidence of harm that it was taken on, None where it was not on evidence.
    """

    time: float
    decision: str
    state: str
    weight: float
    actor: str
    reason: str
    harm: float | None = None


@dataclass(frozen=True, slots=True)
class Decided:
    """How often what was decided on rollouts of an agent."""

    agent: str
    decision: str
    count: int


class ArmView(NamedTuple):
    """What of one metric was measured of an arm of a rollout, and how much of it was bad."""

    metric: str
    arm: Arm
    measured: int
    bad: int


@dataclass(frozen=True, slots=True)
class RolloutView:
    """A version on its way into traffic.

    `weight` is the share of the candidate and `steps` all shares, in percent, `step` the number of the one
    that it is at, `since` when it began in Unix seconds. Evidence is given in decimal logarithms: of `harm`,
    on which it is rolled back at `harm_limit`, and that it is `refuted` that the candidate is twice as bad,
    on which it is promoted at `refuted_limit`; `by_metric` is that of harm by metric. `reason` says why it
    stands where it does; `history` holds decisions, the oldest first.
    """

    id: str
    agent: str
    stable: str
    candidate: str
    state: str
    weight: float
    steps: tuple[float, ...]
    step: int
    since: float
    reason: str = ""
    alert: str = ""
    harm: float = 0.0
    harm_limit: float = 2.0
    refuted: float = 0.0
    refuted_limit: float = 1.301
    by_metric: Mapping[str, float] = field(default_factory=dict)
    arms: tuple[ArmView, ...] = ()
    history: tuple[Turn, ...] = ()


class VersionView(NamedTuple):
    """A version that an alias of an agent names."""

    agent: str
    alias: str
    digest: str
    version: str
    created: float
    note: str = ""


@dataclass(frozen=True, slots=True)
class Sources:
    """Where the monitor reads from; what is missing it does without."""

    service: Callable[[], ServiceView | None] = lambda: None
    rollouts: Callable[[], Sequence[RolloutView]] = tuple
    decisions: Callable[[], Sequence[Decided]] = tuple
    feedback: Callable[[], Sequence[RateView]] = tuple
    versions: Callable[[], Sequence[VersionView]] = tuple


def versions_of(registry: Registry, agents: Iterable[str]) -> list[VersionView]:
    """The versions of some agents that an alias names, without those that cannot be read."""
    found = []
    for agent in agents:
        for alias, digest in sorted(registry.aliases(agent).items()):
            try:
                _, one = registry.get(agent, digest)
            except OctadError:
                continue
            found.append(VersionView(agent, alias, one.digest, one.version, one.created, one.note))
    return found
