"""Changes of which it is known whether they brought a defect: those of mined histories."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import numpy as np

from octad.read.history.program_files import is_product
from octad.records.change import Change, FileChange
from octad.records.code import Code
from octad.records.lines import encodable
from octad.signals.change_history import PastChange, history_numbers, known
from octad.syntax.languages import language_of
from octad_train.data.changes.mined_history import MinedChange, read_history


class Risk(NamedTuple):
    """A change, whether it introduced a defect, of which project and of which part of the split."""

    change: Change
    label: bool
    project: str
    part: str


@dataclass(frozen=True, slots=True)
class Risks:
    """Labelled changes, each as likely as another: a project counts by how many it has."""

    rows: tuple[Risk, ...]
    seed: int = 0

    def example(self, epoch: int, index: int) -> Risk:
        """The change number `index` of an epoch."""
        rng = np.random.default_rng((self.seed, epoch, index))
        return self.rows[int(rng.integers(len(self.rows)))]


def mined(folder: Path) -> Iterator[Risk]:
    """Settled changes of a program's own code in the histories of a folder (`*.jsonl.xz`), with their past.

    A change of tests or prose alone cannot get a label, and would be easy to tell.
    """
    for path in sorted(folder.glob("*.jsonl.xz")):
        rows = sorted(read_history(path), key=lambda row: row.time)
        numbers = history_numbers([past_of(row) for row in rows])
        for row, own in zip(rows, numbers, strict=True):
            if row.part != "open" and any(map(is_product, row.files)):
                yield Risk(change_of(row, own), row.label, path.name.partition(".")[0], row.part)


def past_of(row: MinedChange) -> PastChange:
    """A mined change as its successors see it: a change is assessed before anybody mined its history."""
    return PastChange(float(row.time), row.measures, row.hour, row.weekday, row.author, row.files)


def change_of(row: MinedChange, numbers: Iterable[float]) -> Change:
    """A mined change with the changed lines of its files and what the history says of it."""
    return Change(
        files=tuple(files_of(encodable(row.diff))),
        message=encodable(row.message),
        revision=row.revision,
        author=encodable(row.author),
        time=datetime.fromtimestamp(row.time, UTC),
        measures=row.measures,
        past=known(numbers),
    )


def files_of(diff: str) -> Iterator[FileChange]:
    """The files of a shown diff, each as the lines that went and the lines that came."""
    for part in ("\n" + diff).split("\n+++ ")[1:]:
        path, *lines = part.split("\n")
        sides = [[line[1:] for line in lines if line.startswith(sign)] for sign in "-+"]
        before, after = (_code(path, side) for side in sides)
        yield FileChange(before=before, after=after)


def _code(path: str, lines: Sequence[str]) -> Code | None:
    if not lines:
        return None
    return Code(path=path, text="\n".join(lines), language=language_of(path))
