"""Run a program: its arguments a list, its environment an allow-list, its time and its output bounded.

No shell is ever between. The program gets a session of its own, without the terminal, and whatever it started
and left running in it ends with it.
"""

from __future__ import annotations

import os
import selectors
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import IO, NamedTuple

from octad.budget import current
from octad.errors import ProcessError
from octad.host.resident import resident

MOST_BYTES = 512_000_000
"""Bytes on standard output, and as many on standard error, beyond which a program is ended."""
KEPT = frozenset(
    (
        "PATH", "HOME", "USER", "LOGNAME", "LANG", "LANGUAGE", "TZ", "TMPDIR", "TEMP", "TMP", "PATHEXT",
        "SYSTEMROOT", "SYSTEMDRIVE", "WINDIR", "USERPROFILE", "APPDATA", "LOCALAPPDATA",
    )
)  # fmt: skip
"""Variables of our own environment that a program is given, beside LC_*: they change no command."""
_PIECE = 1 << 16
_LONGEST_PAUSE = 0.05
"""Seconds between two looks at a program that says nothing."""


class Finished(NamedTuple):
    """What a program gave: its status (negative: the signal that ended it), and both outputs."""

    status: int
    stdout: bytes
    stderr: bytes


class Bounds(NamedTuple):
    """What a program may take: seconds, bytes of each output, and bytes of memory with all that it started.

    Memory is looked at now and then, on Linux alone.
    """

    seconds: float
    most: int = MOST_BYTES
    memory: int | None = None


def run(
    command: Sequence[str],
    folder: str | os.PathLike[str],
    bounds: Bounds,
    *,
    stdin: bytes = b"",
    environment: Mapping[str, str] | None = None,
) -> Finished:
    """Run a program in a folder until it ends, whatever its status.

    It is looked for on the absolute folders of PATH, never in the folder itself. `environment` is added to
    what is KEPT. It may take no longer than is left to the run. Raises ProcessError where it is absent,
    cannot be started, or is beyond its bounds: then it is killed, and what it started with it.
    """
    until = time.monotonic() + current().seconds_left(bounds.seconds)
    given = _environment(environment or {})
    program = _program(command[0], given["PATH"])
    try:
        process = subprocess.Popen(
            [program, *command[1:]],
            cwd=folder,
            env=given,
            stdin=subprocess.PIPE if stdin else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        said = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise ProcessError(f"cannot be started: {said.lower()}", kind="refused") from error
    try:
        stdout, stderr = _outputs(process, stdin, until, bounds)
    finally:
        _end(process)
    return Finished(process.returncode, stdout, stderr)


def _environment(more: Mapping[str, str]) -> dict[str, str]:
    """What a program is given; of PATH the absolute folders, for others lie where it runs."""
    own = {name: value for name, value in os.environ.items() if name.upper() in KEPT or name[:3] == "LC_"}
    given = own | dict(more)
    parts = given.get("PATH", os.defpath).split(os.pathsep)
    given["PATH"] = os.pathsep.join(part for part in parts if os.path.isabs(part))
    return given


def _program(name: str, path: str) -> str:
    """The absolute path of a program; raises ProcessError where there is none."""
    if os.path.isabs(name):
        return name
    found = None if os.path.dirname(name) else shutil.which(name, path=path)
    if found is None or not os.path.isabs(found):
        raise ProcessError("not installed", kind="absent")
    return found


def _outputs(
    process: subprocess.Popen[bytes], stdin: bytes, until: float, bounds: Bounds
) -> tuple[bytes, bytes]:
    """Both outputs, complete when the program itself has ended: who inherited them is not waited for."""
    with _Pipes(process, stdin) as pipes:
        pause, memory = 0.001, _Memory(process.pid, bounds.memory)
        while True:
            left = until - time.monotonic()
            if left <= 0:
                raise ProcessError(f"no answer within {bounds.seconds:.0f} s", kind="slow")
            ended = process.poll() is not None
            moved = pipes.move(0 if ended else min(left, pause))
            if pipes.largest() > bounds.most:
                raise ProcessError(f"more than {bounds.most:,} bytes of output", kind="large")
            memory.check()
            if ended and not moved:
                return pipes.held()
            pause = 0.001 if moved else min(2 * pause, _LONGEST_PAUSE)


class _Memory:
    """What a program and all that it started may hold, looked at now and then."""

    def __init__(self, pid: int, most: int | None) -> None:
        self._pid = pid
        self._most = most
        self._next = 0.0

    def check(self) -> None:
        """Raise ProcessError where it is more."""
        if self._most is None or time.monotonic() < self._next:
            return
        if resident(self._pid) > self._most:
            raise ProcessError(f"more than {self._most:,} bytes of memory", kind="large")
        self._next = time.monotonic() + _LONGEST_PAUSE


class _Pipes:
    """What is written to a program and what it has said so far, without waiting for either."""

    def __init__(self, process: subprocess.Popen[bytes], stdin: bytes) -> None:
        self._said: dict[IO[bytes], bytearray] = {}
        self._rest = memoryview(stdin)
        self._waiting = selectors.DefaultSelector()
        for pipe in (process.stdout, process.stderr):
            if pipe is not None:
                self._said[pipe] = bytearray()
                self._watch(pipe, selectors.EVENT_READ)
        if process.stdin is not None:
            self._watch(process.stdin, selectors.EVENT_WRITE)

    def __enter__(self) -> _Pipes:
        return self

    def __exit__(self, *_: object) -> None:
        self._waiting.close()

    def _watch(self, pipe: IO[bytes], event: int) -> None:
        os.set_blocking(pipe.fileno(), False)
        self._waiting.register(pipe, event)

    def move(self, seconds: float) -> bool:
        """Wait at most so long, then take and give what can be; whether there was anything."""
        ready = self._waiting.select(seconds)
        for key, event in ready:
            pipe: IO[bytes] = key.fileobj  # type: ignore[assignment]
            done = self._take(pipe) if event == selectors.EVENT_READ else self._give(pipe)
            if done:
                self._waiting.unregister(pipe)
                pipe.close()
        return bool(ready)

    def _take(self, pipe: IO[bytes]) -> bool:
        """Read a piece; whether that was all."""
        piece = os.read(pipe.fileno(), _PIECE)
        self._said[pipe] += piece
        return not piece

    def _give(self, pipe: IO[bytes]) -> bool:
        """Write a piece; whether that was all, or nobody reads it."""
        try:
            self._rest = self._rest[os.write(pipe.fileno(), self._rest[:_PIECE]) :]
        except BrokenPipeError:
            return True
        return not self._rest

    def largest(self) -> int:
        """Bytes of the output that is longer."""
        return max(map(len, self._said.values()))

    def held(self) -> tuple[bytes, bytes]:
        """Standard output and standard error."""
        stdout, stderr = map(bytes, self._said.values())
        return stdout, stderr


def _end(process: subprocess.Popen[bytes]) -> None:
    """Kill what is left of a program and of its session, and forget it."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe is not None:
            pipe.close()
