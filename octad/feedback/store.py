"""Where verdicts are kept: a database in the folder of a team's server. The newest of each actor holds.

What somebody said before stays as history. Nothing of the code is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from octad.errors import StoreError
from octad.feedback.heard import Heard, heard
from octad.feedback.verdict import Verdict, as_event
from octad.host.database import Database
from octad.records.base import Record
from octad.store.folders import data_folder, data_path

NAME = "feedback.sqlite"
LARGEST = 1_000_000
"""Verdicts that are kept, those that others took the place of among them."""
FIELDS = tuple(Verdict.model_fields)
MIGRATIONS = (
    """
    CREATE TABLE verdict (
        number INTEGER PRIMARY KEY, fingerprint TEXT NOT NULL, rule TEXT NOT NULL, decision TEXT NOT NULL,
        project TEXT NOT NULL, actor TEXT NOT NULL, time TEXT NOT NULL, agent TEXT NOT NULL,
        version TEXT NOT NULL, path TEXT NOT NULL, line_digest TEXT NOT NULL, reason TEXT,
        correction TEXT NOT NULL, note TEXT NOT NULL
    );
    CREATE INDEX of_finding ON verdict (project, fingerprint, actor, number);
    CREATE TABLE restored (
        project TEXT NOT NULL, rule TEXT NOT NULL, actor TEXT NOT NULL, number INTEGER NOT NULL
    );
    """,
)
_STANDING = f"""
    SELECT {", ".join(FIELDS)} FROM verdict AS one
    WHERE number = (SELECT MAX(number) FROM verdict AS other WHERE other.project = one.project
                    AND other.fingerprint = one.fingerprint AND other.actor = one.actor)
"""
_STILL_COUNTS = """
    AND NOT EXISTS (SELECT 1 FROM restored WHERE restored.project = one.project
                    AND restored.rule = one.rule AND restored.number >= one.number)
"""


class Restored(Record):
    """That verdicts on a rule up to now no longer silence it in a project, by somebody's word."""

    project: str
    rule: str
    verdicts: int


class Feedback:
    """The verdicts in a file, by default that of this user; raises StoreError."""

    def __init__(self, path: Path | None = None) -> None:
        self._base = Database(path or data_folder() / NAME, MIGRATIONS)

    def record(self, verdict: Verdict) -> bool:
        """Keep a verdict, in the place of what the actor said of the finding before; whether it is news."""
        said = verdict.model_dump(mode="json")
        said["time"] = verdict.time.astimezone(UTC).isoformat()
        with self._base.writing() as base:
            where = "AND project = ? AND fingerprint = ? AND actor = ? ORDER BY one.number DESC LIMIT 1"
            key = (verdict.project, verdict.fingerprint, verdict.actor)
            before = base.execute(f"{_STANDING} {where}", key).fetchone()
            if before is not None and _said(_verdict(before)) == _said(verdict):
                return False
            if (base.execute("SELECT MAX(number) FROM verdict").fetchone()[0] or 0) >= LARGEST:
                hint = "`octad feedback export` writes them out; then move the file away"
                raise StoreError(
                    f"there are {LARGEST:,} verdicts, and no more are kept", kind="full", hint=hint
                )
            marks = ", ".join("?" * len(FIELDS))
            row = [said[name] for name in FIELDS]
            base.execute(f"INSERT INTO verdict ({', '.join(FIELDS)}) VALUES ({marks})", row)
        return True

    def standing(self, project: str | None = None, *, counting: bool = False) -> list[Verdict]:
        """What holds of every actor, oldest first; `counting` leaves out what was before a rule came back."""
        query, values = f"{_STANDING} {_STILL_COUNTS if counting else ''}", list[str]()
        if project is not None:
            query, values = f"{query} AND project = ?", [project]
        with self._base.reading() as base:
            return _verdicts(base.execute(f"{query} ORDER BY number", values))

    def revision(self) -> tuple[int, int]:
        """What another verdict changes, and another rule that comes back; cheap to ask for."""
        query = "SELECT (SELECT MAX(number) FROM verdict), (SELECT MAX(rowid) FROM restored)"
        with self._base.reading() as base:
            verdicts, restored = base.execute(query).fetchone()
        return verdicts or 0, restored or 0

    def history(self, project: str, fingerprint: str) -> list[Verdict]:
        """Everything that was ever said of a finding, oldest first; `fingerprint` may be its beginning."""
        query = f"SELECT {', '.join(FIELDS)} FROM verdict WHERE project = ? AND substr(fingerprint, 1, ?) = ?"
        with self._base.reading() as base:
            values = (project, len(fingerprint), fingerprint)
            return _verdicts(base.execute(f"{query} ORDER BY number", values))

    def restore(self, project: str, rule: str, actor: str) -> Restored:
        """Let the verdicts on a rule up to now silence it no longer; dismissed findings stay dismissed."""
        with self._base.writing() as base:
            where = "FROM verdict WHERE project = ? AND rule = ?"
            count, last = base.execute(f"SELECT COUNT(*), MAX(number) {where}", (project, rule)).fetchone()
            if count:
                row = (project, rule, actor, last)
                base.execute("INSERT INTO restored (project, rule, actor, number) VALUES (?, ?, ?, ?)", row)
        return Restored(project=project, rule=rule, verdicts=count)

    def heard(self, project: str) -> Heard:
        """What follows for the findings of a project."""
        every = heard(map(as_event, self.standing(project)))
        counting = heard(map(as_event, self.standing(project, counting=True)))
        return Heard(every.dismissed, counting.tallies)


def existing() -> Feedback | None:
    """The verdicts of this user; None where there are none. Raises StoreError where they are of no use."""
    path = data_path() / NAME
    return Feedback(path) if path.exists() else None


def now() -> datetime:
    """The time, as verdicts have it."""
    return datetime.now(UTC)


def _verdicts(rows: Iterable[Sequence[object]]) -> list[Verdict]:
    return [_verdict(row) for row in rows]


def _verdict(row: Sequence[object]) -> Verdict:
    return Verdict.model_validate(dict(zip(FIELDS, row, strict=True)))


def _said(verdict: Verdict) -> Verdict:
    """A verdict without its time: saying the same once more is no news."""
    return verdict.model_copy(update={"time": datetime.min.replace(tzinfo=UTC)})
