"""Servers under test, started on loopback with one thread a process and a process a core, and stopped."""

from __future__ import annotations

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.request import Request, urlopen

from benchmarks.load import tree
from benchmarks.load.apps.shared import NAMES, PORT
from benchmarks.load.cases import MARK, Bodies

ROOT = Path(__file__).resolve().parents[2]
ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS"), "1"
)
VERB = ("-c", "from octad.cli.main import main; main()")
"""How this Python runs the command line of this tree, whatever else is installed."""
START, STOP = 120.0, 15.0
"""Seconds that a server has to answer for the first time, and to end."""
OCTAD, FASTAPI, LITSERVE, RAY = "octad serve", "FastAPI", "LitServe", "Ray Serve"
MODULES = {FASTAPI: "without_batching", LITSERVE: "with_litserve", RAY: "with_ray"}


@dataclass(frozen=True)
class Target:
    """A server that can be started: its name, and the Python that has it."""

    name: str
    python: Path
    agents: tuple[str, ...]

    def path(self, agent: str) -> str:
        """Where an agent is asked."""
        return "/predict" if self.name == LITSERVE else f"/v1/agents/{agent}"

    def bodies(self, given: Bodies) -> list[str]:
        """The bodies as this server reads them."""
        if self.name != LITSERVE:
            return given.bodies
        return [f'{{"agent":{json.dumps(given.agent)},"case":{body}}}' for body in given.bodies]


@dataclass
class Running:
    """A server that answers: where, with what headers, and what it consumes."""

    target: Target
    port: int
    process: subprocess.Popen[bytes]
    mark: str
    headers: dict[str, str] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)

    def seconds(self) -> float:
        """Processor seconds of its processes so far."""
        return tree.seconds(self.process.pid, self.mark)

    def resident(self) -> int:
        """Bytes that its processes hold."""
        return tree.resident(self.process.pid, self.mark)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


def octad(python: Path, environment: Mapping[str, str], *words: str) -> str:
    """What a verb of octad says."""
    command = [str(python), *VERB, *words]
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=60)
    if done.returncode:
        raise RuntimeError(f"octad {' '.join(words)}: {done.stderr.strip()[-500:]}")
    return done.stdout


@contextmanager
def started(target: Target, trial: Bodies) -> Iterator[Running]:
    """The server, once it has answered a case."""
    mark, port = secrets.token_hex(8), free_port()
    with tempfile.TemporaryDirectory(prefix="octad-load-") as folder:
        environment = {
            **os.environ,
            **ONE_THREAD,
            "PYTHONPATH": str(ROOT),
            "OCTAD_STORE": f"{folder}/store",
            "RAY_USAGE_STATS_ENABLED": "0",
            "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
            tree.MARK: mark,
            NAMES: ",".join(target.agents),
            PORT: str(port),
        }
        headers = _token(target, environment) if target.name == OCTAD else {}
        with (Path(folder) / "output").open("wb+") as output:
            process = subprocess.Popen(
                _command(target, port),
                env=environment,
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
            running = Running(target, port, process, mark, headers, environment)
            try:
                _await(running, trial, Path(folder) / "output")
                yield running
            finally:
                stop(running)


def _token(target: Target, environment: Mapping[str, str]) -> dict[str, str]:
    """A token that may ask and operate, as a header."""
    words = ("serve", "token", "add", "load", "--role", "infer,operate")
    said = octad(target.python, environment, *words)
    return {"Authorization": f"Bearer {said.split()[-1]}"}


def _command(target: Target, port: int) -> Sequence[str]:
    if target.name != OCTAD:
        return (str(target.python), "-m", f"benchmarks.load.apps.{MODULES[target.name]}")
    agents = ("--agents", ",".join(target.agents))
    return (str(target.python), *VERB, "serve", "--port", str(port), *agents)


def _await(running: Running, trial: Bodies, output: Path) -> None:
    """Wait until it answers a case; raises RuntimeError with what it said where it does not."""
    until = time.monotonic() + START
    body = running.target.bodies(trial)[0].replace(MARK, "0").encode()
    address = f"http://127.0.0.1:{running.port}{running.target.path(trial.agent)}"
    problem = ""
    while time.monotonic() < until and running.process.poll() is None:
        request = Request(address, body, {"Content-Type": "application/json", **running.headers})
        try:
            with urlopen(request, timeout=20) as answer:
                if b'"agent"' in answer.read():
                    return
        except OSError as error:
            problem = str(error)
            time.sleep(0.2)
    said = output.read_text("utf-8", "replace")[-1_500:]
    raise RuntimeError(f"{running.target.name} does not answer ({problem}): {said}")


def stop(running: Running) -> None:
    """End a server and all that it started, politely at first."""
    held = tree.tree(running.process.pid, running.mark)
    with suppress(ProcessLookupError):
        running.process.send_signal(signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        running.process.wait(STOP)
    for pid in {*held, *tree.tree(running.process.pid, running.mark)} - {os.getpid()}:
        if _is_still(pid, held.get(pid)):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
    running.process.wait()


def _is_still(pid: int, fields: list[str] | None) -> bool:
    """Whether a number still means the process that it meant: that started at the same time."""
    now = tree.tree(pid, "").get(pid)
    return now is not None and (fields is None or now[19] == fields[19])


def default(name: str, python: Path | None, agents: tuple[str, ...]) -> Target:
    """A server in this Python, or in the one that is named."""
    return Target(name, python or Path(sys.executable), agents)
