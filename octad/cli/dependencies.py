"""What a verb gets from outside, so that a test can hand it something else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from octad.host.terminal import say

if TYPE_CHECKING:
    from octad.ask import Asking, Explain


def load_runner(name: str, weights: Path | None, *, threads: int = 0) -> Asking:
    """An agent with its weights, the shipped ones by default; raises ArtefactError.

    It computes on so many threads, 0 for as many as there are cores.
    """
    from octad import catalog
    from octad.runtime import Runner

    return Runner.load(catalog.load(name), weights, threads=threads)


def explain_candidate(*asked: Any) -> Any:
    """A finding with its evidence."""
    from octad.ask import explained

    return explained(*asked)


@dataclass(frozen=True)
class Dependencies:
    """`load` makes a runner from an agent's name and a folder of weights; `explain` finds evidence."""

    load: Callable[..., Asking] = load_runner
    explain: Explain = explain_candidate

    def runner(self, name: str, weights: Path | None, *, cache: bool, threads: int = 0) -> Asking:
        """An agent with its weights, and with what was computed before where that is wanted."""
        runner = self.load(name, weights, threads=threads) if threads else self.load(name, weights)
        remember = getattr(runner, "remember", None)
        if cache and remember is not None:
            from octad.store.output_cache import OutputCache

            kept = OutputCache()
            remember(kept)
            if kept.problem:
                say(f"warning: nothing is remembered: {kept.problem}")
        return runner
