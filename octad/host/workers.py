"""A process of our own that lives long and is spoken to in frames, over pipes, without blocking.

A frame is its length in four bytes, then the bytes. The process ends when its standard input does, so that
none outlives the one that started it; what it writes to standard output is frames and nothing else.
"""

from __future__ import annotations

import asyncio
import os
import signal
import struct
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import BinaryIO

from octad.errors import ProcessError
from octad.host.processes import KEPT

LARGEST = 1 << 28
"""Bytes of one frame."""
_OWN = ("OCTAD_", "OMP_", "PYTHON")
"""How the variables begin that one of our own processes is given beside those that any is."""
_ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
"""There is a worker a core: more threads of each would wait for one another."""
_LENGTH = struct.Struct(">I")


class Worker:
    """One process, started from a module of the package."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.pid = process.pid

    @classmethod
    async def start(cls, command: Sequence[str]) -> Worker:
        """Run `python COMMAND…` in a session of its own; raises ProcessError where it cannot be started.

        Modules in the folder that it is started from take the place of none.
        """
        given = {
            name: value
            for name, value in os.environ.items()
            if name.upper() in KEPT or name.startswith((*_OWN, "LC_"))
        } | _ONE_THREAD
        try:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-P", *command, env=given, start_new_session=True,
                stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL, limit=1 << 20,
            )  # fmt: skip
        except (OSError, ValueError) as error:
            said = (error.strerror if isinstance(error, OSError) else None) or str(error)
            raise ProcessError(f"a worker cannot be started: {said.lower()}", kind="refused") from error
        return cls(process)

    async def send(self, frame: bytes) -> None:
        """Hand a frame over; where the process has ended that shows when the next is received."""
        pipe = self._process.stdin
        assert pipe is not None
        with suppress(ConnectionError, RuntimeError):
            pipe.write(_LENGTH.pack(len(frame)))
            pipe.write(frame)
            await pipe.drain()

    async def received(self) -> bytes | None:
        """The next frame, None where the process has ended or says what is none."""
        pipe = self._process.stdout
        assert pipe is not None
        try:
            (length,) = _LENGTH.unpack(await pipe.readexactly(_LENGTH.size))
            return await pipe.readexactly(length) if length <= LARGEST else None
        except (asyncio.IncompleteReadError, ConnectionError):
            return None

    @property
    def has_ended(self) -> bool:
        """Whether the process is gone."""
        return self._process.returncode is not None

    async def ended(self) -> None:
        """Wait until the process is gone."""
        await self._process.wait()

    def kill(self) -> None:
        """End it and all that it started."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)

    async def close(self, seconds: float) -> None:
        """Let it end by itself for so long, then kill it; forget it."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._process.wait(), seconds)
        self.kill()
        await self._process.wait()


class Frames:
    """The other side: what a worker is sent, and how it answers. `end` is called when nobody speaks to it."""

    def __init__(self, end: Callable[[], None]) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)  # whoever started it decides
        self._in: BinaryIO = os.fdopen(os.dup(0), "rb", buffering=1 << 16)
        self._out: BinaryIO = os.fdopen(os.dup(1), "wb", buffering=0)
        nothing = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1):  # whatever a library prints is no frame
            os.dup2(nothing, stream)
        self._end = end
        self._waiting: list[bytes] = []
        self._changed = threading.Condition()
        threading.Thread(target=self._read, name="octad-frames", daemon=True).start()

    def next(self) -> bytes:
        """The next frame; waits for it."""
        with self._changed:
            self._changed.wait_for(lambda: bool(self._waiting))
            return self._waiting.pop(0)

    def put(self, frame: bytes) -> None:
        """Answer with a frame."""
        rest = memoryview(_LENGTH.pack(len(frame)) + frame)
        try:
            while rest:
                rest = rest[self._out.write(rest) :]
        except OSError:
            self._end()

    def _read(self) -> None:
        """Take frames as they come, while others are worked on, until there is no more of them."""
        while len(head := self._in.read(_LENGTH.size)) == _LENGTH.size:
            frame = self._in.read(_LENGTH.unpack(head)[0])
            with self._changed:
                self._waiting.append(frame)
                self._changed.notify()
        self._end()
