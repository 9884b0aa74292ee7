"""The changes of a repository as rows to learn risk from: measured, shown and labelled by its later fixes."""

from __future__ import annotations

import argparse
import json
import lzma
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from octad.errors import InputError, UnreadableInput
from octad.read.git.sealed import sealed
from octad.read.history.diffs import FilePatch, read_patches
from octad.read.history.log import Commit, read_log
from octad.read.history.measures import DAY, measured
from octad.read.history.program_files import is_product
from octad.records.change import Measures
from octad_train.data.changes.szz import defects_found, fixes_of, suspicious_lines

MOST_FIXES = 3000
MOST_CHARACTERS = 16_000
"""Of a longer diff the beginning is kept; source code comes first."""
MOST_LINES = 20_000
"""A commit of more lines is an import of other people's work: its diff is not read."""
GAP_DAYS = (90, 365)
LEAST = 200
"""Fewer changes than this teach nothing about the next."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class MinedChange:
    """One commit of a history.

    `found` is when a fix or a revert first showed that it introduced a defect (Unix seconds), 0 if none
    did; `hour` (0 to 24) and `weekday` (Monday is 0) are of the author's own clock. `diff` has a
    line `+++ path` before the changed lines of each file. `part` is `train`, `valid`, `test`, or `open`
    for the newest, whose defects had no time to be found.
    """

    revision: str
    time: int
    hour: float
    weekday: int
    author: str
    message: str
    measures: Measures
    files: tuple[str, ...]
    diff: str
    found: int = 0
    part: str = ""

    @property
    def label(self) -> bool:
        """Whether the change is known to have introduced a defect."""
        return self.found > 0

    def known(self, time: int) -> bool:
        """Whether at that time it was known to have introduced a defect."""
        return 0 < self.found <= time


def mine(folder: Path, *, progress: Progress | None = None, most: int = MOST_FIXES) -> list[MinedChange]:
    """The changes of a repository, the oldest first, labelled by at most `most` of its newest fixes.

    Raises RepositoryError without git or a repository, InputError when there is too little to learn from.
    """
    repository = sealed(folder)
    commits = read_log(repository)
    if len(commits) < LEAST:
        raise InputError(
            f"{len(commits)} changes in {folder}, at least {LEAST} are needed",
            hint="fetch the whole history (`git fetch --unshallow`), or name a larger repository",
        )
    fixes = {fix.revision: fix for fix in fixes_of(commits, most)}
    shown: dict[str, str] = {}
    traced: list[tuple[Commit, dict[str, list[int]]]] = []
    for revision, patches in read_patches(repository, [c.revision for c in commits if _is_readable(c)]):
        shown[revision] = shown_diff(patches)
        if revision in fixes:
            traced.append((fixes[revision], suspicious_lines(patches)))
    found = defects_found(repository, commits, _reported(traced, progress))
    rows = [
        _row(commit, measures, shown.get(commit.revision, ""), found.get(commit.revision, 0))
        for commit, measures in measured(commits)
    ]
    return split(rows)


def split(rows: Sequence[MinedChange]) -> list[MinedChange]:
    """Give the rows their parts, by time: the oldest 70 % train, 10 % valid, 20 % test, the newest open.

    Open are the rows of the last days, as many as four of five defects needed until they were found, at least
    90 and at most 365: what is younger is not known to be good.
    """
    ordered = sorted(rows, key=lambda row: row.time)
    end = ordered[-1].time - gap_days(ordered) * DAY if ordered else 0
    settled = [row for row in ordered if row.time <= end]
    bounds = int(0.7 * len(settled)), int(0.8 * len(settled))
    parts = ["train" if n < bounds[0] else "valid" if n < bounds[1] else "test" for n in range(len(settled))]
    parts += ["open"] * (len(ordered) - len(settled))
    return [replace(row, part=part) for row, part in zip(ordered, parts, strict=True)]


def gap_days(rows: Sequence[MinedChange]) -> float:
    """Days until four of five defects were found, within the bounds of `GAP_DAYS`."""
    delays = [(row.found - row.time) / DAY for row in rows if row.label]
    return float(np.clip(np.quantile(delays, 0.8), *GAP_DAYS)) if delays else float(GAP_DAYS[1])


def shown_diff(patches: Sequence[FilePatch]) -> str:
    """The changed lines of a commit, the program's own code first, at most `MOST_CHARACTERS`."""
    lines: list[str] = []
    room = MOST_CHARACTERS
    for patch in sorted(patches, key=lambda patch: not is_product(patch.path or patch.old_path)):
        lines.append(f"+++ {patch.path or patch.old_path}")
        for hunk in patch.hunks:
            lines += [f"-{line}" for line in hunk.deleted] + [f"+{line}" for line in hunk.added]
        room -= sum(len(line) + 1 for line in lines[-sum(_size(hunk) for hunk in patch.hunks) - 1 :])
        if room <= 0:
            break
    return "\n".join(lines)[:MOST_CHARACTERS]


