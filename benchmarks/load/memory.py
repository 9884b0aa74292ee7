"""Memory of a server over many requests, while the version that answers is changed again and again."""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.request import Request, urlopen

import numpy as np

from benchmarks.load import rounds
from benchmarks.load.cases import Bodies
from benchmarks.load.generator import Plan
from benchmarks.load.targets import ROOT, Running
from octad.registry.local import LocalRegistry

WEIGHTS = ROOT / "octad" / "weights"
PAUSE = 0.5
"""Seconds between two changes of the version."""
TOKENS = (8, 40)
"""Items of the functions that are asked about: small ones, so that many fit into an hour."""
CLIENTS, SAMPLES, SETTLED = 8, 400, 0.3
"""Clients; samples that are taken; the share of a run after which memory should not grow."""


@dataclass
class Followed:
    """What was seen: good and other answers, reloads, and memory in MB at shares of the run."""

    good: int = 0
    bad: int = 0
    reloads: int = 0
    seconds: float = 0.0
    statuses: dict[str, int] = field(default_factory=dict)
    samples: list[tuple[float, float]] = field(default_factory=list)

    @property
    def slope(self) -> float:
        """MB for 10,000 requests after the beginning, by least squares."""
        late = [(at, held) for at, held in self.samples if at >= SETTLED]
        if len(late) < 3:
            return float("nan")
        at, held = np.array(late).T
        return float(np.polyfit(at, held, 1)[0]) / max(1, self.good) * 10_000


def follow(running: Running, cases: Bodies, arguments: argparse.Namespace) -> Followed:
    """Ask and reload, and look at memory meanwhile."""
    plan = Plan(
        running.port, running.target.path(cases.agent), cases.bodies, running.headers, clients=CLIENTS,
        warm=arguments.warm, seconds=1e9, requests=arguments.requests, deadline=arguments.deadline,
    )  # fmt: skip
    found, stop = Followed(), threading.Event()
    generator = rounds.begin(plan)
    begun = time.monotonic()
    moments: list[tuple[float, float]] = []
    watcher = threading.Thread(target=_watch, args=(running, moments, stop))
    watcher.start()
    reloader = threading.Thread(target=_reload, args=(running, cases.agent, arguments.reloads, found, stop))
    rounds.go(generator)
    reloader.start()
    seen = rounds.end(generator)
    stop.set()
    reloader.join()
    watcher.join()
    found.seconds = time.monotonic() - begun
    found.samples = [((at - begun) / found.seconds, held) for at, held in moments]
    found.statuses = dict(seen.statuses)
    found.good = sum(n for status, n in seen.statuses.items() if status.startswith("2"))
    found.bad = sum(seen.statuses.values()) - found.good
    return found


def _watch(running: Running, moments: list[tuple[float, float]], stop: threading.Event) -> None:
    """Look at memory at growing intervals, so that a run of any length has some hundred samples."""
    pause = 0.2
    while not stop.wait(pause):
        moments.append((time.monotonic(), running.resident() / 1e6))
        if len(moments) == SAMPLES:
            del moments[::2]
            pause *= 2


def _reload(running: Running, agent: str, times: int, found: Followed, stop: threading.Event) -> None:
    """Let the stable version be another one and the shipped one in turn."""
    if not times:
        return
    other = second_version(running, agent)
    while found.reloads < times and not stop.wait(PAUSE):
        promote(running, agent, other if found.reloads % 2 == 0 else "shipped")
        found.reloads += 1


def second_version(running: Running, agent: str) -> str:
    """Put a version into the store of a server that answers as the shipped one does, and is another."""
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / agent
        shutil.copytree(WEIGHTS / agent, made)
        manifest = json.loads((made / "manifest.json").read_text("utf-8"))
        (made / "manifest.json").write_text(json.dumps(manifest | {"version": "0.1.1"}), "utf-8")
        return LocalRegistry(Path(running.environment["OCTAD_STORE"])).put(made).digest


def promote(running: Running, agent: str, reference: str) -> None:
    """Let a version be the stable one, as an operator does."""
    address = f"http://127.0.0.1:{running.port}/v1/store/{agent}/promote"
    body = json.dumps({"reference": reference}).encode()
    request = Request(address, body, {"Content-Type": "application/json", **running.headers})
    with urlopen(request, timeout=30) as answer:
        answer.read()


def described(found: Followed) -> str:
    """The series, its slope, and what was answered."""
    step = max(1, len(found.samples) // 20)
    series = " ".join(f"{held:.0f}" for _, held in found.samples[::step])
    highest = max((held for _, held in found.samples), default=float("nan"))
    return (
        f"## Memory over {found.good + found.bad} requests and {found.reloads} reloads"
        f" ({found.seconds:.0f} s, statuses {found.statuses})\n\n"
        f"MB of all processes, evenly over the run: {series}\n"
        f"highest {highest:.0f} MB; {found.slope:+.2f} MB for 10,000 requests after the first {SETTLED:.0%}\n"
    )
