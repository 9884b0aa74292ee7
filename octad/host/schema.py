"""What a database declares, made by migrations one after the other, and what SQLite's errors mean."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

from octad.errors import StoreError

_OBJECTS = "SELECT type, name, tbl_name, sql FROM sqlite_master LIMIT 1000"
_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT})
_NO_ROOM = frozenset(
    {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_FSYNC,
     sqlite3.SQLITE_IOERR_TRUNCATE}
)  # fmt: skip
_BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_INTERRUPT})
_REFUSED = frozenset(
    {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR,
     sqlite3.SQLITE_NOMEM}
)  # fmt: skip


class Unsound(Exception):
    """The file is not what was written."""


class Schema:
    """The tables that migrations make in a file, whose `user_version` says how many it has been through."""

    def __init__(self, path: Path, migrations: Sequence[str]) -> None:
        self._path = path
        self._migrations = tuple(migrations)
        self._objects = _made_by(self._migrations)

    def check(self, base: sqlite3.Connection, *, pages: bool = False, old: bool = False) -> None:
        """Raise Unsound where there are other tables, or `pages` that do not fit; StoreError of later ones.

        `old` ones may still be migrated.
        """
        version, last = _version(base), len(self._migrations)
        if version > last:
            reason = f"{self._path} was written by a later version of octad"
            raise StoreError(reason, kind="newer", hint="install that one")
        known = self._objects if version == last else _made_by(self._migrations[:version])
        if (version < last and not old) or _objects(base) != known:
            raise Unsound("its tables are not those that were made")
        if pages and (found := base.execute("PRAGMA quick_check(1)").fetchone()[0]) != "ok":
            raise Unsound(str(found).splitlines()[-1])

    def migrate(self, base: sqlite3.Connection) -> None:
        """Apply the migrations that were not yet, all or none; others may try at the same time."""
        last = len(self._migrations)
        if _version(base) == last:
            return
        base.execute("BEGIN IMMEDIATE")
        for migration in self._migrations[_version(base) :]:
            for statement in _statements(migration):
                base.execute(statement)
        if _version(base) < last:
            base.execute(f"PRAGMA user_version = {last}")
        self.check(base)
        base.execute("COMMIT")


def is_damage(error: Exception) -> bool:
    """Whether an error says that the file is not what was written."""
    code = getattr(error, "sqlite_errorcode", None)
    cut_off = code == sqlite3.SQLITE_IOERR_SHORT_READ
    no_text = isinstance(error, sqlite3.OperationalError) and "decode to UTF-8" in str(error)
    return isinstance(error, Unsound) or cut_off or no_text or (code is not None and code & 0xFF in _DAMAGED)


def meant(error: sqlite3.Error, path: Path) -> Exception:
    """What an error of SQLite means that is no damage; itself where it is of a statement."""
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        return error
    if code in _NO_ROOM:
        hint = "make room on the disk; what was kept before is all there"
        return StoreError(f"no room to write to {path}", kind="full", hint=hint)
    if code & 0xFF in _BUSY:
        return StoreError(f"somebody else writes to {path}", kind="busy", hint="try again")
    if code & 0xFF in _REFUSED:
        return StoreError(f"{path} cannot be used: {error}", kind="refused")
    return error


def _version(base: sqlite3.Connection) -> int:
    """How many migrations were applied."""
    return int(base.execute("PRAGMA user_version").fetchone()[0])


def _objects(base: sqlite3.Connection) -> list[tuple[str, ...]]:
    """Tables, indices and all else that a database declares."""
    return sorted(tuple(map(str, row)) for row in base.execute(_OBJECTS))


def _made_by(migrations: Sequence[str]) -> list[tuple[str, ...]]:
    """What migrations declare."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as base:
        for migration in migrations:
            base.executescript(migration)
        return _objects(base)


def _statements(script: str) -> Iterator[str]:
    """The statements of a script: `executescript` would end the transaction that it is in."""
    held = ""
    for part in script.split(";"):
        held += f"{part};"
        if sqlite3.complete_statement(held):
            if held.strip(" \n;"):
                yield held
            held = ""
