"""A reader of what somebody else wrote, as one function of bytes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from octad.records.report import Block, Report
from octad.render.renderers import render

Shown = Iterable[str]
Run = Callable[[bytes], Shown | None]


@dataclass(frozen=True, slots=True)
class Reader:
    """A reader by name: `run` reads bytes in the current folder, `seeds` are inputs to begin with.

    It may raise an OctadError. What it gives is text for a terminal.
    """

    name: str
    run: Run
    seeds: tuple[bytes, ...]


def of_file(name: str, read: Callable[[Path], Shown | None]) -> Run:
    """A reader of a file, which has this name."""
    path = Path(name)

    def run(data: bytes) -> Shown | None:
        path.write_bytes(data)
        return read(path)

    return run


def text_of(data: bytes) -> str:
    """Bytes as text, whatever they are."""
    return data.decode("utf-8", "replace")


def shown(*blocks: Block, formats: Iterable[str] = ("terminal",)) -> Shown:
    """What people see of some blocks."""
    report = Report(agent="fuzz", version="1", blocks=blocks)
    return [render(name, report, {}) for name in formats]
