"""What lies between two versions of a repository, as a release."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from octad.errors import RepositoryError
from octad.read.git.sealed import Sealed, Where, sealed
from octad.read.history.log import TIMEOUT_S, Commit, read_log, read_names
from octad.read.history.messages import read_message
from octad.read.history.shallow import UNSHALLOW, is_shallow
from octad.read.history.versions import Span
from octad.records.lines import encodable
from octad.records.release import MOST_PATHS, Release, ReleaseCommit
from octad.records.skipped import Skipped

MOST, COUNTED = 20_000, 2_000
"""Commits that are read, and the newest of these whose lines are counted: both bound the time."""
MOST_COMPARED = 1_000
"""Commits of either side whose patches are compared with those of the other."""
MOST_PATCHES = 400
"""Commits whose patches are compared with each other."""


class Found(NamedTuple):
    """A release, and what of it was not read."""

    release: Release
    skipped: tuple[Skipped, ...]


def read_release(where: Where, span: Span) -> Found:
    """The commits of a span; raises RepositoryError."""
    git = sealed(where)
    name = f"{span.base}..{span.tip}" if span.base else span.tip
    count = int(git.run("rev-list", "--count", "--end-of-options", name, "--"))
    log, counted = _log(git, name, count)
    whole = _whole(git, log) if is_shallow(git) else frozenset()
    commits = [_commit(one, one.revision in counted, one.revision in whole) for one in log]
    copies = _repeated(git, commits) | _released(git, span, count)
    release = Release(
        repository=os.path.basename(git.place.top or git.place.git_dir.removesuffix(".git")),
        base=span.base,
        tip=span.tip,
        previous=encodable(span.previous),
        version=encodable(span.version),
        prefix=encodable(span.prefix),
        time=max((one.time for one in commits if one.revision == span.tip), default=0.0),
        commits=tuple(one.model_copy(update={"copy_of": copies.get(one.revision, "")}) for one in commits),
    )
    shown = f"{span.previous or span.base[:12]}..{span.version or span.tip[:12]}"
    return Found(release, tuple(_left_out(shown, count, bool(whole))))


def _log(git: Sealed, name: str, count: int) -> tuple[list[Commit], frozenset[str]]:
    """The newest commits of a range, the newest first, and those of them whose lines are counted."""
    newest = read_log(git, name, most=COUNTED, merges=True)
    older = read_names(git, name, before=COUNTED, most=MOST - COUNTED, merges=True) if count > COUNTED else []
    return [*older, *newest][::-1], frozenset(one.revision for one in newest)


def _whole(git: Sealed, log: Sequence[Commit]) -> frozenset[str]:
    """Commits at which a clone is cut off: what they seem to change is everything that was there."""
    return frozenset(one.revision for one in log if not one.parents)


def _commit(commit: Commit, is_counted: bool, is_cut: bool) -> ReleaseCommit:
    message = read_message(commit.message)
    files = () if is_cut else commit.files
    known = is_counted and not is_cut
    return ReleaseCommit(
        revision=commit.revision,
        subject=message.subject,
        body=message.body,
        author=encodable(commit.author)[:200],
        time=commit.time,
        parents=commit.parents,
        paths=tuple(encodable(one.path) for one in files[:MOST_PATHS]),
        files=len(files),
        added=sum(one.added for one in files) if known else None,
        removed=sum(one.deleted for one in files) if known else None,
        refs=message.refs,
        trailers=message.trailers,
    )


def _left_out(shown: str, count: int, is_cut: bool) -> Iterator[Skipped]:
    if count > MOST:
        reason = f"only the newest {MOST:,} of {count:,} commits are read: name a shorter range"
        yield Skipped(path=shown, reason=reason)
    if count > COUNTED:
        reason = f"lines are counted for the newest {COUNTED:,} of {count:,} commits alone"
        yield Skipped(path=shown, reason=reason)
    if is_cut:
        yield Skipped(path=shown, reason=f"this clone is shallow, what is older is not in it: {UNSHALLOW}")


def _released(git: Sealed, span: Span, count: int) -> dict[str, str]:
    """Commits whose very patch is on the other side already: a release branch got it first."""
    if not span.base or count > MOST_COMPARED:
        return {}
    other = int(git.run("rev-list", "--count", "--no-merges", f"{span.tip}..{span.base}", "--"))
    if not other or other > MOST_COMPARED:
        return {}
    try:
        output = git.run(
            "rev-list", "--cherry-mark", "--right-only", "--no-merges", f"{span.base}...{span.tip}", "--",
            timeout=TIMEOUT_S / 10,
        )  # fmt: skip
    except RepositoryError:  # a partial clone holds no files to compare
        return {}
    lines = output.decode("ascii", "replace").split()
    return {line[1:]: span.base for line in lines if line.startswith("=")}


def _repeated(git: Sealed, commits: Iterable[ReleaseCommit]) -> dict[str, str]:
    """Commits whose patch another one has, by the newer one that repeats it: of those of equal size alone."""
    alike: dict[tuple[object, ...], list[str]] = {}
    for one in commits:
        if one.added is not None and not one.is_merge and one.added + (one.removed or 0) > 0:
            alike.setdefault((one.files, one.paths, one.added, one.removed), []).append(one.revision)
    asked = [name for names in alike.values() if len(names) > 1 for name in names][:MOST_PATCHES]
    if not asked:
        return {}
    wanted = "".join(f"{name}\n" for name in asked).encode("ascii")
    try:
        patches = git.run("diff-tree", "--stdin", "--patch", "--no-ext-diff", "--no-textconv", stdin=wanted)
        output = git.run("patch-id", "--stable", stdin=patches).decode("ascii", "replace")
    except RepositoryError:
        return {}
    ids = {name: patch for patch, name in (line.split() for line in output.splitlines())}
    first: dict[str, str] = {}
    return {
        name: first[ids[name]] for name in asked if name in ids and first.setdefault(ids[name], name) != name
    }
