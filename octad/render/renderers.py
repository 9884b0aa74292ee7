"""Every way to write a report, found by the names of the files that do it."""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from octad.host.files import files_in

if TYPE_CHECKING:
    from octad.records.base import Record

FOLDER = Path(__file__).resolve().parent
REPORTS, GRAPHS = "formats", "graph_formats"
"""Folders of renderers: those for any report, and those for the graph of one."""


def names(*folders: str) -> tuple[str, ...]:
    """The names of the renderers in some folders; the terminal comes first, for it is what people see."""
    found = [path.stem for folder in folders for path in files_in(FOLDER / folder, ".py")]
    return tuple(sorted(dict.fromkeys(found), key=lambda name: name != "terminal"))


def render(
    name: str, report: Record, sources: Mapping[str, str], folders: Sequence[str] = (REPORTS, GRAPHS)
) -> str:
    """A report in a format of the first of the folders that has it.

    `sources` are the texts of files by their paths, to quote from.
    """
    folder = next(one for one in folders if (FOLDER / one / f"{name}.py").is_file())
    text: str = importlib.import_module(f"octad.render.{folder}.{name}").render(report, sources)
    return text
