"""Logs of an incident as items: each template with how it changed when everything else did.

Legend: N templates.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from octad.encoders.base import Items
from octad.encoders.incident_window import incident_window
from octad.encoders.logs import MOST, LogEncoder, chosen_items, own_numbers
from octad.records.graph import Graph
from octad.records.instant import Instant
from octad.records.logs import Logs
from octad.records.series import SeriesSet
from octad.signals.log_shifts import Beginning, LogShifts, log_shifts, owners

COMMON = 13
"""Numbers at the common time."""


class IncidentLogEncoder(LogEncoder):
    """Templates of logs, compared at the time when the metrics changed, which may be known."""

    size = LogEncoder.size + COMMON

    def items(
        self,
        logs: Logs | None,
        at: Instant | None = None,
        metrics: SeriesSet | None = None,
        graph: Graph | None = None,
    ) -> Items | None:
        """The templates that have most to say, in the order of that; a fall says as much as a rise."""
        if logs is None or not logs.templates:
            return None
        shifts = log_shifts(logs, began(metrics, graph, at))
        weights = np.abs(shifts.z) + 2 * shifts.grave * (shifts.since > 0)
        chosen = sorted(range(len(weights)), key=lambda i: (-weights[i], logs.templates[i].template))[:MOST]
        table = np.concatenate([own_numbers(logs, chosen, at), _common(logs, shifts)[chosen]], axis=1)
        return chosen_items(logs, chosen, table.astype(np.float32))


def began(metrics: SeriesSet | None, graph: Graph | None, at: Instant | None) -> Beginning | None:
    """When the incident began, by what is known or by the metrics; None where neither says.

    Readings are right to a step: each stands for what was since the one before it.
    """
    window = incident_window(metrics, graph, at)
    step = float(np.diff(window.observed.times[-2:]).sum()) if window else 0.0
    if at is not None:
        return Beginning(at.time, step / 2)
    return Beginning(window.start, step) if window and window.found else None


def _common(logs: Logs, shifts: LogShifts) -> NDArray[np.float64]:
    """What each template did at the common time `[K, 13]`."""
    _, of = owners(logs)
    lines = np.bincount(of, weights=shifts.since)[of]
    unusual = shifts.since * (shifts.new | (np.abs(shifts.z) > 3))
    share = np.bincount(of, weights=unusual)[of] / np.maximum(lines, 1)
    columns = [
        np.arcsinh(shifts.z) / 4,
        np.arcsinh(shifts.beside) / 4,
        np.clip(shifts.ratio / 3, -3, 3),
        np.log1p(shifts.before / max(shifts.n_before, 1)) / 5,
        np.log1p(shifts.since / max(shifts.n_since, 1)) / 5,
        shifts.new,
        shifts.gone,
        shifts.new * shifts.grave / 2,
        shifts.rare / 3,
        np.log(shifts.dispersion) / 5,
        shifts.since / max(shifts.since.sum(), 1),
        shifts.before / max(shifts.before.sum(), 1),
        share,
    ]
    return np.stack([np.asarray(one, np.float64) for one in columns], axis=1)
