"""Rollouts as they are kept: one row for each, every decision beside it, and what came of deployments."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Mapping, Sequence

from octad.errors import InputError, StoreError
from octad.host.database import Connection
from octad.records.base import Record
from octad.rollout.plan import Decision, Rollout, Transition

MIGRATIONS = (
    """
    CREATE TABLE rollouts (
        id TEXT PRIMARY KEY,
        agent TEXT NOT NULL,
        state TEXT NOT NULL,
        is_over INTEGER NOT NULL,
        created REAL NOT NULL,
        held TEXT NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX one_for_each_agent ON rollouts (agent) WHERE NOT is_over;
    CREATE TABLE transitions (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        rollout TEXT NOT NULL REFERENCES rollouts (id),
        revision INTEGER NOT NULL,
        time REAL NOT NULL,
        held TEXT NOT NULL,
        UNIQUE (rollout, revision)
    ) STRICT;
    CREATE TABLE outcomes (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        time REAL NOT NULL,
        kind TEXT NOT NULL,
        subject TEXT NOT NULL,
        attributes TEXT NOT NULL
    ) STRICT;
    CREATE TABLE looks (
        subject TEXT PRIMARY KEY,
        time REAL NOT NULL,
        every REAL NOT NULL,
        held TEXT NOT NULL
    ) STRICT;
    """,
)
SHORTEST = 6
"""Characters that name a rollout."""


class Told(Record):
    """A decision as it is kept: of which rollout, its number there, and when, in Unix seconds."""

    rollout: str
    agent: str
    revision: int
    time: float
    transition: Transition


class Counted(Record):
    """How often what was decided of an agent."""

    agent: str
    decision: Decision
    count: int


def one(base: Connection, reference: str) -> Rollout:
    """A rollout by its id or the beginning of it, or the newest of an agent; raises InputError."""
    order = "ORDER BY is_over, created DESC LIMIT 1"
    row = base.execute(f"SELECT held FROM rollouts WHERE agent = ? {order}", (reference,)).fetchone()
    if row is None and len(reference) >= SHORTEST and reference.isalnum():
        found = base.execute("SELECT held FROM rollouts WHERE substr(id, 1, ?) = ? LIMIT 2",
                             (len(reference), reference)).fetchall()  # fmt: skip
        row = found[0] if len(found) == 1 else None
    if row is None:
        shown = reference[:64]
        raise InputError(f"there is no rollout {shown!r}", hint="`octad rollout status` shows them all")
    return _rollout(row[0])


def every(base: Connection, agent: str = "", *, running: bool = False) -> list[Rollout]:
    """The rollouts of an agent or of all, the newest first."""
    where = ["1"] + ["agent = ?"] * bool(agent) + ["NOT is_over"] * running
    values = (agent,) if agent else ()
    order = f"SELECT held FROM rollouts WHERE {' AND '.join(where)} ORDER BY created DESC, id"
    return [_rollout(held) for (held,) in base.execute(order, values)]


def put(base: Connection, rollout: Rollout, transitions: Sequence[Transition]) -> None:
    """Keep a rollout, and what was decided of it."""
    held = rollout.model_dump_json()
    base.execute(
        "INSERT INTO rollouts (id, agent, state, is_over, created, held) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (id) DO UPDATE SET state = excluded.state, is_over = excluded.is_over,"
        " held = excluded.held",
        (rollout.id, rollout.plan.agent, rollout.state, int(rollout.is_over), rollout.created, held),
    )
    first = rollout.revision - len(transitions) + 1
    base.executemany(
        "INSERT INTO transitions (rollout, revision, time, held) VALUES (?, ?, ?, ?)",
        [
            (rollout.id, first + at, time.time(), told.model_dump_json())
            for at, told in enumerate(transitions)
        ],
    )


def decisions(base: Connection, reference: str = "", most: int = 1_000) -> list[Told]:
    """What was decided, of one rollout or of all, the newest first."""
    where, values = ("", ()) if not reference else (" WHERE rollout = ?", (one(base, reference).id,))
    rows = base.execute(
        "SELECT rollout, agent, revision, time, transitions.held FROM transitions"
        f" JOIN rollouts ON rollouts.id = rollout{where} ORDER BY number DESC LIMIT ?",
        (*values, most),
    )
    return [
        Told(
            rollout=rollout,
            agent=agent,
            revision=revision,
            time=at,
            transition=Transition.model_validate_json(held),
        )
        for rollout, agent, revision, at, held in rows
    ]


def counts(base: Connection) -> list[Counted]:
    """How often each decision was taken for each agent, aborts among them."""
    rows = base.execute(
        "SELECT agent, json_extract(transitions.held, '$.decision') AS decision, count(*) FROM transitions"
        " JOIN rollouts ON rollouts.id = rollout GROUP BY agent, decision ORDER BY agent, decision"
    )
    return [Counted(agent=agent, decision=decision, count=count) for agent, decision, count in rows]


def add_outcome(base: Connection, kind: str, subject: str, attributes: Mapping[str, str]) -> None:
    """Keep what came of a deployment."""
    base.execute(
        "INSERT INTO outcomes (time, kind, subject, attributes) VALUES (?, ?, ?, ?)",
        (time.time(), kind, subject, json.dumps(dict(attributes), sort_keys=True)),
    )


def outcomes(base: Connection) -> list[tuple[float, str, str, dict[str, str]]]:
    """What came of deployments: time, kind, subject and attributes, the oldest first."""
    rows = base.execute("SELECT time, kind, subject, attributes FROM outcomes ORDER BY time, number")
    return [(at, kind, subject, json.loads(held)) for at, kind, subject, held in rows]


def put_look(base: Connection, subject: str, every_s: float, held: str) -> None:
    """Keep the last verdict on a deployment; there is another one every `every_s` seconds."""
    base.execute(
        "INSERT OR REPLACE INTO looks (subject, time, every, held) VALUES (?, ?, ?, ?)",
        (subject, time.time(), every_s if math.isfinite(every_s) else 0.0, held),
    )


def look(base: Connection, subject: str) -> tuple[float, float, str] | None:
    """When the last verdict on a deployment was, how often there is one, and it."""
    row = base.execute("SELECT time, every, held FROM looks WHERE subject = ?", (subject,)).fetchone()
    return (row[0], row[1], row[2]) if row else None


def _rollout(held: str) -> Rollout:
    try:
        return Rollout.model_validate_json(held)
    except ValueError as error:
        raise StoreError("a rollout is damaged as it is kept", kind="damaged") from error
