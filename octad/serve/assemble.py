"""The parts of a server put together: registry, rollouts, workers, monitor, tokens and application."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, NamedTuple

from octad import catalog
from octad.agents.agent import Agent
from octad.audit import AuditLog
from octad.errors import InputError
from octad.feedback.approval import Approval
from octad.feedback.store import Feedback
from octad.feedback.verdict import Verdict
from octad.registry.chosen import SETTING, open_registry
from octad.rollout.controller import Controller, database, in_use
from octad.rollout.flags import switches
from octad.rollout.router import RolloutRouter
from octad.rollout.switches import Switches
from octad.serve.app import create
from octad.serve.auth import Tokens
from octad.serve.context import Context
from octad.serve.exchange import Answered, Asking
from octad.serve.faults import fault
from octad.serve.monitor import Monitor
from octad.serve.page import routes as page
from octad.serve.rollout_views import decided_of, rollouts_of
from octad.serve.routes import rollouts
from octad.serve.service import Service, ServiceStatus, WorkSettings
from octad.serve.settings import ServeSettings
from octad.serve.tracing import traces
from octad.serve.views import Sources, versions_of
from octad.store.artefact import is_shipped
from octad.store.folders import data_folder


class Parts(NamedTuple):
    """A server that is not started yet."""

    app: Any
    context: Context
    service: Whole


@dataclass(frozen=True, slots=True)
class Whole:
    """A service with what goes on beside it: rollouts, the monitor, what people switched off."""

    service: Service
    router: RolloutRouter
    monitor: Monitor
    switches: Switches

    async def start(self) -> None:
        """Be ready to answer; raises ArtefactError, ProcessError and StoreError."""
        self.router.refresh()
        await self.service.start()
        self.router.start()
        self.monitor.start()

    async def ask(self, asking: Asking) -> Answered:
        """The one final answer, where the agent is not switched off."""
        if not self.switches.enabled(asking.agent):
            wrong = fault("server.disabled", f"{asking.agent} is switched off", "ask whoever runs the server")
            return Answered(asking.id, fault=wrong)
        if asking.evidence and not self.switches.evidence(asking.agent):
            asking = replace(asking, evidence=False)
        return await self.service.ask(asking)

    def status(self) -> ServiceStatus:
        """How it does."""
        return self.service.status()

    async def stop(self, seconds: float) -> int:
        """Finish what is in flight for so long, then end; how many questions were lost."""
        lost = await self.service.stop(seconds)
        self.monitor.stop()
        self.router.stop()
        return lost

    def heard(self, verdict: Verdict) -> None:
        """Count what somebody says of a finding for or against the version that made it."""
        if verdict.agent and verdict.version:
            dismissed = verdict.decision == "dismissed"
            self.router.judged(verdict.agent, verdict.version, dismissed=dismissed, unit=verdict.actor)


def assembled(settings: ServeSettings, tokens: Tokens, *, workers: int = 0) -> Parts:
    """A server over what the data folder keeps; raises InputError and StoreError."""
    agents, folder = served_agents(settings.agents), data_folder()
    base, audit = database(folder), AuditLog(folder / "audit.jsonl")
    address = os.environ.get(SETTING, "")
    registry = open_registry(address, folder, actor="server", needed=partial(in_use, base))
    controller, switched = Controller(base, registry, audit), switches(folder)
    router = RolloutRouter(controller, switched)
    service = Service(WorkSettings(agents=tuple(agents), workers=workers), registry, router)
    sources = Sources(
        service=service.status,
        rollouts=partial(rollouts_of, controller),
        decisions=partial(decided_of, controller),
        feedback=Approval(Feedback()).by_rule,
        versions=partial(versions_of, registry, tuple(agents)),
    )
    monitor = Monitor(sources, references=folder / "drift.json", traces=traces(os.environ))
    service.observers.append(monitor)
    whole = Whole(service, router, monitor, switched)
    context = Context(
        settings=settings, agents=agents, service=whole, registry=registry, tokens=tokens, audit=audit,
        heard=whole.heard,
    )  # fmt: skip
    more = (rollouts.router(controller), lambda context: page.router(monitor))
    return Parts(create(context, more), context, whole)


def served_agents(names: tuple[str, ...]) -> Mapping[str, Agent[Any, Any]]:
    """The agents of some names, all with weights where none is named; raises InputError."""
    found = names or tuple(one.name for one in catalog.entries() if is_shipped(one.name))
    if not found:
        raise InputError("no agent has weights", hint="name agents with --agents")
    return {name: catalog.load(name) for name in dict.fromkeys(found)}
