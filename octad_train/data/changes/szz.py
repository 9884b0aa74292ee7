"""Which commits introduced defects: fixes traced back to the commits that last wrote the lines they change.

The method is that of J. Sliwerski, T. Zimmermann, A. Zeller, When do changes induce fixes?, MSR 2005 (SZZ),
with cosmetic lines left out (S. Kim et al., Automatic identification of bug-introducing changes, ASE 2006).
Its labels are noisy both ways. Held against what developers said themselves, no variant comes near to being
right, and on the Linux kernel, whose fixes name what they repair, all find less still (G. Rosa et al.,
Evaluating SZZ implementations through a developer-informed oracle, ICSE 2021; Y. Lyu et al., Evaluating SZZ
implementations: an empirical study on the Linux kernel, arXiv 2308.05060, 76,046 pairs). A fix that only adds
lines blames nobody, a defect never fixed or fixed under another name is missed, a message may lie, and who
last touched a line need not have made it wrong. What a classifier scores on them is about them too.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby

from octad.errors import RepositoryError
from octad.read.git.sealed import Where, sealed
from octad.read.history.diffs import FilePatch
from octad.read.history.fix_messages import is_fix, reverted
from octad.read.history.log import Commit
from octad.read.history.program_files import is_cosmetic, is_product

MOST_FILES = 10
"""A fix of more files of the program is a clean-up with a fix in it: it blames everybody."""
MOST_LINES = 200
"""Likewise for a fix that changes more lines."""
BLAME_S = 60

Progress = Callable[[int, int], None]
_PULL = re.compile(r"\(#(\d+)\)\s*$|^Merge pull request #(\d+)")
_ISSUE = re.compile(r"(?:#|\bissues?/|\bgh-)(\d+)", re.IGNORECASE)
_REVISION = re.compile(rb"^([0-9a-f]{40,64}) \d+ \d+ \d+$", re.MULTILINE)


def fixes_of(commits: Sequence[Commit], most: int) -> list[Commit]:
    """The newest `most` commits that repair a defect in few enough files and lines."""
    found = [commit for commit in commits if is_fix(commit.message) and _is_small(commit)]
    return found[-most:]


def _is_small(commit: Commit) -> bool:
    files = [file for file in commit.files if is_product(file.path)]
    return 0 < len(files) <= MOST_FILES and 0 < sum(file.deleted for file in files) <= MOST_LINES


def suspicious_lines(patches: Iterable[FilePatch]) -> dict[str, list[int]]:
    """Lines of the old files that a fix took away or replaced, by path: cosmetic and moved ones left out."""
    patches = list(patches)
    moved = {line.strip() for patch in patches for hunk in patch.hunks for line in hunk.added}
    return {
        patch.old_path: lines
        for patch in patches
        if is_product(patch.old_path)
        and (
            lines := [
                hunk.old + n
                for hunk in patch.hunks
                for n, line in enumerate(hunk.deleted)
                if line.strip() not in moved and not is_cosmetic(line, patch.old_path)
            ]
        )
    }


class Tracer:
    """Finds who introduced what fixes change, in one repository.

    `commits` are its log, the oldest first. Commits named in `.git-blame-ignore-revs` and reverts are
    looked through, and so is whitespace; lines are followed through moves within a file and renames.
    """

    def __init__(self, where: Where, commits: Sequence[Commit]) -> None:
        self._repository = sealed(where)
        self._times = {commit.revision: commit.time for commit in commits}
        self._reverts = {commit.revision for commit in commits if reverted(commit.message)}
        self._opened = opening_times(commits)
        self._through = [f"--ignore-rev={name}" for name in self._ignored()]

    def introducers(self, fix: Commit, lines: Mapping[str, Sequence[int]]) -> set[str]:
        """Revisions that wrote `lines` (by path, before the fix) and are not later than the issue fixed."""
        found = {name for path, numbers in lines.items() for name in self._blame(fix.revision, path, numbers)}
        latest = min([fix.time, *(self._opened(int(number)) for number in _ISSUE.findall(fix.message))])
        return {
            name
            for name in found - self._reverts - {fix.revision}
            if name in self._times and self._times[name] <= latest
        }

    def _blame(self, revision: str, path: str, lines: Sequence[int]) -> set[str]:
        """Revisions that last wrote lines of the parent of `revision`; none where git cannot tell."""
        spans = [f"-L{first},{last}" for first, last in _runs(lines)]
        command = ["blame", "--porcelain", "-w", "-M", *self._through, *spans, f"{revision}^", "--", path]
        try:
            output = self._repository.run(*command, timeout=BLAME_S)
        except RepositoryError:
            return set()
        return {match[1].decode("ascii") for match in _REVISION.finditer(output)}

    def _ignored(self) -> list[str]:
        try:
            data = self._repository.run("cat-file", "blob", "HEAD:.git-blame-ignore-revs")
        except RepositoryError:
            return []
        listed = data.decode("utf-8", "replace")
        return [name for name in re.findall(r"^[0-9a-f]{40}", listed, re.MULTILINE) if name in self._times]


def opening_times(commits: Iterable[Commit]) -> Callable[[int], float]:
    """When an issue was opened at the latest, by its number; infinity where the log does not tell.

    Issues and pull requests share one rising number, and the message of a merged pull request names its own:
    an issue of a smaller number was there by then.
    """
    pulls = sorted(
        (int(found[1] or found[2]), commit.time)
        for commit in commits
        if (found := _PULL.search(commit.message.partition("\n")[0]))
    )
    numbers = [number for number, _ in pulls]
    earliest: list[float] = [float("inf")]
    for _, time in reversed(pulls):
        earliest.append(min(earliest[-1], time))
    earliest.reverse()
    return lambda number: earliest[bisect_left(numbers, number)]


def defects_found(
    where: Where, commits: Sequence[Commit], traced: Iterable[tuple[Commit, Mapping[str, Sequence[int]]]]
) -> dict[str, int]:
    """When the first defect of each revision came to light (Unix seconds), for those that had one.

    `traced` holds fixes with their suspicious lines. A change that was reverted counts as found then.
    """
    tracer = Tracer(where, commits)
    found: dict[str, list[int]] = defaultdict(list)
    for fix, lines in traced:
        for name in tracer.introducers(fix, lines):
            found[name].append(fix.time)
    whole = {commit.revision[:7]: commit.revision for commit in commits}
    for commit in commits:
        name = whole.get(reverted(commit.message)[:7], "")
        if name:
            found[name].append(commit.time)
    return {name: min(times) for name, times in found.items()}


def _runs(lines: Sequence[int]) -> list[tuple[int, int]]:
    """Runs of successive numbers, each as its first and last."""
    runs = []
    for _, group in groupby(enumerate(sorted(lines)), key=lambda pair: pair[1] - pair[0]):
        members = [line for _, line in group]
        runs.append((members[0], members[-1]))
    return runs
