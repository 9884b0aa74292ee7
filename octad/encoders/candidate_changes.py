"""Candidate changes and regions of code as items.

Legend: N items.
"""

from __future__ import annotations

import numpy as np

from octad.encoders.base import Encoder, Items
from octad.encoders.incident_window import incident_window
from octad.encoders.links import endings
from octad.records.change import Change, Changes, name_of, paths_of
from octad.records.graph import Graph, named_in
from octad.records.instant import Instant
from octad.records.region import Region, Regions, region_name
from octad.records.report import Anchor
from octad.records.series import SeriesSet

MOST = 48
"""Changes, and regions, of one case: the newest, and those that stack traces pass through most."""
HOUR = 3_600.0


class CandidateChangeEncoder(Encoder):
    """One item per change, with its age when things went wrong."""

    size = 10
    kinds = 1
    relations = 1

    def items(
        self,
        changes: Changes | None,
        metrics: SeriesSet | None = None,
        graph: Graph | None = None,
        at: Instant | None = None,
    ) -> Items | None:
        """The newest changes, in the order of time."""
        if changes is None or not changes.changes:
            return None
        chosen = sorted(changes.changes, key=lambda one: (_time(one), one.revision))[-MOST:]
        start = _start(metrics, graph, at) or _time(chosen[-1])
        services = [node.id for node in graph.nodes] if graph else []
        rows = [_numbers(one, start, place, len(chosen)) for place, one in enumerate(chosen)]
        order = np.arange(len(chosen) - 1)
        return Items(
            texts=tuple(f"{one.message.partition(chr(10))[0]} {' '.join(paths_of(one))}" for one in chosen),
            numbers=np.array(rows, np.float32),
            kinds=(0,) * len(chosen),
            names=tuple(name_of(one) for one in chosen),
            anchors=tuple(_anchor(one) for one in chosen),
            subjects=tuple(max(named_in(paths_of(one), services), key=len, default="") for one in chosen),
            links=tuple((one.revision, *_endings(*paths_of(one))) for one in chosen),
            candidates=(True,) * len(chosen),
            edges=np.column_stack([order, order + 1, np.zeros_like(order)]).astype(np.int32),
        )


class CodeRegionEncoder(Encoder):
    """One item per region of code, with how often stack traces pass through it."""

    size = 6
    kinds = 1
    relations = 0

    def items(self, regions: Regions | None) -> Items | None:
        """The regions that are passed through most."""
        if regions is None or not regions.regions:
            return None
        held = sorted(regions.regions, key=lambda r: (-r.top, -r.frames, r.path, r.first))[:MOST]
        rows = [_region_numbers(one) for one in held]
        return Items(
            texts=tuple(f"{one.path} {one.function}" for one in held),
            numbers=np.array(rows, np.float32),
            kinds=(0,) * len(held),
            names=tuple(region_name(one) for one in held),
            anchors=tuple(
                Anchor(path=one.path, line=one.first, end_line=one.last, end_column=1) for one in held
            ),
            subjects=tuple(one.services[0] if one.services else "" for one in held),
            links=tuple((*one.revisions, *_endings(one.path)) for one in held),
            candidates=(True,) * len(held),
        )


def _region_numbers(region: Region) -> list[float]:
    return [
        np.log1p(region.frames) / 3,
        np.log1p(region.top) / 3,
        region.top / max(region.frames, 1),
        float(bool(region.revisions)),
        np.log1p(region.last - region.first) / 5,
        float(bool(region.function)),
    ]


def _time(change: Change) -> float:
    return change.time.timestamp() if change.time else 0.0


def _start(metrics: SeriesSet | None, graph: Graph | None, at: Instant | None) -> float:
    """When things went wrong: as said, or as the metrics show; 0 where nothing tells."""
    if at is not None:
        return at.time
    window = incident_window(metrics, graph, at)
    return window.start if window else 0.0


def _numbers(change: Change, start: float, place: int, count: int) -> list[float]:
    gap = (start - _time(change)) / HOUR
    files = [held for file in change.files for held in (file.after, file.before) if held is not None]
    lines = sum(held.text.count("\n") + 1 for held in files)
    measures = change.measures
    return [
        float(gap >= -0.1),
        np.log1p(abs(gap)) / 5 * np.sign(gap),
        float(0 <= gap < 1),
        float(0 <= gap < 24),
        (place + 1) / count,
        np.log1p(lines) / 8,
        np.log1p(len(change.files)) / 3,
        np.log1p(measures.la + measures.ld) / 8 if measures else 0.0,
        measures.fix if measures else 0.0,
        float(change.time is not None),
    ]


def _endings(*paths: str) -> tuple[str, ...]:
    return tuple(sorted({ending for path in paths for ending in endings(path)}))


def _anchor(change: Change) -> Anchor | None:
    paths = paths_of(change)
    return Anchor(path=paths[0], line=1, end_line=1, end_column=1) if paths else None
