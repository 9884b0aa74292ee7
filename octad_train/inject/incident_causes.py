"""Injects changes and stack traces around an incident: one of them to blame, or none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from octad.records.change import Change, Changes, FileChange, name_of
from octad.records.code import Code
from octad.records.logs import Logs, LogTemplate
from octad.records.region import Region, Regions, region_name

Rng = np.random.Generator
PARTS = (
    "client", "handler", "store", "queue", "session", "cache", "parser", "limits", "retry", "pool", "model",
)  # fmt: skip
VERBS = ("Add", "Rework", "Speed up", "Simplify", "Fix", "Move", "Rename", "Drop", "Cache", "Log", "Bump")
THINGS = (
    "retries", "timeouts", "the pool size", "validation", "a feature flag", "serialisation", "metrics",
    "the default limit", "error handling", "docs", "tests", "dependencies", "configuration",
)  # fmt: skip
HOUR = 3_600.0
_NEAR, _DAYS = 0.75, 14


@dataclass(frozen=True, slots=True)
class Causes:
    """Changes and regions before an incident; `change` and `region` name what is to blame, "" for none."""

    changes: Changes
    regions: Regions | None
    logs: Logs | None
    change: str = ""
    region: str = ""


def draw_causes(
    services: Sequence[str], culprit: str, onset: float, logs: Logs | None, templates: Sequence[str], rng: Rng
) -> Causes:
    """Two to twelve changes; with a `culprit` one of them broke that service shortly before the onset.

    Then new templates of the fault, where there are any, carry a stack trace into a file of that change.
    """
    unrelated = [
        change_at(_service(services, rng), onset - _age(rng), rng) for _ in range(int(rng.integers(1, 12)))
    ]
    if not culprit:
        return Causes(Changes(changes=tuple(unrelated)), _passers(unrelated, rng), logs)
    guilty = change_at(culprit, onset - float(rng.exponential(0.2)) * HOUR, rng)
    shown, regions, region = logs, _passers(unrelated, rng), ""
    if logs is not None and templates and rng.random() < _NEAR:
        place = _region(guilty, culprit, rng)
        shown = _traced(logs, templates, place)
        others = regions.regions if regions else ()
        regions, region = Regions(regions=(place, *others)), region_name(place)
    held = [*unrelated, guilty]
    order = rng.permutation(len(held))
    return Causes(Changes(changes=tuple(held[i] for i in order)), regions, shown, name_of(guilty), region)


def change_at(service: str, time: float, rng: Rng) -> Change:
    """A change of some files of a service at a time."""
    revision = rng.bytes(20).hex()
    message = f"{VERBS[int(rng.integers(len(VERBS)))]} {THINGS[int(rng.integers(len(THINGS)))]}"
    files = []
    for part in rng.choice(PARTS, size=int(rng.integers(1, 4)), replace=False):
        lines = int(rng.lognormal(2, 1)) + 1
        text = "\n".join(f"{part}.{PARTS[int(rng.integers(len(PARTS)))]}()" for _ in range(min(lines, 40)))
        files.append(FileChange(before=None, after=Code(path=f"{service}/{part}.py", text=text)))
    when = datetime.fromtimestamp(max(time, 0.0), UTC)
    return Change(files=tuple(files), message=message, revision=revision, author="", time=when)


def _age(rng: Rng) -> float:
    """Seconds before the onset, spread over two weeks, most of them some hours."""
    return float(np.exp(rng.uniform(np.log(0.2), np.log(24 * _DAYS)))) * HOUR


def _service(services: Sequence[str], rng: Rng) -> str:
    return services[int(rng.integers(len(services)))] if services else "app"


def _region(change: Change, service: str, rng: Rng) -> Region:
    """A place in a file of the change that new errors come from."""
    file = change.files[int(rng.integers(len(change.files)))].after
    assert file is not None
    first, frames = int(rng.integers(1, 200)), int(rng.lognormal(2, 1)) + 1
    return Region(
        path=file.path, first=first, last=first + int(rng.integers(1, 40)), function=str(rng.choice(PARTS)),
        frames=frames, top=frames, services=(service,), revisions=(change.revision,),
    )  # fmt: skip


def _passers(changes: Sequence[Change], rng: Rng) -> Regions | None:
    """Regions that stack traces pass through without being at fault; now and then none at all."""
    held = []
    for change in changes:
        if rng.random() < 0.3:
            one = _region(change, "", rng)
            revisions = one.revisions if rng.random() < 0.5 else ()
            top = int(one.frames * rng.random() * 0.5)
            held.append(one.model_copy(update={"top": top, "revisions": revisions}))
    return Regions(regions=tuple(held)) if held else None


def _traced(logs: Logs, templates: Sequence[str], place: Region) -> Logs:
    """The logs, in which the examples of some templates end with a stack trace into the place."""

    def traced(one: LogTemplate) -> LogTemplate:
        if one.template not in templates:
            return one
        frame = f'  File "{place.path}", line {place.first}, in {place.function}'
        return one.model_copy(
            update={"example": f"{one.example}\nTraceback (most recent call last):\n{frame}"}
        )

    return logs.model_copy(update={"templates": tuple(map(traced, logs.templates))})
