"""Regions of code that something points at: frames of stack traces, changed lines."""

from __future__ import annotations

from octad.records.base import Record


class Region(Record):
    """Lines `first` to `last` of a file, a function where that is known.

    `frames` counts the log lines whose stack traces pass through it, `top` those in which it is the innermost
    frame; `services` logged them. `revisions` are the candidate changes that touched it.
    """

    path: str
    first: int
    last: int
    function: str = ""
    frames: int = 0
    top: int = 0
    services: tuple[str, ...] = ()
    revisions: tuple[str, ...] = ()


class Regions(Record):
    """Regions of one repository, in any order."""

    regions: tuple[Region, ...] = ()


def region_name(region: Region) -> str:
    """How a report names a region: path, line, function."""
    return f"{region.path}:{region.first}" + (f" in {region.function}" if region.function else "")
