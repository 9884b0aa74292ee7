"""The series of several files as one set: what goes on in another is joined, what is alike told apart."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise, takewhile
from pathlib import Path
from typing import NamedTuple

from octad.errors import InputError
from octad.read.contents import COMPRESSED, shown_name
from octad.read.metrics.files import read_series
from octad.read.metrics.label_names import UNNAMED, disambiguated
from octad.records.series import Series, SeriesSet, split_name
from octad.records.skipped import Skipped

_WORD = re.compile(r"[^/\\_\-. ]+")
_UNNAMED = re.compile(rf"{UNNAMED}(?=\{{|#|$)")


class _Read(NamedTuple):
    """A series, and what tells its file from the others."""

    series: Series
    path: Path
    part: str


def read_together(paths: Sequence[Path]) -> SeriesSet:
    """The series of all files; a file's name is no service, but tells results of queries apart.

    Series of one name that follow each other in time are one, where they have one unit. Those of the same
    time are told apart by their files if they name no service or no metric; else raises InputError.
    """
    groups: dict[str, list[_Read]] = defaultdict(list)
    skipped: dict[Skipped, None] = {}
    for path, part in zip(paths, distinguishing(paths), strict=True):
        found = read_series(path)
        skipped |= dict.fromkeys(found.skipped)
        for one in found.series:
            groups[one.name].append(_Read(one, path, part))
    series: list[Series] = []
    for group in groups.values():
        skipped |= dict.fromkeys(_mixed_units(group))
        series += _told_apart(group)
    names = disambiguated(one.name for one in series)
    named = (
        one if one.name == name else one.model_copy(update={"name": name})
        for one, name in zip(series, names, strict=True)
    )
    return SeriesSet(series=tuple(named), skipped=tuple(skipped))


def distinguishing(paths: Sequence[Path]) -> list[str]:
    """What of the name of each file the others do not share at its beginning or its end; never empty.

    `before/p99.json` and `before/errors.json` are p99 and errors, `p99_old.json` and `errors_old.json` too.
    """
    words = [_WORD.findall(_stem(path)) for path in paths]
    if len(paths) < 2:
        return [one[-1] if one else "" for one in words]
    first = _shared(words)
    last = _shared([one[first:][::-1] for one in words])
    return ["_".join(one[first : len(one) - last] or one[-1:]) for one in words]


def _shared(words: Sequence[Sequence[str]]) -> int:
    """How many words all begin with."""
    alike = (len(set(column)) == 1 for column in zip(*words, strict=False))
    return sum(1 for _ in takewhile(bool, alike))


def _stem(path: Path) -> str:
    """The path without what says the format and the packing."""
    plain = path.with_suffix("") if path.suffix in COMPRESSED else path
    return shown_name(plain.with_suffix("") if plain.suffix else plain)


def _told_apart(group: Sequence[_Read]) -> list[Series]:
    """Series of one name: joined where they follow each other, else named by their files."""
    if len(group) == 1:
        return [group[0].series]
    units = {one.series.unit for one in group}
    by_time = sorted(group, key=lambda one: one.series.times[:1])
    follow = all(a.series.times[-1:] < b.series.times[:1] for a, b in pairwise(by_time))
    if follow and len(units) == 1:
        return [_joined([one.series for one in by_time])]
    if len(units) == len(group):
        return [_named(one.series, "unit", one.series.unit or "unknown") for one in group]
    service, metric = split_name(group[0].series.name)
    if (service and not _UNNAMED.match(metric)) or len({one.part for one in group}) < len(group):
        first, second = group[0], group[1]
        raise InputError(
            f"{shown_name(second.path)} and {shown_name(first.path)} both hold the series "
            f"{first.series.name!r}",
            hint="name one of them",
        )
    return [_named(one.series, "file", one.part) for one in group]


def _named(series: Series, label: str, value: str) -> Series:
    """A series with one label more; a metric without a name is called by its file."""
    service, metric = split_name(series.name)
    value = value.replace(".", "_")
    if label == "file" and _UNNAMED.match(metric):
        metric = _UNNAMED.sub(lambda _: value, metric, count=1)
    elif metric.endswith("}"):
        metric = f"{metric[:-1]},{label}={value}}}"
    else:
        metric = f"{metric}{{{label}={value}}}"
    return series.model_copy(update={"name": f"{service}.{metric}" if service else metric})


def _joined(parts: Sequence[Series]) -> Series:
    """Series that follow each other as one; its lines are of several files and so of none."""
    parts = [one for one in parts if one.times] or parts[:1]
    return parts[0].model_copy(
        update={
            "times": tuple(time for one in parts for time in one.times),
            "values": tuple(value for one in parts for value in one.values),
            "lines": parts[0].lines if len(parts) == 1 else (),
            "flags": tuple(sorted({flag for one in parts for flag in one.flags})),
        }
    )


def _mixed_units(group: Sequence[_Read]) -> list[Skipped]:
    """What is to be said of a series that is measured in several units."""
    units = sorted({one.series.unit or "no unit" for one in group})
    if len(units) < 2:
        return []
    first = group[0].series
    reason = f"{first.name!r} is measured in {' and '.join(units)}: kept apart"
    return [Skipped(path=first.source or "metrics", reason=reason)]
