"""An agent that says what a commit is for, with cases of its own to be trained on: whole runs in seconds."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from octad.agents.agent import Agent
from octad_train.data.mixture import Mixture, Part
from tests.contract.agents import commit_kind

Pair = tuple[commit_kind.Case, commit_kind.Label]
PARTS = {"train": slice(0, 72), "valid": slice(72, 108), "test": slice(108, 144)}
"""Messages of each part; the next would be those of the first again."""


def cases(part: str) -> list[Pair]:
    """The cases of a part; two labels of those held out for calibration are wrong, as in any data."""
    found = commit_kind.sample(commit_kind.agent, 144)[PARTS[part]]
    if part == "valid":
        (one, first), (other, second) = found[:2]
        found[:2] = [(one, second), (other, first)]
    return found


def training(agent: Agent[Any, Any], folder: Path) -> Mixture[Pair]:
    found = cases("train")
    return Mixture([Part(1.0, lambda epoch, index: found[(epoch + index) % len(found)])])


def validation(agent: Agent[Any, Any], folder: Path, part: str = "valid") -> list[Pair]:
    return cases(part)


def repository(agent: Agent[Any, Any], folder: Path, output: Path) -> dict[str, int]:
    return {part: len(cases(part)) for part in PARTS}


agent = replace(
    commit_kind.agent,
    sources={
        **commit_kind.agent.sources,
        "train": f"{__name__}:training",
        "valid": f"{__name__}:validation",
    },
)
