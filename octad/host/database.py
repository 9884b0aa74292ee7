"""The one way to what is kept in SQLite: durable when it is said to be, by many at once, on any bad day.

A transaction that ended without an error is on the disk. One file in a private folder holds the tables that
its migrations made and nothing else; where others are found, or pages that do not fit, none is believed.
Beside it lie a copy that was sound when it was made, which is read when the file is damaged, and some room
for the day on which the disk is full.

The journal is one that is rolled back, cut off when a transaction ends: readers then write nothing, as they
would with a write-ahead log, and go on where there is no room; and that it was cut off is on the disk with
the transaction, as it is not of a journal that is removed.
"""

from __future__ import annotations

import errno
import os
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from octad.errors import StoreError, StoreFault
from octad.host.private import Reserve, is_private, sync_folder, why_not_private
from octad.host.schema import Schema, Unsound, is_damage, meant
from octad.host.terminal import say
from octad.host.whole_file import create, remove

Connection = sqlite3.Connection
"""What statements are executed on."""
Clash = sqlite3.IntegrityError
"""What a statement raises that a constraint of its table forbids."""
RESERVE = 1 << 20
"""Bytes that are kept for a full disk: the journal of a transaction that makes room, and some pages."""
DAY = 86_400.0
LONGEST = 60.0
"""Seconds that one transaction may compute."""
LARGEST_VALUE = 1 << 26
CHECKED = 1 << 23
"""Bytes up to which a file is checked whenever it is opened; a larger one when it is copied."""
_ORDERS = (
    "PRAGMA journal_mode = TRUNCATE",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA trusted_schema = OFF",
    "PRAGMA cell_size_check = ON",
    "PRAGMA mmap_size = 0",
)
_ROOM = (errno.ENOSPC, errno.EFBIG, errno.EDQUOT)
_REPAIR = "`octad store verify --repair` puts the last sound copy in its place"


