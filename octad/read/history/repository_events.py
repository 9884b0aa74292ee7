"""What a git repository tells of its past: tags, merges and reverts.

`deployed`: a tag; its subject is the service that the tag names (`api-v1.2`, `web/2.0`, `@ui/core@3.1`),
else the repository. A tag without a message has the time of its commit. `merge`: a commit of several
parents. `rolled-back`: a commit that takes another one back, as its message says; one that takes a revert
back is none.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from octad.read.code.git import Repository
from octad.records.events import Event, Events

# The newest of each kind; what is older says little of today.
MAX_EVENTS = 10_000
_LOG = (
    "log", "-z", "--no-show-signature", "--no-notes", "--no-color", "--no-mailmap", "--encoding=UTF-8",
    "--format=%H%x00%ct%x00%s%x00%b", f"--max-count={MAX_EVENTS}",
)  # fmt: skip
_TAGS = (
    "for-each-ref", "--sort=-creatordate", f"--count={MAX_EVENTS}",
    "--format=%(objecttype)%(*objecttype)%00%(objectname)%00%(*objectname)%00%(creatordate:unix)%00%(refname:strip=2)",
)  # fmt: skip
_REVERTED = ("--no-merges", "--basic-regexp", '--grep=^Revert "', "--grep=^This reverts commit ")
_REVERTS = re.compile(r"^This reverts commit ([0-9a-f]{7,64})", re.MULTILINE)
_SAYS_SO = re.compile(r"\brevert|\broll(?:ing|ed)?[ -]?back|\bback(?:ing|ed)?[ -]out", re.IGNORECASE)
_SERVICE = re.compile(r"(?!v?\d)(.*?[^-_/@])[-_/@]+v?\d[\w.+-]*", re.IGNORECASE)
_NO_SERVICE = frozenset(
    {"deploy", "deployment", "prod", "production", "rel", "release", "v", "ver", "version"}
)


def events_of_repository(folder: Path, since: str = "") -> Events:
    """Deployments, merges and rollbacks, by time; with `since`, only those that this revision lacks.

    Raises RepositoryError without git, a repository, a commit in it or the revision.
    """
    repository = Repository(folder)
    head = repository.commit("HEAD", "HEAD")
    before = repository.commit(since, since) if since else ""
    name = os.path.basename(repository.top)
    span = (head, f"^{before}") if before else (head,)
    tags = repository.run(*_TAGS, *([f"--no-merged={before}"] if before else []), "refs/tags")
    found = [
        *_merges(repository.run(*_LOG, "--merges", *span, "--"), name),
        *_rollbacks(repository.run(*_LOG, *_REVERTED, *span, "--"), name),
        *_deployments(tags, name),
    ]
    return Events(events=tuple(sorted(found, key=lambda one: one.time)))


def _deployments(output: bytes, name: str) -> Iterator[Event]:
    """Tags of commits; those of files, folders and tags are left out."""
    for line in output.decode("utf-8", "replace").splitlines():
        kinds, tagged, commit, seconds, tag = line.split("\0")
        if kinds.endswith("commit") and (time := _time(seconds)) is not None:
            attributes = {"tag": tag, "revision": commit or tagged}
            yield Event(time=time, kind="deployed", subject=_service(tag) or name, attributes=attributes)


def _service(tag: str) -> str:
    """The service before the version in a tag; empty where there is none."""
    found = _SERVICE.fullmatch(tag)
    return "" if found is None or found[1].lower() in _NO_SERVICE else found[1]


def _merges(output: bytes, name: str) -> Iterator[Event]:
    """Commits of several parents."""
    for commit, seconds, title, _ in _commits(output):
        if (time := _time(seconds)) is not None:
            yield Event(
                time=time, kind="merge", subject=name, attributes={"revision": commit, "title": title}
            )


def _rollbacks(output: bytes, name: str) -> Iterator[Event]:
    """Commits that say that they take another one back; a squashed revert does not say which.

    A branch that was squashed lists what it took back of its own work: then the title says nothing of it.
    """
    for commit, seconds, title, body in _commits(output):
        reverted = _REVERTS.search(body)
        if reverted is not None and reverted.start() > 0 and not _SAYS_SO.search(title):
            continue
        if reverted is None and not title.startswith('Revert "'):
            continue
        if title.startswith(('Revert "Revert "', 'Reapply "')) or (time := _time(seconds)) is None:
            continue
        attributes = {"revision": commit, "title": title} | ({"reverts": reverted[1]} if reverted else {})
        yield Event(time=time, kind="rolled-back", subject=name, attributes=attributes)


def _commits(output: bytes) -> Iterator[Sequence[str]]:
    """Name, time, title and body of each commit of a log."""
    fields = output.decode("utf-8", "replace").split("\0")[:-1]
    for start in range(0, len(fields), 4):
        yield fields[start : start + 4]


def _time(seconds: str) -> datetime | None:
    """The time of a commit or tag; None where it has none, or one beyond all years."""
    try:
        return datetime.fromtimestamp(int(seconds), UTC)
    except (ValueError, OverflowError, OSError):
        return None
