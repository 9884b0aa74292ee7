"""What all compared servers share: runners with one thread, and from bodies to reports."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from octad.ask import Options, ask
from octad.catalog import load
from octad.runtime import Asked, Progress, Runner

PLAIN = Options(evidence=False)
NAMES, PORT = "OCTAD_LOAD_AGENTS", "OCTAD_LOAD_PORT"
"""Variables that say which agents a server loads, and where it listens."""
BATCH, TIMER = 8, 0.005
"""Requests of a batch at most, and seconds that one waits for others."""


def agents() -> list[str]:
    """The agents to load."""
    return os.environ[NAMES].split(",")


def port() -> int:
    """Where to listen."""
    return int(os.environ[PORT])


def cores() -> int:
    """Processes that run models."""
    return os.cpu_count() or 1


def runners() -> dict[str, Runner[Any, Any]]:
    """Every agent with the weights that are shipped."""
    return {name: Runner.load(load(name), threads=1) for name in agents()}


class Held:
    """A runner that has the answer already: what several cases were asked at once for."""

    def __init__(self, runner: Runner[Any, Any], asked: Asked[Any, Any]) -> None:
        self.agent, self.manifest, self.asked = runner.agent, runner.manifest, asked

    def ask(self, cases: Sequence[Any], progress: Progress | None = None) -> list[Asked[Any, Any]]:
        """The answer."""
        return [self.asked]


def reports(runner: Runner[Any, Any], cases: Sequence[Any]) -> list[str]:
    """The reports on several cases as JSON; several are run at once."""
    if len(cases) == 1:
        return [ask(runner, cases[0], PLAIN).model_dump_json()]
    held: list[Any] = [Held(runner, one) for one in runner.ask(cases)]
    return [ask(one, case, PLAIN).model_dump_json() for one, case in zip(held, cases, strict=True)]
