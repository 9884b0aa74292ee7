"""Temperatures of every head, fitted on held-out cases."""

from __future__ import annotations

from typing import Any

import numpy as np

from octad.evaluate.figures import Labelled
from octad.heads.base import Array
from octad.metrics.scaling import fit_temperature
from octad.runtime import Runner


def temperatures(runner: Runner[Any, Any], cases: Labelled) -> dict[str, float]:
    """One temperature per head (Guo et al. 2017); 1 for a head without labels."""
    units = [runner.prepare(case) for case, _ in cases]
    outputs = runner.run(units)
    fitted: dict[str, float] = {}
    for name, head in runner.agent.heads.items():
        pairs = [
            head.evidence(output[name], getattr(label, name), unit)
            for (_, label), unit, output in zip(cases, units, outputs, strict=True)
            if getattr(label, name) is not None and runner.agent.heard(name, unit)
        ]
        fitted[name] = _fit([pair for pair in pairs if pair is not None])
    return fitted


def _fit(pairs: list[tuple[Array, Array]]) -> float:
    """Softmax over rows of different length, padded with impossible answers; logistic if flat."""
    if not pairs:
        return 1.0
    if pairs[0][1].ndim:
        logits = np.concatenate([scores for scores, _ in pairs])
        return fit_temperature(logits, np.concatenate([truth for _, truth in pairs]))
    longest = max(len(scores) for scores, _ in pairs)
    padded = np.full((len(pairs), longest), -np.inf)
    for row, (scores, _) in enumerate(pairs):
        padded[row, : len(scores)] = scores
    return fit_temperature(padded, np.array([int(truth) for _, truth in pairs]))
