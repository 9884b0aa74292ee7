"""A router without rollouts, for programs that look at the service alone."""

from __future__ import annotations

from octad.registry.base import STABLE, Registry
from octad.serve.exchange import Answered, Asking, Route


class StableRouter:
    """The router where there are no rollouts: what is called stable answers."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    def route(self, asking: Asking) -> Route:
        """The version that is asked for, or the stable one; raises InputError and StoreError."""
        return Route(self._registry.get(asking.agent, asking.version or STABLE)[1].digest)

    def observe(self, asking: Asking, route: Route, answered: Answered, shadow: Answered | None) -> None:
        """Nothing follows from an answer."""

    def unusable(self, agent: str, version: str, reason: str) -> None:
        """Nothing follows from a version that cannot be used."""
