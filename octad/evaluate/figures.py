"""Figures of an agent on labelled cases, head by head."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from octad.records.base import Record
from octad.runtime import Progress, Runner

Labelled = Sequence[tuple[Record, Any]]


def figures(runner: Runner[Any, Any], cases: Labelled, progress: Progress | None = None) -> dict[str, float]:
    """`head/metric` for every head that the labels speak of."""
    units = [runner.prepare(case) for case, _ in cases]
    outputs = runner.run(units, progress)
    asked = zip(cases, units, outputs, strict=True)
    answers = [runner.finish(case, unit, output) for (case, _), unit, output in asked]
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
                [units[i] for i in known],
            )
            found |= {f"{name}/{metric}": value for metric, value in metrics.items()}
    return found
