"""Hours in which nothing was at fault: how often an agent that ranks suspects accuses one, and what stops it.

A window is cut from the normal hours of a real system; its metrics and its graph make a case in which no
candidate is right. A case accuses where a candidate is likelier than none.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from octad.heads.ranking import Choice
from octad.runtime import Runner
from octad_train.data.operations.normal_windows import NormalWindow

LENGTHS = (5, 15, 30, 60)
"""Readings of a window: what people look at during an incident."""
ACCUSED = 0.1
"""Share of quiet windows that may accuse."""


def quiet_cases(
    agent: Any, stretches: Sequence[NormalWindow], many: int, seed: int = 0
) -> Iterator[tuple[int, Any]]:
    """So many cases of each length, with the length, from random places of stretches that are long enough."""
    rng = np.random.default_rng(seed)
    for length in LENGTHS:
        enough = [one for one in stretches if len(one) >= length]
        for _ in range(many if enough else 0):
            stretch = enough[int(rng.integers(len(enough)))]
            start = int(rng.integers(len(stretch) - length + 1))
            window = stretch.cut(start, start + length)
            yield length, agent.case(metrics=window.records(), graph=window.graph)


def accusations(runner: Runner[Any, Any], cases: Sequence[Any], head: str) -> list[float]:
    """How much likelier the first candidate of each case is than none, as a difference of logits."""
    found = []
    for answer in runner.answers(cases):
        choice: Choice | None = getattr(answer, head)
        if choice is not None and choice.ranked:
            best = max(choice.ranked[0].probability, 1e-9)
            found.append(math.log(best) - math.log(max(choice.none, 1e-9)))
    return found


def reluctance(margins: Sequence[float], share: float = ACCUSED) -> float:
    """What to add to the offset of none so that no larger share of the quiet cases accuses; 0 at least."""
    return max(float(np.quantile(np.array(margins), 1 - share)), 0.0)
