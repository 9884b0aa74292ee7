"""What a verb gets from outside, so that a test can hand it something else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from octad.inspection import Answering


def load_runner(name: str, weights: Path | None) -> Answering:
    """An agent with its weights, the shipped ones by default; raises ArtefactError."""
    from octad import catalog
    from octad.runtime import Runner

    return Runner.load(catalog.load(name), weights)


@dataclass(frozen=True)
class Surroundings:
    """`load` makes a runner from an agent's name and a folder of weights."""

    load: Callable[[str, Path | None], Answering] = load_runner