def write_history(folder: Path, output: Path, *, progress: Progress | None = None) -> dict[str, int]:
    """Mine a repository and write its rows as compressed JSON lines; returns the number of each part."""
    rows = mine(folder, progress=progress)
    partial = output.with_suffix(".partial")
    with lzma.open(partial, "wt", encoding="utf-8", preset=1) as out:
        for row in rows:
            fields = asdict(row) | {"measures": list(row.measures.model_dump().values())}
            out.write(json.dumps(fields, separators=(",", ":")) + "\n")
    partial.replace(output)
    parts = [row.part for row in rows]
    return {part: parts.count(part) for part in ("train", "valid", "test", "open")}


def read_history(path: Path) -> Iterator[MinedChange]:
    """Read what `write_history` wrote. Raises UnreadableInput for a missing or damaged file."""
    try:
        with lzma.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                yield _read(json.loads(line))
    except (OSError, lzma.LZMAError, EOFError, ValueError, TypeError, KeyError) as error:
        raise UnreadableInput(f"{path} cannot be read: {error}", hint="mine the repository again") from error


def _read(fields: dict[str, Any]) -> MinedChange:
    measures = dict(zip(Measures.model_fields, fields["measures"], strict=True))
    return MinedChange(**fields | {"measures": Measures(**measures), "files": tuple(fields["files"])})


def _row(commit: Commit, measures: Measures, diff: str, found: int) -> MinedChange:
    clock = commit.written
    return MinedChange(
        revision=commit.revision,
        time=commit.time,
        hour=round(clock.hour + clock.minute / 60, 2),
        weekday=clock.weekday(),
        author=commit.author,
        message=commit.message,
        measures=measures,
        files=tuple(file.path for file in commit.files),
        diff=diff,
        found=found,
    )


def _is_readable(commit: Commit) -> bool:
    return 0 < sum(file.added + file.deleted for file in commit.files) <= MOST_LINES


def _reported(
    traced: Sequence[tuple[Commit, dict[str, list[int]]]], progress: Progress | None
) -> Iterable[tuple[Commit, dict[str, list[int]]]]:
    """The fixes, each reported as it is taken: tracing them takes the time."""
    for done, item in enumerate(traced, start=1):
        yield item
        if progress is not None:
            progress(done, len(traced))


def _size(hunk: Any) -> int:
    return len(hunk.deleted) + len(hunk.added)


def main(arguments: Sequence[str] | None = None) -> int:
    """Mine clones from the command line; returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m octad_train.data.changes.mined_history",
        description="Mine repositories for the risk of their changes.",
    )
    parser.add_argument("clones", nargs="+", type=Path, help="repositories with their whole history")
    parser.add_argument("--out", type=Path, required=True, help="a folder for one file of each")
    options = parser.parse_args(arguments)
    options.out.mkdir(parents=True, exist_ok=True)
    for clone in options.clones:
        counts = write_history(clone, options.out / f"{clone.resolve().name}.jsonl.xz")
        sys.stdout.write(f"{clone}: {counts}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
