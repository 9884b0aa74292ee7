"""Templates of an incident: parted when the metrics changed; falls count as much as rises."""

from __future__ import annotations

import numpy as np

from octad.encoders.incident_logs import COMMON, IncidentLogEncoder, began
from octad.encoders.logs import MOST, LogEncoder
from octad.records.instant import Instant
from octad.records.logs import Logs
from octad.records.series import Series, SeriesSet
from tests.said import template

ENCODER = IncidentLogEncoder("logs", "at", "metrics", "graph")
Z, NEW, GONE = LogEncoder.size, LogEncoder.size + 5, LogEncoder.size + 6


def metrics(change: int) -> SeriesSet:
    values = np.random.default_rng(0).lognormal(0, 0.05, 20) * np.where(np.arange(20) < change, 1.0, 9.0)
    times = tuple(60.0 * at for at in range(20))
    return SeriesSet(series=(Series(name="cart.latency", times=times, values=tuple(values.tolist())),))


SAID = Logs(
    templates=(
        template("steady", [5] * 20, service="web"),
        template("gone", [7] * 12 + [0] * 8, service="cart"),
        template("new", [0] * 12 + [7] * 8, service="cart", level="error"),
    ),
    lines=1,
    start=0.0,
    interval=60.0,
)


def rows(*records: object) -> dict[str, np.ndarray]:
    found = ENCODER.items(*records)  # type: ignore[arg-type]
    assert found is not None and found.numbers.shape[1] == ENCODER.size == LogEncoder.size + COMMON
    return dict(zip(found.names, found.numbers, strict=True))


def test_nothing_is_nothing() -> None:
    assert ENCODER.items(None) is None and ENCODER.items(Logs()) is None


def test_the_metrics_say_when() -> None:
    found = rows(SAID, None, metrics(12), None)
    assert (found["new"][NEW], found["gone"][GONE], found["steady"][NEW]) == (1.0, 1.0, 0.0)
    assert found["gone"][Z] < -0.5 and found["new"][Z] > 0.5
    early = rows(SAID, None, metrics(6), None)
    assert (early["new"][NEW], early["gone"][GONE]) == (1.0, 0.0)


def test_a_known_time_wins() -> None:
    at = Instant(time=360.0)
    assert began(metrics(12), None, at) == (360.0, 30.0) and began(None, None, None) is None
    assert rows(SAID, at, metrics(12), None)["gone"][GONE] == 0.0


def test_what_vanished_is_read_before_what_stayed() -> None:
    many = [template(f"steady {at}", [50] * 20, service="web") for at in range(MOST + 5)]
    held = SAID.model_copy(update={"templates": (*many, *SAID.templates)})
    assert list(rows(held, Instant(time=720.0)))[:2] == ["new", "gone"]
