"""The calibration of every head, fitted on held-out cases."""

from __future__ import annotations

from typing import Any

import numpy as np

from octad.evaluate.figures import Labelled
from octad.heads.base import Array, Calibration
from octad.metrics.scaling import fit_abstention, fit_temperature
from octad.runtime import Runner


def calibrations(runner: Runner[Any, Any], cases: Labelled) -> dict[str, Calibration]:
    """One temperature per head (Guo et al. 2017), and an offset of none; the identity without labels."""
    units = [runner.prepare(case) for case, _ in cases]
    outputs = runner.run(units)
    fitted: dict[str, Calibration] = {}
    for name, head in runner.agent.heads.items():
        pairs = [
            head.evidence(output[name], getattr(label, name), unit)
            for (_, label), unit, output in zip(cases, units, outputs, strict=True)
            if getattr(label, name) is not None and name in output and runner.agent.heard(name, unit)
        ]
        fitted[name] = _fit([pair for pair in pairs if pair is not None], head.abstains)
    return fitted


def _fit(pairs: list[tuple[Array, Array]], abstains: bool) -> Calibration:
    """Softmax over rows of different length, padded with impossible answers; logistic if flat."""
    if not pairs:
        return Calibration()
    if pairs[0][1].ndim:
        logits = np.concatenate([scores for scores, _ in pairs])
        return Calibration(fit_temperature(logits, np.concatenate([truth for _, truth in pairs])))
    longest = max(len(scores) for scores, _ in pairs)
    padded = np.full((len(pairs), longest), -np.inf)
    for row, (scores, _) in enumerate(pairs):
        padded[row, : len(scores)] = scores
    right = np.array([int(truth) for _, truth in pairs])
    fitted = fit_abstention(padded, right) if abstains else (fit_temperature(padded, right),)
    return Calibration(*fitted)
