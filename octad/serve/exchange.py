"""What is asked of the server's workers and what comes back: the types between all parts of the server."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, Protocol

from octad.serve.faults import Fault

Kind = Literal["case", "files"]
"""One case of an agent, or source files that are reviewed as `octad review` does."""
Arm = Literal["stable", "candidate"]


@dataclass(frozen=True, slots=True)
class Asking:
    """One question.

    `body` is a case of the agent as JSON, or for `files` an object {"files": [{"path", "text"}]}; it is
    parsed in the worker. `evidence` and `least` are those of `octad.ask.Options`. `until` is the deadline on
    the monotonic clock; of two that wait the one of smaller `priority` (0 to 9) is first. `key` keeps what
    has the same on one version, "" is drawn anew each time. `version` asks for a certain one by its
    reference. `idempotency` is a name that the client gave the question, `actor` who asks.
    """

    id: str
    agent: str
    body: bytes
    until: float
    kind: Kind = "case"
    evidence: bool = False
    least: float | None = None
    priority: int = 5
    key: str = ""
    version: str = ""
    idempotency: str = ""
    actor: str = ""


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of a question: a report as JSON in `body`, or a `fault`.

    `version` is the digest of what answered and `arm` its part in a rollout. `degraded` says in words why
    something simpler than that answered, "" where nothing did. `waited` and `ran` are seconds, `cpu`
    processor seconds of the worker for this question; `together` is how many it answered at once. `facts`
    are numbers of the case and of the answer (`octad.serve.facts`), by name, for drift.
    """

    id: str
    body: bytes = b""
    fault: Fault | None = None
    version: str = ""
    arm: Arm = "stable"
    degraded: str = ""
    is_cached: bool = False
    waited: float = 0.0
    ran: float = 0.0
    cpu: float = 0.0
    together: int = 1
    facts: Mapping[str, float] = field(default_factory=dict)


class Route(NamedTuple):
    """Which version answers a question: its digest and arm, the rollout that says so, one to shadow it."""

    version: str
    arm: Arm = "stable"
    rollout: str = ""
    shadow: str = ""


class Router(Protocol):
    """Sends questions to versions and learns what came of it; neither call waits for anything."""

    def route(self, asking: Asking) -> Route:
        """The version that answers; raises InputError for one that is asked for and not there."""
        ...

    def observe(self, asking: Asking, route: Route, answered: Answered, shadow: Answered | None) -> None:
        """Take note of an answer, and of what the shadow would have answered."""
        ...

    def unusable(self, agent: str, version: str, reason: str) -> None:
        """Take note of a version that cannot be loaded, or whose workers end one after the other."""
        ...


class Observer(Protocol):
    """Whoever counts what the server answers; it waits for nothing, and its errors cost nobody an answer."""

    def seen(self, asking: Asking, answered: Answered) -> None:
        """Take note of one final answer."""
        ...
