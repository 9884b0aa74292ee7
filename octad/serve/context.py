"""What all routes of the server share."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from octad.agents.agent import Agent
from octad.feedback.verdict import Verdict
from octad.registry.base import Registry
from octad.serve.auth import Tokens
from octad.serve.exchange import Answered, Asking
from octad.serve.settings import ServeSettings

if TYPE_CHECKING:
    from octad.audit import AuditLog


class Status(Protocol):
    """What the server asks of the state of a service."""

    @property
    def ready(self) -> bool:
        """Whether it can answer now."""
        ...


class Answering(Protocol):
    """What the server asks of a service."""

    async def ask(self, asking: Asking) -> Answered:
        """Exactly one final answer; cancelled where nobody waits for it any more."""
        ...

    def status(self) -> Status:
        """How it does."""
        ...


@dataclass(slots=True)
class Traffic:
    """How many requests are being answered, and whether others are still taken."""

    running: int = 0
    is_draining: bool = False

    @contextmanager
    def one(self) -> Iterator[None]:
        """A request, until its answer is sent."""
        self.running += 1
        try:
            yield
        finally:
            self.running -= 1


@dataclass(frozen=True, slots=True)
class Context:
    """The parts of a server; `agents` are those that it answers for, by name.

    `heard` is told of every verdict on a finding.
    """

    settings: ServeSettings
    agents: Mapping[str, Agent[Any, Any]]
    service: Answering
    registry: Registry
    tokens: Tokens
    audit: AuditLog
    traffic: Traffic = field(default_factory=Traffic)
    heard: Callable[[Verdict], None] = lambda verdict: None

    @property
    def is_ready(self) -> bool:
        """Whether a question that comes now is answered."""
        return not self.traffic.is_draining and self.service.status().ready
