"""A change: files before and after, as a diff, a commit or a working tree shows them."""

from __future__ import annotations

from pydantic import AwareDatetime

from octad.records.base import Record
from octad.records.code import Code


class FileChange(Record):
    """One file of a change; `before` is None for a new file, `after` for a deleted one."""

    before: Code | None
    after: Code | None

    @property
    def path(self) -> str:
        """Where the file is, or was."""
        held = self.after or self.before
        return held.path if held else ""


class Measures(Record):
    """Fourteen measures of a change and of what came before it (Kamei et al. 2013).

    Subsystems, directories and files touched (`ns`, `nd`, `nf`) and the entropy of the lines over the
    files; lines added, deleted and there before (`la`, `ld`, `lt`); whether the message speaks of a fix;
    how many people changed the files before (`ndev`), days since their last change (`age`, mean), changes
    to them (`nuc`); changes by the author before: all, weighted by 1 / (years + 1), in the subsystems.
    """

    ns: float
    nd: float
    nf: float
    entropy: float
    la: float
    ld: float
    lt: float
    fix: float
    ndev: float
    age: float
    nuc: float
    exp: float
    rexp: float
    sexp: float


class Familiarity(Record):
    """How well its author knows the files of a change, and what became of earlier changes to them.

    Commits of the author, in all and within a year; those that touched the files; the share of the files
    that the author never touched; the author's share of what was changed in them within a year. Changes,
    repairs and people of a file (means), repairs within 90 days (of all), files that are new, days since the
    last change and since the first (mean); None where every file is new. `reverts` of the newest `commits`
    of the project took another one back.
    """

    author_commits: float
    author_commits_year: float
    author_on_files: float
    unknown_to_author: float
    own_share_year: float
    changes: float
    fixes: float
    fixes_90_days: float
    people: float
    new_files: float
    days_since_change: float | None = None
    days_old: float | None = None
    reverts: int = 0
    commits: int = 0


class Change(Record):
    """Files changed together, with the message that came with them.

    `measures` and `past` need a history: `past` holds the numbers of `octad.signals.change_history.NAMES`,
    None where one is not known. `without_past` says, in words, why they are missing.
    """

    files: tuple[FileChange, ...]
    message: str = ""
    revision: str = ""
    author: str = ""
    time: AwareDatetime | None = None
    measures: Measures | None = None
    past: tuple[float | None, ...] = ()
    familiarity: Familiarity | None = None
    without_past: str = ""


class Changes(Record):
    """Changes that may have to do with something, in any order."""

    changes: tuple[Change, ...] = ()


def name_of(change: Change) -> str:
    """How a report names a change: revision and subject."""
    return f"{change.revision[:12]} {change.message.partition(chr(10))[0]}".strip()


def paths_of(change: Change) -> tuple[str, ...]:
    """The files that a change touches."""
    return tuple(file.path for file in change.files if file.after or file.before)
