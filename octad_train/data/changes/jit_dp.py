"""Changes of six projects with the fourteen measures and whether they introduced a defect (`jit_dp`, MIT).

Z. Zeng, Y. Zhang, H. Zhang, L. Zhang, Deep just-in-time defect prediction: how far are we?, ISSTA 2021. The
newest fifth of each project is the test; that of two projects is kept elsewhere. Labels are those of SZZ,
with its noise. The set names no authors; they are guessed from experience, which every commit adds one to.
"""

from __future__ import annotations

import csv
import lzma
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from octad.errors import UnreadableInput
from octad.records.change import Measures
from octad.signals.change_history import DAY, PastChange
from octad_train.data.public_sets import folder

JIT = "jit_dp/commits.csv.xz"
LICENCE = "MIT"
DELAY_DAYS = 120
"""A defect counts as known so long after the change: the set does not say when it was found."""
_STEPS = 40
_YEAR = 365 * DAY


@dataclass(frozen=True, slots=True)
class JitChange:
    """One change; `time` in Unix seconds, `label` whether it introduced a defect, `test` whether held out."""

    project: str
    revision: str
    time: float
    measures: Measures
    label: bool
    test: bool


def jit_changes() -> dict[str, list[JitChange]]:
    """The changes of every project in the order of time; raises as `folder` does, or UnreadableInput."""
    try:
        with lzma.open(folder() / JIT, "rt", encoding="utf-8", newline="") as lines:
            return jit_changes_of(csv.DictReader(lines))
    except (OSError, EOFError, lzma.LZMAError, KeyError, ValueError) as error:
        raise UnreadableInput(f"cannot read the labelled set {JIT}: {error}") from error


def jit_changes_of(rows: Iterable[dict[str, str]]) -> dict[str, list[JitChange]]:
    """Rows of the set, by project and time."""
    found: dict[str, list[JitChange]] = {}
    for row in rows:
        measures = Measures(**{name: float(row[name]) for name in Measures.model_fields})
        label, test = float(row["bug"]) > 0, row["split"] == "test"
        change = JitChange(row["project"], row["commit"], float(row["date"]), measures, label, test)
        found.setdefault(change.project, []).append(change)
    return {project: sorted(changes, key=lambda one: one.time) for project, changes in found.items()}


def past_of(changes: Sequence[JitChange], until: float | None = None) -> list[PastChange]:
    """One project's changes as a history that tells no label of the test, or of changes from `until` on."""
    authors = guessed_authors(changes)
    past = []
    for change, author in zip(changes, authors, strict=True):
        moment = datetime.fromtimestamp(change.time, UTC)
        found = change.label and not change.test and (until is None or change.time < until)
        past.append(
            PastChange(
                time=change.time,
                measures=change.measures,
                hour=moment.hour + moment.minute / 60,
                weekday=moment.weekday(),
                author=author,
                found=change.time + DELAY_DAYS * DAY if found else np.inf,
            )
        )
    return past


def guessed_authors(changes: Sequence[JitChange]) -> list[str]:
    """Names of who seems to have made each change: somebody whose experience the change continues.

    Experience counts the commits before, and some commits are not in the set: the nearest of at most
    forty less continues, if the recent experience of both agrees with the time between them.
    """
    authors: list[str] = []
    newest: dict[float, int] = {}
    for i, change in enumerate(changes):
        before = None
        for step in range(1, _STEPS):
            j = newest.get(change.measures.exp - step)
            if j is not None and _continues(changes[j], change, step):
                before = j
                del newest[changes[j].measures.exp]
                break
        authors.append(f"#{i}" if before is None else authors[before])
        newest[change.measures.exp] = i
    return authors


def _continues(earlier: JitChange, later: JitChange, step: int) -> bool:
    """Whether recent experience can have become the later one: at most a step more each, at least decayed."""
    years = max((later.time - earlier.time) / _YEAR, 0.01)
    most = earlier.measures.rexp + step
    least = earlier.measures.rexp / (1 + 3 * years) - 1
    return least <= later.measures.rexp <= most + 1e-6