class Database:
    """Tables in one private file, as `migrations` make them, one after the other.

    Every call has a connection of its own, so that threads and processes may call at once; of those that
    write, all but one wait, for at most `wait` seconds. Errors of SQLite become StoreError, but for those of
    the statements of whoever calls. `damaged` says what is wrong with the file, "" where nothing is: then
    `reading` is of the last sound copy, and `writing` refused, until somebody calls `restore`.
    """

    def __init__(self, path: Path, migrations: Sequence[str], *, wait: float = 10.0) -> None:
        self.path = path
        self.wait = wait
        self.damaged = ""
        self.copy = path.with_name(f"{path.stem}.snapshot{path.suffix}")
        self._schema = Schema(path, migrations)
        self._reserve = Reserve(path.with_name(f"{path.name}.reserve"), RESERVE)
        self._writer = threading.Lock()
        if problem := why_not_private(path.parent, "OCTAD_STORE"):
            raise StoreError(problem, kind="refused")
        with self._errors():
            self._begin()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """One state of the tables, unmoved by who writes meanwhile; raises StoreError."""
        with self._errors():
            base = self._sound() or self._copied()
        with closing(base), self._errors(system=False):
            yield base

    @contextmanager
    def writing(self, *, frees: bool = False) -> Iterator[sqlite3.Connection]:
        """A transaction that is on the disk when this ends, or has not happened; raises StoreError.

        One that `frees` room, or must not fail for want of it, may use the reserve.
        """
        if self.damaged:
            reason = f"{self.path} is damaged ({self.damaged}), so nothing is written to it"
            raise StoreError(reason, kind="damaged", hint=_REPAIR)
        with self._alone():
            if frees and not self._has_room():
                self._reserve.give()
            try:
                with self._errors():
                    base = self._connected("BEGIN IMMEDIATE")
                with closing(base), self._errors(system=False):
                    yield base
                    base.execute("COMMIT")
            finally:
                if frees:
                    self._reserve.keep()

    def snapshot(self) -> None:
        """Make the copy anew, where the file is sound; raises StoreError."""
        with self._errors(), closing(self._connected("BEGIN", pages=True)) as base:
            self._put_copy(base, self.copy)

    def restore(self) -> Path | None:
        """Put the copy in the place of a damaged file; where that now lies, None where it was sound.

        What was written after the copy was made is lost: whoever calls says so. Raises StoreError.
        """
        with self._errors(), self._alone():
            self.damaged = self._problem()
            if not self.damaged:
                return None
            with closing(self._copied()) as copy:
                aside = self.path.with_name(f"{self.path.stem}.damaged-{time.time_ns()}{self.path.suffix}")
                with suppress(FileNotFoundError):
                    os.link(self.path, aside)  # never is there no file in its place
                remove(self._journal())  # of the file that was: it would be played back into this one
                self._put_copy(copy, self.path)
            self.damaged = ""
            return aside

    def _begin(self) -> None:
        """Make or migrate the tables; see whether they are sound; copy them once a day."""
        if not self.path.exists() and not self.copy.exists():
            with suppress(FileExistsError):
                create(self.path)
                sync_folder(self.path.parent)
        problem = self._problem(old=True)
        if not problem and self.copy.exists() and self.path.stat().st_size == 0:
            problem = "it is empty"
        if problem:
            return self.spoil(problem)
        with closing(self._connected()) as base:
            self._schema.migrate(base)
        self._reserve.keep()
        if self._is_old():
            with suppress(StoreError):  # another day will do
                self.snapshot()
        return None

    def _sound(self) -> sqlite3.Connection | None:
        """A connection to the file that cannot write, in a transaction; None where it is damaged."""
        if self.damaged:
            return None
        try:
            base = self._connected("BEGIN")
        except (sqlite3.Error, Unsound) as error:
            if not is_damage(error):
                raise
            self.spoil(str(error))
            return None
        base.execute("PRAGMA query_only = ON")
        return base

    def _copied(self) -> sqlite3.Connection:
        """A connection to the copy, which nobody changes; raises StoreError where there is no sound one."""
        try:
            if not is_private(self.copy):
                raise Unsound("it is not a private file")
            base = sqlite3.connect(f"{_uri(self.copy)}?mode=ro&immutable=1", uri=True, isolation_level=None)
            with _closed_on_error(base):
                self._schema.check(base, pages=True)
        except (OSError, sqlite3.Error, Unsound) as error:
            reason = f"{self.path} is damaged ({self.damaged}), and of no use is its copy: {error}"
            raise StoreError(reason, kind="damaged", hint="move both away to begin anew") from error
        return base

    def _connected(self, begin: str = "", *, pages: bool = False, old: bool = False) -> sqlite3.Connection:
        """A connection to the file, if that is a private one, in a transaction on tables that are known."""
        for path in (self.path, self._journal()):
            try:
                if not is_private(path):
                    raise StoreError(f"{path} is not a private file; mode 600 makes it one", kind="refused")
            except FileNotFoundError as error:
                if path == self.path:
                    raise Unsound("it is gone") from error
        uri = f"{_uri(self.path)}?mode=rw"
        base = sqlite3.connect(uri, uri=True, timeout=self.wait, isolation_level=None)
        with _closed_on_error(base):
            base.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LARGEST_VALUE)
            for order in _ORDERS:
                base.execute(order)
            end = time.monotonic() + LONGEST + self.wait
            base.set_progress_handler(lambda: time.monotonic() > end, 1_000_000)
            if begin:
                base.execute(begin)
                self._schema.check(base, pages=pages, old=old)
        return base

    def _problem(self, *, old: bool = False) -> str:
        """What is wrong with the file, "" where nothing is; `old` ones are only looked at where small."""
        try:
            pages = not old or os.path.getsize(self.path) <= CHECKED
            self._connected("BEGIN", pages=pages, old=old).close()
        except FileNotFoundError:
            return "it is gone"
        except (sqlite3.Error, Unsound) as error:
            if not is_damage(error):
                raise
            return str(error) or "damaged"
        return ""

    def _put_copy(self, base: sqlite3.Connection, place: Path) -> None:
        """Write all of a database to another file, whole or not at all."""
        part = place.with_name(f".{place.name}.{os.getpid()}.{threading.get_ident()}")
        try:
            create(part)
            with closing(sqlite3.connect(part, isolation_level=None)) as copy:
                base.backup(copy)
            handle = os.open(part, os.O_RDWR)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
            part.replace(place)
            sync_folder(place.parent)
        finally:
            with suppress(OSError):
                remove(part)

    def spoil(self, problem: str) -> None:
        """Believe the file no longer, and say so once; whoever reads it may find what SQLite does not see."""
        if not self.damaged:
            say(f"{self.path} is damaged ({problem}): what is read is its last copy, nothing is written")
        self.damaged = problem or "damaged"

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Threads of this process write one after the other."""
        if not self._writer.acquire(timeout=self.wait):
            raise StoreError(f"somebody else writes to {self.path}", kind="busy", hint="try again")
        try:
            yield
        finally:
            self._writer.release()

    @contextmanager
    def _errors(self, *, system: bool = True) -> Iterator[None]:
        """What SQLite says, and the `system` where what it says is of this file, as StoreError."""
        try:
            yield
        except (sqlite3.Error, Unsound) as error:
            if is_damage(error):
                self.spoil(str(error))
                reason = f"{self.path} is damaged ({error})"
                raise StoreError(reason, kind="damaged", hint=_REPAIR) from error
            assert isinstance(error, sqlite3.Error)
            raise meant(error, self.path) from error
        except OSError as error:
            if not system:
                raise
            kind: StoreFault = "full" if error.errno in _ROOM else "refused"
            reason = (error.strerror or str(error)).lower()
            raise StoreError(f"{self.path} cannot be used: {reason}", kind=kind) from error

    def _has_room(self) -> bool:
        """Whether a transaction of some size could be written: whether a file of that size can be."""
        probe = Reserve(self.path.with_name(f".{self.path.name}.{os.getpid()}.room"), RESERVE // 2)
        try:
            return probe.keep()
        finally:
            probe.give()

    def _is_old(self) -> bool:
        """Whether there is no copy of today; one of tomorrow is of a clock that was wrong."""
        try:
            return abs(time.time() - os.lstat(self.copy).st_mtime) > DAY
        except OSError:
            return True

    def _journal(self) -> Path:
        return Path(f"{self.path}-journal")


@contextmanager
def _closed_on_error(base: sqlite3.Connection) -> Iterator[None]:
    """Close a connection that cannot be handed on."""
    try:
        yield
    except UnicodeDecodeError as error:  # SQLite quotes what it cannot make sense of
        base.close()
        raise Unsound("its tables are declared in what is no text") from error
    except sqlite3.OperationalError as error:
        base.close()
        if error.sqlite_errorcode != sqlite3.SQLITE_ERROR:
            raise
        raise Unsound(str(error)) from error  # what is executed here is right
    except BaseException:
        base.close()
        raise


def _uri(path: Path) -> str:
    return path.absolute().as_uri()
