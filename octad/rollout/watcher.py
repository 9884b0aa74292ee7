"""Asks a Prometheus about a deployment, look by look, and keeps what is said and what comes of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from octad.errors import InputError, UnreadableInput
from octad.host.database import Database
from octad.read.metrics.prometheus_api import query_prometheus, step_of
from octad.records.series import Comparison, Series, SeriesSet, parted
from octad.rollout import kept
from octad.rollout.watch import Look, Schedule, combined, looked

LEAST_SECONDS = 60.0
"""A window of the time since, however new a deployment is."""
NO_POINTS = "no points in this window"


@dataclass(frozen=True, slots=True)
class Questions:
    """What to ask of which Prometheus.

    Either `queries` whose series tell of the time before and since, or as many `baseline` as `canary`
    queries, which tell of two sides at the same time. `minutes` are looked at before.
    """

    url: str
    queries: tuple[str, ...] = ()
    baseline: tuple[str, ...] = ()
    canary: tuple[str, ...] = ()
    minutes: float = 60.0


@dataclass(frozen=True, slots=True)
class Deployment:
    """What is watched: its name, since when in Unix seconds, its plan, and what is known of its change."""

    subject: str
    at: float
    schedule: Schedule
    odds: float | None = None
    revision: str = ""


def checked(questions: Questions) -> Questions:
    """The same; raises InputError for what cannot be asked."""
    if questions.queries and (questions.baseline or questions.canary):
        raise InputError("--query takes the place of --baseline and --canary", hint="give one of them")
    if len(questions.baseline) != len(questions.canary):
        raise InputError("as many --baseline as --canary", hint="the first belongs to the first")
    if not questions.queries and not questions.canary:
        raise InputError("nothing to ask for", hint="name --query, or --baseline and --canary")
    return questions


def measured(questions: Questions, at: float, now: float) -> Comparison:
    """Both sides of a deployment; raises InputError, UnreadableInput among it."""
    now = max(now, at + LEAST_SECONDS)
    if questions.queries:
        start = at - questions.minutes * 60
        step = step_of(now - start)
        return parted(query_prometheus(questions.url, questions.queries, start=start, end=now, step=step), at)
    sides: tuple[list[Series], list[Series]] = ([], [])
    for pair in zip(questions.baseline, questions.canary, strict=True):
        found = [
            query_prometheus(questions.url, (one,), start=at, end=now, step=step_of(now - at)) for one in pair
        ]
        sides[0].extend(found[0].series)
        sides[1].extend(_named_alike(found[0].series, found[1].series, pair))
    before, after = (SeriesSet(series=_once(side)) for side in sides)
    return Comparison(before=before, after=after)


def look(questions: Questions, deployment: Deployment, passed: float, *, is_first: bool = True) -> Look:
    """One look, after so many seconds without anything in the way.

    A Prometheus that does not answer, and answers that are empty, hold. Raises InputError for a query that
    it does not take, where it `is_first` asked.
    """
    now = time.time()
    metrics, missing = None, ""
    try:
        metrics = measured(questions, deployment.at, now)
    except UnreadableInput as error:
        missing = str(error)
    except InputError as error:
        if is_first and NO_POINTS not in error.message:
            raise
        missing = str(error)
    word, reason, found = looked(metrics)
    schedule = deployment.schedule
    said, why = combined(word, missing or reason, schedule, passed)
    return Look(
        subject=deployment.subject, at=deployment.at, verdict=said, reason=why, odds=deployment.odds,
        weight=0 if said == "roll back" else schedule.weight(passed), seconds=max(now - deployment.at, 0.0),
        is_last=said != "hold", revision=deployment.revision, metrics=found,
    )  # fmt: skip


def watched(
    questions: Questions,
    deployment: Deployment,
    every: float,
    longest: float,
    *,
    told: Callable[[Look], None],
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> Look:
    """Look every so many seconds until something is decided, or for `longest`; the last look.

    Time in which something was not measured is no time of a step.
    """
    begun, last, passed = clock(), clock(), 0.0
    found: Look | None = None
    while True:
        now = clock()
        if found is None or found.metrics:
            passed += max(now - last, 0.0)
        last = now
        found = look(questions, deployment, passed, is_first=found is None)
        told(found)
        if found.is_last or now - begun >= longest:
            return found
        sleep(min(every, max(longest - (clock() - begun), 0.0)))


def keep(base: Database, found: Look, every: float) -> None:
    """Keep a look for whoever asks the server, and what came of the deployment, once; raises StoreError."""
    with base.writing() as connection:
        kept.put_look(connection, found.subject, every, found.model_dump_json())
        if found.is_last:
            kind = "rolled-back" if found.verdict == "roll back" else "deployed"
            attributes = {"at": f"{found.at:.0f}", "by": "octad rollout watch", "reason": found.reason[:500]}
            attributes |= {"revision": found.revision} if found.revision else {}
            attributes |= {"odds": f"{found.odds:g}"} if found.odds is not None else {}
            if not any(
                one[2] == found.subject and one[3].get("at") == attributes["at"] and one[1] == kind
                for one in kept.outcomes(connection)
            ):
                kept.add_outcome(connection, kind, found.subject, attributes)


def last_look(base: Database, subject: str) -> tuple[Look, float, float] | None:
    """The last verdict on a deployment, how old it is, and how often there is one; raises StoreError."""
    with base.reading() as connection:
        row = kept.look(connection, subject)
    if row is None:
        return None
    at, every, held = row
    return Look.model_validate_json(held), time.time() - at, every


def _named_alike(before: Sequence[Series], after: Sequence[Series], queries: tuple[str, str]) -> list[Series]:
    """The series of a canary by the names that those of its baseline have."""
    if len(before) == len(after) == 1:
        return [after[0].model_copy(update={"name": before[0].name})]
    first, second = (" ".join(one.split()) for one in queries)
    return [one.model_copy(update={"name": one.name.replace(second, first)}) for one in after]


def _once(series: Sequence[Series]) -> tuple[Series, ...]:
    """Each name once; of two the first."""
    return tuple({one.name: one for one in reversed(series)}.values())
