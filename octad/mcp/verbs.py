"""Questions of tools put to the command line in a process of its own, which ends when its time does."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import anyio
import anyio.to_thread

import octad
from octad.errors import InputError, OctadError, ProcessError
from octad.host.processes import Bounds, run
from octad.mcp.tool import Case, Verb

AT_ONCE = 2
"""Processes at a time."""
MOST_BYTES = 32_000_000
"""Bytes of a report."""
GRACE = 5.0
"""Seconds that a process has beyond its deadline, which it keeps by itself."""
PROGRAM = "from octad.cli.main import main; main()"
OWN = ("OCTAD_AGENTS", "OCTAD_CACHE", "XDG_CACHE_HOME")
"""Variables of the user that say where agents and caches lie."""


class Verbs:
    """Answers by running verbs; `seconds` and `megabytes` are for each."""

    def __init__(self, seconds: float, megabytes: float) -> None:
        self.seconds = seconds
        self.megabytes = megabytes
        self._room: anyio.CapacityLimiter | None = None

    async def answer(self, question: Verb | Case, actor: str) -> dict[str, Any]:
        """The document that a verb writes as JSON; raises OctadError with what it complains of."""
        self._room = self._room or anyio.CapacityLimiter(AT_ONCE)
        return await anyio.to_thread.run_sync(self._ran, verb_of(question), limiter=self._room)

    def _ran(self, verb: Verb) -> dict[str, Any]:
        name, *rest = verb.arguments
        limits = (f"--deadline={self.seconds:g}", f"--max-memory={self.megabytes:g}")
        folder = verb.folder or Path(octad.__file__).parent
        # -P: nothing is imported from the folder that is looked at.
        command = [sys.executable, "-P", "-c", PROGRAM, name, *limits, *rest]
        bounds = Bounds(self.seconds + GRACE, MOST_BYTES, int(1.5 * self.megabytes * (1 << 20)))
        try:
            done = run(command, folder, bounds, stdin=verb.stdin, environment=_environment(folder))
        except ProcessError as error:
            if error.kind != "slow":
                raise
            said = f"no answer within {self.seconds:g} s"
            raise InputError(said, hint="ask about less, or give more with --deadline") from error
        return _document(done.stdout) or _refused(done.stderr)


def verb_of(question: Verb | Case) -> Verb:
    """The verb that answers a question."""
    if isinstance(question, Verb):
        return question
    if question.kind == "files":
        raise InputError("files are reviewed where they lie", hint="name paths")
    least = [] if question.least is None else [f"--min-probability={question.least}"]
    evidence = "--evidence" if question.evidence else "--no-evidence"
    words = ("ask", evidence, "--format=json", *least, "--", question.agent, "-")
    return Verb(words, None, question.body)


def _environment(folder: Path) -> dict[str, str]:
    """What a verb is given: where the package lies, and that no repository above the folder is looked for."""
    kept = {name: os.environ[name] for name in OWN if name in os.environ}
    above = {"GIT_CEILING_DIRECTORIES": str(folder.parent), "PYTHONPATH": str(_package_folder())}
    return kept | above | {"PYTHONWARNINGS": "ignore", "NO_COLOR": "1"}


def _package_folder() -> Path:
    return Path(octad.__file__).resolve().parent.parent


def _document(stdout: bytes) -> dict[str, Any]:
    """The report, empty where there is none."""
    try:
        said = json.loads(stdout)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _refused(stderr: bytes) -> dict[str, Any]:
    """Raise what a verb complained of."""
    lines = [line for line in stderr.decode("utf-8", "replace").splitlines() if line.startswith("octad: ")]
    said = lines[-1].removeprefix("octad: ").removeprefix("error: ") if lines else "no answer"
    raise OctadError(said)
