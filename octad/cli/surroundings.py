"""What a verb gets from outside, so that a test can hand it something else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from octad.agent import Claimed
    from octad.inspection import Answering
    from octad.records.report import Finding


def load_runner(name: str, weights: Path | None) -> Answering:
    """An agent with its weights, the shipped ones by default; raises ArtefactError."""
    from octad import catalog
    from octad.runtime import Runner

    return Runner.load(catalog.load(name), weights)


def explain_finding(runner: Any, case: Any, claimed: Claimed) -> Finding:
    """A finding with its evidence."""
    from octad.inspection import explained

    return explained(runner, case, claimed)


@dataclass(frozen=True)
class Surroundings:
    """`load` makes a runner from an agent's name and a folder of weights; `explain` finds evidence."""

    load: Callable[[str, Path | None], Answering] = load_runner
    explain: Callable[[Any, Any, Claimed], Finding] = explain_finding
