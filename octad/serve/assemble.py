"""The parts of a server put together: registry, tokens, audit log, service and application."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any, NamedTuple

from octad import catalog
from octad.agents.agent import Agent
from octad.audit import AuditLog
from octad.errors import InputError
from octad.registry.local import LocalRegistry
from octad.serve.app import create
from octad.serve.auth import Tokens
from octad.serve.context import Context
from octad.serve.run import Running
from octad.serve.settings import ServeSettings
from octad.store.artefact import is_shipped
from octad.store.folders import data_folder


class Parts(NamedTuple):
    """A server that is not started yet."""

    app: Any
    context: Context
    service: Running


def assembled(settings: ServeSettings, tokens: Tokens, *, workers: int = 0) -> Parts:
    """A server over what the data folder keeps; raises InputError and StoreError."""
    agents, folder = served_agents(settings.agents), data_folder()
    registry = LocalRegistry(folder, actor="server")
    # By its name: it brings the processes of the workers, which nothing else here needs.
    module = import_module("octad.serve.service")
    service: Running = module.Service(
        module.WorkSettings(agents=tuple(agents), workers=workers), registry, module.steady(registry)
    )
    context = Context(
        settings=settings, agents=agents, service=service, registry=registry, tokens=tokens,
        audit=AuditLog(folder / "audit.jsonl"),
    )  # fmt: skip
    return Parts(create(context), context, service)


def served_agents(names: tuple[str, ...]) -> Mapping[str, Agent[Any, Any]]:
    """The agents of some names, all with weights where none is named; raises InputError."""
    found = names or tuple(one.name for one in catalog.entries() if is_shipped(one.name))
    if not found:
        raise InputError("no agent has weights", hint="name agents with --agents")
    return {name: catalog.load(name) for name in dict.fromkeys(found)}
