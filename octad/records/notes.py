"""Notes on a release or a change: entries that people can read, each with the commits it rests on."""

from __future__ import annotations

from typing import Literal, get_args

from octad.records.api import ApiChange
from octad.records.base import Count, Moment, Record
from octad.records.report import Anchor, Report

Kind = Literal[
    "breaking",
    "security",
    "feature",
    "change",
    "deprecation",
    "fix",
    "performance",
    "documentation",
    "internal",
]
KINDS: tuple[Kind, ...] = get_args(Kind)
"""In the order in which notes tell them."""
Audience = Literal["users", "developers"]
Origin = Literal["subject", "body", "override", "correction", "changelog", "interface", "files"]
"""Where a text was taken from: a message's first line or its body, what people wrote to be told instead, an
entry of the changelog that is not released yet, or a fact of the code."""


class Written(Record):
    """What people wrote of the release before: an entry of a changelog or a fragment, under its section.

    `commits` are those that wrote it there.
    """

    text: str
    section: str = ""
    refs: tuple[str, ...] = ()
    commits: tuple[str, ...] = ()
    anchor: Anchor | None = None


class InterfaceChange(Record):
    """A change of the public interface, with the commits that made it."""

    change: ApiChange
    commits: tuple[str, ...]


class Correction(Record):
    """What is to be told of the commit whose name begins with `revision`; the rest stays as it is."""

    revision: str
    text: str = ""
    kind: Kind | None = None
    section: str = ""
    hide: bool = False


class Material(Record):
    """What notes are made of beside the commits, and for whom they are.

    `interface` holds how the interface changed, `written` what the changelog says already. `describes` asks
    for the title and the body of a change in the place of the notes on a release.
    """

    audience: Audience = "users"
    written: tuple[Written, ...] = ()
    interface: tuple[InterfaceChange, ...] = ()
    corrections: tuple[Correction, ...] = ()
    describes: bool = False


class Entry(Record):
    """One thing that happened.

    `commits` are full names of the commits that it rests on; there is always one. `probability` is that
    people would tell it, None where nobody measured it. `anchor` is the place of a fact or of an entry of a
    changelog.
    """

    text: str
    kind: Kind
    section: str
    commits: tuple[str, ...]
    refs: tuple[str, ...] = ()
    origin: Origin = "subject"
    probability: float | None = None
    anchor: Anchor | None = None


class LeftOut(Record):
    """Why some commits are in no entry."""

    reason: str
    commits: tuple[str, ...]


class Notes(Report):
    """The notes: a heading, entries in the order in which they are told, and what is not told.

    `heading` is the version, or the title of a change; `time` when it went out (Unix seconds), 0 where it did
    not. `previous` and `tag` name the versions, `total` counts the commits that were read.
    """

    heading: str = ""
    previous: str = ""
    tag: str = ""
    time: Moment = 0.0
    audience: Audience = "users"
    total: Count = 0
    entries: tuple[Entry, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
