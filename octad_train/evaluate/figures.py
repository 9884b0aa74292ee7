"""Figures of an agent on labelled cases, head by head."""

from __future__ import annotations

import math
from typing import Any

from octad.calibration.fit import Labelled
from octad.runtime import Progress, Runner


def figures(runner: Runner[Any, Any], cases: Labelled, progress: Progress | None = None) -> dict[str, float]:
    """`head/metric` for every head that the labels speak of; what cannot be measured is left out."""
    asked = runner.ask([case for case, _ in cases], progress)
    answers = [one.answer for one in asked]
    found: dict[str, float] = {}
    for name, head in runner.agent.heads.items():
        known = [
            i
            for i, (_, label) in enumerate(cases)
            if getattr(label, name) is not None and getattr(answers[i], name) is not None
        ]
        if known:
            metrics = head.metrics(
                [getattr(answers[i], name) for i in known],
                [getattr(cases[i][1], name) for i in known],
                [asked[i].unit for i in known],
            )
            measured = {metric: value for metric, value in metrics.items() if math.isfinite(value)}
            found |= {f"{name}/{metric}": value for metric, value in measured.items()}
    return found
