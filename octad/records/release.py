"""A release: what lies between two versions of a repository, commit by commit."""

from __future__ import annotations

from octad.records.base import Count, Moment, Record

MOST_PATHS = 64
"""Paths that are held of one commit; `files` says how many there were."""
MOST_BODY = 20_000
"""Characters that are held of the body of one message."""


class ReleaseCommit(Record):
    """One commit of a release.

    `time` is when it went in (Unix seconds of the committer); `paths` are the first files by name, at most
    `MOST_PATHS` of `files`; `added` and `removed` count lines, None where nobody counted them. `refs` are the
    issues and changes that its message names, as `#12`, `GH-12` or `ABC-12`, and `trailers` its last lines,
    as (key, value). A merge of several parents has the files that it brought to the first. `copy_of` names a
    newer commit of the release with the same patch, or `base` where the version before had the patch already;
    "" where there is none.
    """

    revision: str
    subject: str
    body: str = ""
    author: str = ""
    time: Moment = 0.0
    parents: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    files: Count = 0
    added: Count | None = None
    removed: Count | None = None
    refs: tuple[str, ...] = ()
    trailers: tuple[tuple[str, str], ...] = ()
    copy_of: str = ""

    @property
    def is_merge(self) -> bool:
        """Whether it has several parents."""
        return len(self.parents) > 1


class Release(Record):
    """What lies between two versions, the newest commit first.

    `base` and `tip` are full names of commits, `base` "" where everything before `tip` is meant; `previous`
    and `version` are the tags that name them, "" where none does. `prefix` is what the tags of one package
    begin with in a repository of several. `time` is when `tip` went in, in Unix seconds.
    """

    repository: str = ""
    base: str = ""
    tip: str = ""
    previous: str = ""
    version: str = ""
    prefix: str = ""
    time: Moment = 0.0
    commits: tuple[ReleaseCommit, ...] = ()
