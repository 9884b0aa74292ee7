"""Commits made in memory, for tests of what is told of them."""

from __future__ import annotations

from octad.records.notes import Notes
from octad.records.release import Release, ReleaseCommit


def name(number: int) -> str:
    """The full name of a commit."""
    return f"{number:07x}" + "0" * 33


def commit(number: int, message: str, paths: tuple[str, ...] = ("a.py",), **fields: object) -> ReleaseCommit:
    """A commit of a message; the higher the number, the newer, each on the one before."""
    subject, _, body = message.partition("\n\n")
    given = {"parents": (name(number - 1),), "time": float(number), "files": len(paths), **fields}
    return ReleaseCommit(revision=name(number), subject=subject, body=body, paths=paths, **given)


def release(*commits: ReleaseCommit, **fields: object) -> Release:
    """A release of commits that are given as they were made."""
    newest = commits[::-1]
    return Release(base=name(0), tip=newest[0].revision, commits=newest, **fields)


def texts(notes: Notes) -> list[str]:
    """The texts of all entries."""
    return [one.text for one in notes.entries]
