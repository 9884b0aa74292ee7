"""The index of a registry: versions by digest and what aliases name, in SQLite."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from octad.errors import StoreError
from octad.host.database import Connection, Database
from octad.registry.base import Version

MIGRATIONS = (
    """
    CREATE TABLE versions (
        digest TEXT PRIMARY KEY,
        agent TEXT NOT NULL,
        created REAL NOT NULL,
        held TEXT NOT NULL
    ) STRICT;
    CREATE INDEX versions_by_agent ON versions (agent, created);
    CREATE TABLE aliases (
        agent TEXT NOT NULL,
        alias TEXT NOT NULL,
        digest TEXT NOT NULL,
        PRIMARY KEY (agent, alias)
    ) STRICT;
    """,
)


class Damaged(StoreError):
    """An entry of the index that is not what was written, in a file in which SQLite finds nothing wrong."""


class Index:
    """Versions and aliases; every change is one transaction, of which a copy is kept too."""

    def __init__(self, path: Path) -> None:
        self.database = Database(path, MIGRATIONS)

    def versions(self, agent: str = "") -> list[Version]:
        """All versions, the newest first."""
        try:
            with self.database.reading() as base:
                return found(base, agent)
        except Damaged as error:
            if self.database.damaged:
                raise
            self.database.spoil(error.message)
        with self.database.reading() as base:
            return found(base, agent)

    def aliases(self, agent: str) -> dict[str, str]:
        """Digests by alias."""
        with self.database.reading() as base:
            return named(base, agent)

    def copy(self) -> None:
        """Have the copy as the index is; where that fails the one before stays."""
        with suppress(StoreError):
            self.database.snapshot()


def found(base: Connection, agent: str = "") -> list[Version]:
    """The versions of an agent, or all, the newest first."""
    order = "ORDER BY created DESC, digest"
    if agent:
        rows = base.execute(f"SELECT held FROM versions WHERE agent = ? {order}", (agent,))
    else:
        rows = base.execute(f"SELECT held FROM versions {order}")
    return [_read(held) for (held,) in rows]


def one(base: Connection, digest: str) -> Version | None:
    """The version of a digest, None where there is none."""
    row = base.execute("SELECT held FROM versions WHERE digest = ?", (digest,)).fetchone()
    return _read(row[0]) if row else None


def add(base: Connection, version: Version) -> None:
    """Add a version that is not there yet."""
    held = json.dumps(version.model_dump(mode="json"), sort_keys=True)
    values = (version.digest, version.agent, version.created, held)
    base.execute("INSERT INTO versions (digest, agent, created, held) VALUES (?, ?, ?, ?)", values)


def remove(base: Connection, digests: Sequence[str]) -> None:
    """Remove some versions."""
    base.executemany("DELETE FROM versions WHERE digest = ?", [(digest,) for digest in digests])


def named(base: Connection, agent: str) -> dict[str, str]:
    """What the aliases of an agent name."""
    return dict(base.execute("SELECT alias, digest FROM aliases WHERE agent = ? ORDER BY alias", (agent,)))


def every_name(base: Connection) -> set[str]:
    """The digests that some alias names."""
    return {digest for (digest,) in base.execute("SELECT digest FROM aliases")}


def name(base: Connection, agent: str, changes: Mapping[str, str]) -> None:
    """Let aliases name digests; "" for none."""
    for alias, digest in changes.items():
        if digest:
            order = "INSERT OR REPLACE INTO aliases (agent, alias, digest) VALUES (?, ?, ?)"
            base.execute(order, (agent, alias, digest))
        else:
            base.execute("DELETE FROM aliases WHERE agent = ? AND alias = ?", (agent, alias))


def _read(held: str) -> Version:
    try:
        return Version.model_validate_json(held)
    except ValueError as error:
        raise Damaged("an entry of the index of versions is damaged", kind="damaged") from error
