"""Runs the server until a signal: listens, answers, drains, and says how many questions were lost."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType
from typing import Any, Protocol

import uvicorn

from octad.errors import InputError
from octad.serve.connections import Connection, look_at_all
from octad.serve.context import Answering, Context
from octad.serve.settings import ServeSettings

CLOSING_S = 1
"""Seconds that connections have to close after what was in flight is done."""
STOPPING_S = 0.5
"""Seconds that workers have to end after that."""
_TICKS = 10
"""Ticks of uvicorn, of a tenth of a second, between two looks at all connections."""


class Running(Answering, Protocol):
    """A service that is started and stopped."""

    async def start(self) -> None:
        """Be ready to answer; raises ArtefactError and ProcessError."""
        ...

    async def stop(self, seconds: float) -> int:
        """Finish what is in flight for so long; how many questions were lost."""
        ...


@dataclass(frozen=True, slots=True)
class Ended:
    """How the server ended: questions that were lost, and whether it was told to stop at once."""

    lost: int
    is_forced: bool


def run(app: Any, context: Context, service: Running, listening: Callable[[str], None]) -> Ended:
    """Serve until SIGTERM or SIGINT; `listening` is told the address once it answers.

    The first signal drains: not ready at once, what is in flight is finished, for `drain_seconds` at most.
    The second ends it. Raises InputError where it cannot listen, and what the service raises at its start.
    """
    config = config_of(app, context.settings)
    server = Server(config, context, listening)
    with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
        return runner.run(_served(server, service))


async def _served(server: Server, service: Running) -> Ended:
    await service.start()
    lost = 0
    try:
        await server.serve()
    finally:
        lost = await service.stop(0 if server.force_exit else STOPPING_S)
    return Ended(lost, server.force_exit)


def config_of(app: Any, settings: ServeSettings) -> uvicorn.Config:
    """What uvicorn is to do, and what not: no logs of its own, no trust in headers of proxies."""
    config = uvicorn.Config(
        app, host=settings.host, port=settings.port, http=Connection, ws="none", lifespan="off",
        log_config=None, log_level="critical", access_log=False, proxy_headers=False, server_header=False,
        timeout_keep_alive=round(settings.limits.idle_s), timeout_graceful_shutdown=CLOSING_S,
        ssl_certfile=settings.certificate, ssl_keyfile=settings.key, backlog=1024,
    )  # fmt: skip
    try:
        config.load()
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise InputError(f"certificate or key cannot be used: {reason}", hint="give PEM files") from error
    return config


class Server(uvicorn.Server):
    """uvicorn, which drains before it closes anything, and watches its connections."""

    def __init__(self, config: uvicorn.Config, context: Context, listening: Callable[[str], None]) -> None:
        super().__init__(config)
        self._context, self._listening = context, listening
        self._until: float | None = None

    async def startup(self, sockets: Any = None) -> None:
        """Listen; raises InputError where that is not possible."""
        settings, self._loop = self._context.settings, asyncio.get_running_loop()
        handshake = settings.limits.headers_s if self.config.ssl else None
        try:
            server: Any = await self._loop.create_server(
                self._connection, settings.host, settings.port, ssl=self.config.ssl,
                backlog=self.config.backlog, ssl_handshake_timeout=handshake,
            )  # fmt: skip
        except (OSError, OverflowError) as error:
            said = (getattr(error, "strerror", None) or str(error)).lower()
            hint = "another may listen there already; --port 0 takes a free one"
            raise InputError(
                f"cannot listen on {settings.host}:{settings.port}: {said}", hint=hint
            ) from error
        self.servers = [server]
        self.started = True
        self._listening(self._address(server.sockets[0].getsockname()[1]))

    async def on_tick(self, counter: int) -> bool:
        """Look at connections now and then; whether it is time to close."""
        if counter % _TICKS == 0:
            look_at_all(self.server_state.connections, asyncio.get_running_loop().time())
        if self._until is not None and not self.should_exit:
            self.should_exit = not self._context.traffic.running or time.monotonic() > self._until
        return await super().on_tick(counter)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Drain at the first signal, stop at the second."""
        if self._until is None:
            self._context.traffic.is_draining = True
            self._until = time.monotonic() + self._context.settings.drain_seconds
            return
        self.should_exit = self.force_exit = True
        self._loop.call_soon_threadsafe(self._abort)

    def _abort(self) -> None:
        for one in list(self.server_state.connections):
            one.transport.abort()

    def _connection(self) -> Connection:
        return Connection(self.config, self.server_state, self._context.settings.limits)

    def _address(self, port: int) -> str:
        settings = self._context.settings
        host = f"[{settings.host}]" if ":" in settings.host else settings.host
        return f"{'https' if self.config.ssl else 'http'}://{host}:{port}"
