"""Changes that were taken back, beside their neighbours in time: cues and whether it was so, by project.

The set `reverts` holds message, lines and outcome; who knew the files is read from clones of the projects, by
the names in their logs alone. A project without a clone is left out: its cues would be of half the change.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from octad.read.history.familiarity import FILES, familiarity_of
from octad.read.history.log import Commit, read_names
from octad.records.change import Change, Familiarity
from octad.signals.change_cues import change_cues, size_cues
from octad_train.data.public_sets import Row, rows

REVERTS = "reverts/reverts.jsonl.xz"
SHORT = 12
"""Digits of the names of commits in the set."""
EVERYTHING = 10_000_000


class Outcome(NamedTuple):
    """The cues of a change, whether it was taken back, its project and the part of the split."""

    cues: Mapping[str, float]
    reverted: bool
    project: str
    part: str


def outcomes(clones: Path) -> Iterator[Outcome]:
    """Every change of the set whose project lies in the folder of clones, as OWNER+NAME."""
    by_project: dict[str, list[Row]] = defaultdict(list)
    for row in rows(REVERTS):
        by_project[row["repo"]].append(row)
    for project, own in by_project.items():
        place = clones / project.replace("/", "+")
        if place.is_dir():
            known = familiarities(place, {row["sha"] for row in own})
            for row in own:
                if row["sha"] in known:
                    cues = cues_of(row, known[row["sha"]])
                    yield Outcome(cues, row["reverted"], project, row["split"])


def familiarities(place: Path, wanted: set[str]) -> dict[str, Familiarity]:
    """What the log of a repository says of some of its commits, each as it was when that went in."""
    log = read_names(place, "HEAD", before=0, most=EVERYTHING)
    touching: dict[str, list[int]] = defaultdict(list)
    own: dict[str, list[int]] = defaultdict(list)
    found = {}
    for at, commit in enumerate(log):
        name = commit.revision[:SHORT]
        if name in wanted:
            found[name] = familiarity_of(_earlier(log, touching, commit), own[commit.author], commit)
        for file in commit.files:
            touching[file.path].append(at)
        own[commit.author].append(commit.time)
    return found


def _earlier(log: Sequence[Commit], touching: Mapping[str, list[int]], commit: Commit) -> list[Commit]:
    places = {at for file in commit.files[:FILES] for at in touching.get(file.path, ())}
    return [log[at] for at in sorted(places)]


def cues_of(row: Row, known: Familiarity) -> dict[str, float]:
    """The cues of a row. Its diff was cut, its counts of lines were not."""
    change = Change(files=(), message=f"{row['subject']}\n{row['body']}", familiarity=known)
    size = size_cues(row["measures"]["added"], row["measures"]["deleted"])
    return change_cues(change, sides_of(row)) | size


def sides_of(row: Row) -> list[tuple[str, list[str], list[str]]]:
    """Path, lines added and deleted of each file of a row, as far as its diff goes."""
    found: dict[str, tuple[str, list[str], list[str]]] = {}
    own: tuple[str, list[str], list[str]] | None = None
    for line in row["diff"].split("\n"):
        if line.startswith("diff --git"):
            path = line.rpartition(" b/")[2]
            own = found.setdefault(path, (path, [], []))
        elif own and line.startswith("+") and not line.startswith("+++"):
            own[1].append(line[1:])
        elif own and line.startswith("-") and not line.startswith("---"):
            own[2].append(line[1:])
    return [*found.values(), *((path, [], []) for path, _, _ in row["files"] if path not in found)]
