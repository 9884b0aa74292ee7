"""The parts of a server put together: registry, tokens, audit log, service and application."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from octad import catalog
from octad.agents.agent import Agent
from octad.errors import InputError
from octad.store.artefact import is_shipped


def served_agents(names: tuple[str, ...]) -> Mapping[str, Agent[Any, Any]]:
    """The agents of some names, all with weights where none is named; raises InputError."""
    found = names or tuple(one.name for one in catalog.entries() if is_shipped(one.name))
    if not found:
        raise InputError("no agent has weights", hint="name agents with --agents")
    return {name: catalog.load(name) for name in dict.fromkeys(found)}
