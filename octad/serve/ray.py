"""The same server as an application of Ray Serve: one front, and replicas that answer on any machine.

    serve run octad.serve.ray:application agents=NAME,NAME least=1 most=8

The front is what `octad serve` is, with its queue, fallback, tokens and audit log over its data
folder; in the place of its worker processes it has lanes, each of which hands one batch at a time to a
replica. Ray sends a batch to a replica that has its version at hand, and starts replicas by the seconds of
work that wait at the front. A replica that is lost is a worker that ended: its questions are asked once more.
The package, and versions other than the shipped ones, have to lie at the same place on all machines.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

from pydantic import Field
from ray import serve

from octad.audit import AuditLog
from octad.errors import ArtefactError, ProcessError
from octad.records.base import Record
from octad.registry.local import LocalRegistry
from octad.serve.app import create
from octad.serve.assemble import served_agents
from octad.serve.auth import Tokens
from octad.serve.context import Context
from octad.serve.pool import LOADING_S, Pool, Slot
from octad.serve.service import Service, StableRouter, WorkSettings
from octad.serve.settings import ServeSettings
from octad.serve.work import Batch, batch_of, packed_done
from octad.serve.worker import HELD, Versions, done
from octad.store.folders import data_folder

COST = "cost_s"
"""What replicas report: the seconds of work that wait at the front."""
CLEARED_S = 1.0
"""In how many seconds what waits should be answered: more replicas are started until it is."""
FRESH_S = 5.0
"""After so many seconds what the front said last is no longer so."""
HEAD = {"node:__internal_head__": 0.001}
"""Where the front runs: on the head of the cluster, with its data folder."""
STARTING_S = 120.0
"""How long the first replica may take to load what is to be served."""


class Arguments(Record):
    """What `serve run` is told: agents, with commas between, all by default; the fewest and most replicas.

    `hosts` are names that requests may call the server by, with commas between. `per_machine` bounds the
    replicas of one machine, `cores` is what one takes of it.
    """

    agents: str = ""
    hosts: str = ""
    least: int = Field(1, ge=1, le=1_000)
    most: int = Field(4, ge=1, le=1_000)
    cores: float = Field(1.0, gt=0, le=64)
    per_machine: int | None = Field(None, ge=1, le=100)


async def held(replica: Any, version: str) -> Versions:
    """What keeps one version at hand; it is loaded with its first batch."""
    return Versions()


class Replica:
    """Answers batches, one at a time, on one thread; Ray forgets of its versions those used longest ago."""

    held = serve.multiplexed(max_num_models_per_replica=HELD)(held)

    def __init__(self) -> None:
        self._told = (0.0, -math.inf)
        self._one = asyncio.Lock()

    async def answer(self, frame: bytes, waiting: float) -> bytes:
        """The frame of what comes of a batch; `waiting` are the seconds of work behind it at the front."""
        self._told = (waiting, time.monotonic())
        versions: Versions = await self.held(serve.get_multiplexed_model_id())
        async with self._one:
            return await asyncio.to_thread(lambda: packed_done(done(versions, batch_of(frame))))

    def record_autoscaling_stats(self) -> dict[str, float]:
        """What Ray asks a replica for, now and then."""
        waiting, told = self._told
        return {COST: waiting if time.monotonic() - told < FRESH_S else 0.0}


def by_cost(context: Any) -> tuple[int, dict[str, Any]]:
    """How many replicas there should be: enough for what is running, and to clear what waits."""
    told = (context.aggregated_metrics or {}).get(COST, {})
    waiting = max(told.values(), default=0.0)
    wanted = math.ceil(max(waiting / CLEARED_S, context.total_num_requests, 1.0))
    least, most = context.capacity_adjusted_min_replicas, context.capacity_adjusted_max_replicas
    return max(least, min(wanted, most)), {}


class Lane:
    """What a pool takes for a worker: one batch at a time goes to some replica."""

    pid = None

    def __init__(self, handle: Any, pool: Pool) -> None:
        self._handle, self._pool = handle, pool
        self._sent: Any = None

    async def send(self, frame: bytes) -> None:
        """Hand a batch to a replica, one that has its version at hand if there is any."""
        batch = batch_of(frame)
        named = self._handle.options(multiplexed_model_id=f"{batch.agent} {batch.version}")
        self._sent = named.answer.remote(frame, self._pool.queue.cost)

    async def received(self) -> bytes | None:
        """What came of it, None where the replica was lost."""
        try:
            answered: bytes = await self._sent
        except Exception:  # whatever Ray raises of a replica that is gone
            return None
        return answered

    def kill(self) -> None:
        """Wait for it no longer."""
        if self._sent is not None:
            with suppress(Exception):
                self._sent.cancel()

    async def close(self, seconds: float) -> None:
        """Nothing is left to end."""
        self.kill()


class Lanes(Pool):
    """Lanes to replicas in the place of worker processes."""

    handle: Any = None

    async def _first(self, slot: Slot, batches: Sequence[Batch]) -> None:
        slot.worker = self._lane()
        for batch in batches if slot.number == 0 else ():
            loaded = await self._exchanged(slot, batch, STARTING_S)
            if loaded is None:
                raise ProcessError(f"no replica could load {batch.agent}", kind="refused")
            if loaded.unusable:
                raise ArtefactError(loaded.unusable)
        slot.is_ready = True

    async def _restart(self, slot: Slot) -> None:
        await asyncio.sleep(min(0.1 * 2**slot.failures, LOADING_S / 15) if slot.failures else 0)
        slot.failures += 1
        slot.restarts += 1
        slot.worker, slot.is_ready = self._lane(), True
        self._work.set()

    def _lane(self) -> Any:
        return Lane(self.handle, self)


class RayService(Service):
    """The service over replicas: all but who computes is as with worker processes."""

    def __init__(self, settings: WorkSettings, registry: LocalRegistry, handle: Any) -> None:
        super().__init__(settings, registry, StableRouter(registry))
        self.pool = lanes = Lanes(settings.workers, self._unusable, self._crashed)
        lanes.handle = handle


def front(arguments: Arguments) -> Any:
    """The ASGI application of the front, which is made where it runs."""
    folder = data_folder()
    registry, tokens = LocalRegistry(folder, actor="server"), Tokens(folder / "tokens.json")
    names = tuple(filter(None, (one.strip() for one in arguments.agents.split(","))))
    hosts = tuple(filter(None, (one.strip() for one in arguments.hosts.split(","))))
    settings = ServeSettings(agents=names, hosts=hosts)
    agents = served_agents(names)
    handle = serve.get_deployment_handle("replica", app_name=serve.get_replica_context().app_name)
    service = RayService(WorkSettings(agents=tuple(agents), workers=arguments.most), registry, handle)
    audit = AuditLog(folder / "audit.jsonl")
    app = create(Context(settings, agents, service, registry, tokens, audit))

    @asynccontextmanager
    async def running(_: Any) -> AsyncIterator[None]:
        await service.start()
        try:
            yield
        finally:
            await service.stop(settings.drain_seconds)

    app.router.lifespan_context = running
    return app


def application(given: Arguments | Mapping[str, Any]) -> Any:
    """What `serve run` starts, which hands over texts by their names: a front and its replicas."""
    arguments = given if isinstance(given, Arguments) else Arguments.model_validate(given)
    # The front is not bound to arguments of its own: its application is made by what it closes over.
    made = serve.ingress(lambda: front(arguments))
    scaling = {
        "min_replicas": arguments.least, "max_replicas": max(arguments.least, arguments.most),
        "policy": {"policy_function": "octad.serve.ray:by_cost"},
        "upscale_delay_s": 1.0, "downscale_delay_s": 30.0,
        "metrics_interval_s": 0.5, "look_back_period_s": 2.0,
    }  # fmt: skip
    replicas = serve.deployment(
        Replica, name="replica", max_ongoing_requests=4, autoscaling_config=scaling,
        max_replicas_per_node=arguments.per_machine, ray_actor_options={"num_cpus": arguments.cores},
    )  # fmt: skip
    fronts = serve.deployment(
        made(), name="front", num_replicas=1, max_ongoing_requests=1_000,
        ray_actor_options={"num_cpus": 0, "resources": HEAD},
    )  # fmt: skip
    return fronts.bind(replicas.bind())
