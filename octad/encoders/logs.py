"""Logs as items: one per template, with when and how much its rate changed.

Legend: N templates, T buckets.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from octad.encoders.base import Encoder, Items
from octad.encoders.links import endings
from octad.records.instant import Instant
from octad.records.logs import Logs, LogTemplate
from octad.records.report import Anchor
from octad.signals.log_shifts import GRAVE, TROUBLE, buckets_of, counts_of
from octad.signals.rates import Shift, rate_shift

MOST = 64
"""Templates of one case at most: those whose rate changed most, and those that speak of errors."""
_CODE = r"py|js|ts|java|kt|go|rs|rb|cs|cpp|cc|c|php|scala|swift"
FRAME = re.compile(
    rf'(?:File "|\(|\bat |^\s*)((?:[A-Za-z]:)?/?(?:[\w.$@-]+[/\\])*[\w$-]+\.(?:{_CODE}))\b', re.MULTILINE
)


class LogEncoder(Encoder):
    """Templates of logs; with an instant, rates before and after it are compared."""

    size = 16
    kinds = 1
    relations = 0

    def items(self, logs: Logs | None, at: Instant | None = None) -> Items | None:
        """The templates that have most to say, in an order of their own text."""
        if logs is None or not logs.templates:
            return None
        n = buckets_of(logs)
        counts = [counts_of(one, n) for one in logs.templates]
        shifts = [_shift(held, logs, at) for held in counts]
        weights = [_weight(one, shift) for one, shift in zip(logs.templates, shifts, strict=True)]
        chosen = sorted(range(len(shifts)), key=lambda i: (-weights[i], logs.templates[i].template))[:MOST]
        return chosen_items(logs, chosen, own_numbers(logs, chosen, at))


def chosen_items(logs: Logs, chosen: Sequence[int], numbers: NDArray[np.float32]) -> Items:
    """Some templates as items, with their numbers `[N, K]`."""
    templates = [logs.templates[i] for i in chosen]
    return Items(
        texts=tuple(f"{one.level} {one.template}" for one in templates),
        numbers=numbers,
        kinds=(0,) * len(templates),
        names=tuple(one.template for one in templates),
        anchors=tuple(_anchor(one) for one in templates),
        subjects=tuple(one.service for one in templates),
        links=tuple(links_of(one.example) for one in templates),
        candidates=(True,) * len(templates),
    )


def own_numbers(logs: Logs, chosen: Sequence[int], at: Instant | None) -> NDArray[np.float32]:
    """What some templates say by themselves `[N, 16]`: rates change at `at`, or each at its own time."""
    n = buckets_of(logs)
    rows = []
    for i in chosen:
        counts = counts_of(logs.templates[i], n)
        rows.append(_numbers(logs.templates[i], counts, _shift(counts, logs, at), logs.lines, at is not None))
    return np.array(rows, np.float32).reshape(-1, LogEncoder.size)


def links_of(example: str) -> tuple[str, ...]:
    """What a stack trace in an example links to: the files that it passes through."""
    return tuple(sorted({ending for path in FRAME.findall(example) for ending in endings(path)}))


def _shift(counts: NDArray[np.float64], logs: Logs, at: Instant | None) -> Shift:
    bucket = None
    if at is not None and logs.start is not None:
        bucket = int((at.time - logs.start) // logs.interval)
    return rate_shift(counts, bucket)


def _weight(template: LogTemplate, shift: Shift) -> float:
    """How much a template has to say: what changed most, errors before the rest."""
    grave = GRAVE.get(template.level, 0) + bool(TROUBLE.search(template.template))
    return float(np.log1p(shift.gain) * (1 + (shift.log_ratio > 0)) + grave)


def _numbers(
    template: LogTemplate, counts: NDArray[np.float64], shift: Shift, lines: int, dated: bool
) -> list[float]:
    n = max(len(counts), 1)
    held = np.flatnonzero(counts)
    grave = GRAVE.get(template.level, 0)
    return [
        np.log1p(template.count) / 10,
        np.log1p(100 * template.count / max(lines, 1)) / 5,
        float(len(counts) > 1),
        held[0] / n if len(held) else 0.0,
        held[-1] / n if len(held) else 0.0,
        shift.at / n,
        np.log1p(shift.gain) / 5,
        np.clip(shift.log_ratio / 3, -3, 3),
        float(len(held) > 0 and held[0] >= shift.at > 0),
        np.log1p(counts.max(initial=0)) / 5,
        len(held) / n,
        float(grave == 2),
        float(grave == 1),
        float(bool(TROUBLE.search(template.template))),
        float("\n" in template.example),
        float(dated),
    ]


def _anchor(template: LogTemplate) -> Anchor | None:
    if not template.source:
        return None
    width = len(template.example.partition("\n")[0])
    return Anchor(path=template.source, line=template.line, end_line=template.line, end_column=width + 1)
