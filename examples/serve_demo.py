"""A server, real traffic, a candidate that is broken and one that is not: `make serve-demo`.

Starts `octad serve` over a folder of its own, and asks the reviewer about functions of Python's standard
library from several threads at once, each function once. Then two candidates come, one after the other:

- *broken*: the shipped weights with a table of word pieces that was cut off, as a wrong export makes one. It
  answers its golden case, so that it is loaded, and fails on what holds rare words.
- *mended*: the same with the whole table.

Nobody says which is which: the first is to be rolled back by itself, the second to reach all of the traffic.
What happens is printed, and shown on the status page for as long as the demonstration is left running.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import os
import random
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from octad import catalog
from octad.client import Client
from octad.errors import OctadError
from octad.records.code import Code
from octad.registry.local import LocalRegistry
from octad.rollout.controller import Controller, database
from octad.rollout.plan import Rollout
from octad.store.artefact import load, seal, shipped
from octad.store.piece_table import PieceTable
from octad.syntax.units import units

AGENT = next(entry.name for entry in catalog.entries() if entry.verb == "review")
BACKBONE = "minilm"
CUT = 29_000
"""Word pieces that the broken candidate has, of 30,522: the rarest are gone."""
LONGEST = 900
"""Characters of a function that is asked about."""
CLIENTS, PAUSE_S = 3, 0.04
"""Threads that ask, and how long each waits after an answer: two thirds of what two cores can answer."""
LATEST_S = 420.0
"""Seconds after which a rollout that has come to no end is given up."""
WANTED = {"broken": "rolled back", "mended": "done"}


def main() -> int:
    """Show it; 0 where both candidates ended as they should."""
    options = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    options.add_argument("--keep", action="store_true", help="leave the server running until Ctrl-C")
    options.add_argument("--port", type=int, default=0, help="of the server; a free one by default")
    keep, port = (getattr(options.parse_args(), name) for name in ("keep", "port"))
    with tempfile.TemporaryDirectory(prefix="octad-demo-") as made:
        folder = Path(made, "store")
        os.environ["OCTAD_STORE"] = str(folder)
        registry = LocalRegistry(folder, actor="demo")
        candidates = {
            name: registry.put(candidate(Path(made, name), pieces), note=name).digest
            for name, pieces in (("broken", CUT), ("mended", None))
        }
        with server(port) as address, traffic(address, folder) as seen:
            say(f"status page: {address}   token: {Path(folder, 'token').read_text().strip()}")
            ends = {name: rolled(folder, registry, name, digest) for name, digest in candidates.items()}
            say(f"answers: {dict(seen)}")
            for name, end in ends.items():
                say(f"{name}: {end} {'as it should' if end == WANTED[name] else f'and not {WANTED[name]}'}")
            if keep:
                say("Ctrl-C ends it")
                with contextlib.suppress(KeyboardInterrupt):
                    threading.Event().wait()
    return int(ends != WANTED)


def candidate(folder: Path, pieces: int | None) -> Path:
    """The shipped weights of the agent as a version of their own, with the first `pieces` word pieces."""
    source, manifest = load(AGENT)
    folder.mkdir()
    for name in manifest.files:
        shutil.copyfile(source / name, folder / name)
    shared = shipped(BACKBONE)
    shutil.copyfile(shared / "tokenizer.json", folder / "tokenizer.json")
    table = PieceTable.load(shared)
    PieceTable(table.values[:pieces], table.scale[:pieces]).save(folder)
    seal(folder, manifest.model_copy(update={"backbone": "", "version": f"{manifest.version}-{folder.name}"}))
    return folder


@contextlib.contextmanager
def server(port: int) -> Iterator[str]:
    """`octad serve`, and where it listens."""
    command = [sys.executable, "-c", "from octad.cli.main import main; main()", "serve", "--agents", AGENT]
    with subprocess.Popen([*command, "--port", str(port)], stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        try:
            for line in process.stderr:
                if found := re.search(r"listening on (\S+)", line):
                    threading.Thread(target=process.stderr.read, daemon=True).start()
                    yield found[1]
                    break
            else:
                sys.exit("the server did not start")
        finally:
            process.terminate()
            process.wait(timeout=30)


@contextlib.contextmanager
def traffic(address: str, folder: Path) -> Iterator[Counter[str]]:
    """Ask from several threads until it ends; what was answered is counted."""
    token = Path(folder, "token").read_text("utf-8").strip()
    functions, seen, over, lock = asked(), Counter[str](), threading.Event(), threading.Lock()

    def ask() -> None:
        client = Client(address, token)
        while not over.is_set():
            with lock:
                case = next(functions)
            try:
                reply = client.ask(AGENT, case)
                word = "degraded" if reply.degraded else "answered"
            except OctadError as error:
                word = error.code
            with lock:
                seen[word] += 1
            time.sleep(PAUSE_S)

    threads = [threading.Thread(target=ask) for _ in range(CLIENTS)]
    for one in threads:
        one.start()
    try:
        yield seen
    finally:
        over.set()
        for one in threads:
            one.join()


def asked() -> Iterator[dict[str, Any]]:
    """Functions of the standard library in no order, each once; then again, as those of another file."""
    files = sorted(Path(sysconfig.get_paths()["stdlib"]).glob("*.py"))
    found = [
        unit.text
        for path in files
        for unit in units(Code(path=path.name, text=path.read_text("utf-8", "replace")))
        if len(unit.text) <= LONGEST
    ]
    for number in itertools.count():
        random.Random(number).shuffle(found)
        for text in found:
            yield {"code": {"path": f"{number}/module.py", "text": text}}


def rolled(folder: Path, registry: LocalRegistry, name: str, digest: str) -> str:
    """Bring a candidate into service as `octad rollout start` does, and follow it: how it ended."""
    controller = Controller(database(folder), registry, registry.audit)
    rollout = controller.start(AGENT, digest, actor="demo", settings={"window": 60.0})
    until, shown = time.monotonic() + LATEST_S, ""
    while not rollout.is_over and time.monotonic() < until:
        time.sleep(0.5)
        rollout = controller.rollout(rollout.id)
        if (line := told(name, rollout)) != shown:
            say(line)
            shown = line
    return rollout.state


def told(name: str, rollout: Rollout) -> str:
    """Where a rollout stands, in a line."""
    return (
        f"{name} ({rollout.plan.candidate[:8]}): {rollout.state}, {rollout.weight} % of the traffic; "
        f"{rollout.reason}"
    )


BEGAN = time.monotonic()


def say(line: str) -> None:
    """A line with the seconds since the beginning."""
    print(f"{time.monotonic() - BEGAN:6.1f} s  {line}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
