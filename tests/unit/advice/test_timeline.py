"""The chain of events: marks in the order of time, of what is held likely."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import numpy as np

from octad.advice.timeline import CURVES, SURE, Ranked, timeline
from octad.records.change import Change, Changes, name_of
from octad.records.instant import Instant
from octad.records.logs import Logs, LogTemplate
from octad.records.series import Series, SeriesSet

START, BROKE = 1_700_000_000.0, 1_700_000_000.0 + 36 * 60
NOTHING = Ranked({}, {}, {})
CHANGE = Change(files=(), message="Speed up", revision="abc", time=datetime.fromtimestamp(BROKE - 600, UTC))
LOST = LogTemplate(template="lost <*>", service="cart", count=1234, first=BROKE + 60)


def metrics(count: int = 3) -> SeriesSet:
    rng = np.random.default_rng(0)
    held = []
    for i in range(count):
        values = rng.normal(1, 0.02, 60)
        values[36:] *= 9
        times = tuple(START + 60.0 * k for k in range(60))
        held.append(Series(name=f"s{i}.latency", unit="s", times=times, values=tuple(values.tolist())))
    return SeriesSet(series=tuple(held))


def block_of(ranked: Ranked = NOTHING, **case: Any) -> Any:
    held = dict.fromkeys(("metrics", "logs", "changes", "graph", "at")) | case
    return timeline(**held, ranked=ranked)


def test_nothing_happened() -> None:
    block = block_of()
    assert (block.kind, block.marks, block.curves) == ("timeline", (), ())


def test_marks_are_in_the_order_of_time() -> None:
    ranked = Ranked({"s1.latency": 0.9}, {"lost <*>": 0.8}, {name_of(CHANGE): 0.7})
    changes, logs = Changes(changes=(CHANGE,)), Logs(templates=(LOST,))
    block = block_of(ranked, metrics=metrics(), logs=logs, changes=changes, at=Instant(time=BROKE))
    assert [mark.kind for mark in block.marks] == ["change", "incident", "metric", "log"]
    change, incident, metric, log = block.marks
    assert (change.text, change.weight, change.time) == ("abc Speed up", 0.7, BROKE - 600)
    assert "s1.latency first of all" in metric.text
    assert (log.text, log.subject, log.weight) == ("first of 1,234: lost <*>", "cart", 0.8)
    assert incident.time == metric.time == BROKE


def test_the_change_of_metrics_is_where_it_was() -> None:
    (mark,) = block_of(Ranked({"s1.latency": 0.9}, {}, {}), metrics=metrics()).marks
    assert mark.kind == "metric" and abs(mark.time - BROKE) <= 120 and "s1.latency first of all" in mark.text


def test_without_a_candidate_metrics_are_drawn_and_nothing_is_said_of_them() -> None:
    block = block_of(Ranked({}, {}, {}, ("s2.latency", "s1.latency")), metrics=metrics())
    assert not block.marks and [curve.name for curve in block.curves][:2] == ["s2.latency", "s1.latency"]


def test_curves_are_of_the_likeliest_metrics_that_are_there() -> None:
    held = metrics(CURVES + 3)
    weights = {f"s{i}.latency": i / 100 for i in range(CURVES + 3)} | {"gone.latency": 1.0}
    curves = block_of(Ranked(weights, {}, {}), metrics=held).curves
    assert [curve.name for curve in curves] == [f"s{i}.latency" for i in range(CURVES + 2, 2, -1)]
    assert curves[0].unit == "s" and len(curves[0].times) == 60


def test_what_is_unlikely_or_has_no_time_is_left_out() -> None:
    timeless, silent = CHANGE.model_copy(update={"time": None}), LOST.model_copy(update={"first": None})
    sure = Ranked({}, {"lost <*>": 1.0}, {name_of(CHANGE): 1.0})
    assert block_of(sure, changes=Changes(changes=(timeless,)), logs=Logs(templates=(silent,))).marks == ()
    faint = Ranked({}, {"lost <*>": SURE / 2}, {name_of(CHANGE): SURE / 2})
    assert block_of(faint, changes=Changes(changes=(CHANGE,)), logs=Logs(templates=(LOST,))).marks == ()
