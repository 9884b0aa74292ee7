"""Verdicts on single metrics: what is worse, by how much at least, and what cannot be said."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from octad.advice import verdict_blocks
from octad.advice.metric_verdicts import MetricVerdict, metric_verdicts, worse
from octad.advice.silent_services import silent_services
from octad.records.instant import Instant
from octad.records.series import Comparison, Series, SeriesSet, in_common

STEP = 15.0
CHANGE = 1_000 * STEP


def side(start: float, columns: Mapping[str, np.ndarray]) -> SeriesSet:
    return SeriesSet(
        series=tuple(
            Series(
                name=name,
                times=tuple(start + STEP * np.arange(len(values))),
                values=tuple(None if np.isnan(v) else float(v) for v in values),
                source="m.csv",
            )
            for name, values in columns.items()
        )
    )


def compared(factors: Mapping[str, float], before: int = 60, after: int = 30, seed: int = 0) -> Comparison:
    """Six services with latency, errors, requests and cpu; `factors` multiply series since the change."""
    rng = np.random.default_rng(seed)
    level = {"latency": 0.2, "errors": 0.001, "requests": 120.0, "cpu": 0.4}
    columns = {
        f"{service}.{metric}": usual * np.exp(rng.normal(0, 0.08, before + after))
        for service in ("web", "cart", "stock", "user", "pay", "mail")
        for metric, usual in level.items()
    }
    first = {name: values[:before] for name, values in columns.items()}
    second = {name: values[before:] * factors.get(name, 1.0) for name, values in columns.items()}
    return Comparison(before=side(CHANGE - before * STEP, first), after=side(CHANGE, second))


def named(comparison: Comparison) -> dict[str, MetricVerdict]:
    return {one.metric: one for one in metric_verdicts(comparison)}


def test_nothing_changed_is_worse_nowhere_and_not_twice_as_bad() -> None:
    for seed in range(20):
        found = metric_verdicts(compared({}, seed=seed))
        assert not worse(found)
        assert sum(one.word == "not twice as bad" for one in found) >= 20


@pytest.mark.parametrize(
    ("metric", "factor", "signal"),
    [
        ("cart.latency", 2.5, "latency"),
        ("cart.errors", 60.0, "errors"),
        ("cart.requests", 0.3, "traffic"),
        ("cart.cpu", 2.5, "saturation"),
    ],
)
def test_one_signal_of_one_service_is_enough(metric: str, factor: float, signal: str) -> None:
    (found,) = worse(metric_verdicts(compared({metric: factor})))
    assert (found.metric, found.service, found.signal, found.source) == (metric, "cart", signal, "m.csv")
    assert found.at_least is not None and found.since is not None
    assert 1.25 <= found.at_least <= max(factor, 1 / factor)
    assert CHANGE < found.since <= CHANGE + 10 * STEP


def test_more_demand_of_all_is_nobodys_fault() -> None:
    services = ("web", "cart", "stock", "user", "pay", "mail")
    more = {f"{one}.requests": 2.0 for one in services} | {f"{one}.cpu": 1.9 for one in services}
    assert not worse(metric_verdicts(compared(more)))
    assert not worse(metric_verdicts(compared({f"{one}.requests": 0.4 for one in services})))


def test_better_is_not_worse() -> None:
    assert not worse(metric_verdicts(compared({"cart.latency": 0.2, "cart.errors": 0.1, "cart.cpu": 0.3})))


def test_the_more_it_rose_the_larger_the_bound() -> None:
    bounds = [named(compared({"cart.latency": factor}))["cart.latency"].at_least for factor in (2, 6, 200)]
    assert bounds == sorted(bounds, key=lambda one: one or 0) and bounds[2] == 100


def test_too_few_points_no_values_and_no_common_names_say_nothing() -> None:
    few = metric_verdicts(compared({"cart.latency": 9.0}, before=8))
    assert {one.word for one in few} == {"too little to say"} and not in_common(compared({}, before=8))
    empty = compared({"cart.latency": float("nan")})
    assert named(empty)["cart.latency"].word == "too little to say" and in_common(empty) == 23
    other = side(CHANGE, {"x.latency": np.ones(30)})
    apart = Comparison(before=compared({}).before, after=other)
    assert metric_verdicts(apart) == () and in_common(apart) == 0
    nothing = Comparison(before=SeriesSet(), after=SeriesSet())
    assert metric_verdicts(nothing) == ()


def test_the_same_readings_ten_times_as_often_say_the_same() -> None:
    coarse = compared({"cart.latency": 3.0})
    often = Comparison(before=repeated(coarse.before), after=repeated(coarse.after))
    first, second = (
        [(one.metric, one.at_least) for one in worse(metric_verdicts(c))] for c in (coarse, often)
    )
    assert first == second == [("cart.latency", 2.0)]


def repeated(held: SeriesSet, times: int = 10) -> SeriesSet:
    return SeriesSet(
        series=tuple(
            one.model_copy(
                update={
                    "times": tuple(t + STEP / times * k for t in one.times for k in range(times)),
                    "values": tuple(v for v in one.values for _ in range(times)),
                }
            )
            for one in held.series
        )
    )


def test_blocks_name_what_is_worse_and_draw_it() -> None:
    comparison = compared({"cart.latency": 3.0, "cart.errors": 80.0})
    found = metric_verdicts(comparison)
    told = verdict_blocks.told(found)
    assert "cart.latency" in told and "cart.errors" in told and "at least 2 times" in told
    shown = verdict_blocks.table(found)
    assert [row[0] for row in shown.rows[1:3]] == [one.metric for one in worse(found)]
    assert any(row[0] == "6 of saturation" for row in shown.rows)
    drawn = verdict_blocks.curves(comparison, found, Instant(time=CHANGE))
    assert drawn is not None and {one.name for one in drawn.curves} == {"cart.latency", "cart.errors"}
    assert [mark.time for mark in drawn.marks] == sorted(mark.time for mark in drawn.marks)
    assert sum(one.weight for one in verdict_blocks.evidence(found)) == pytest.approx(1)
    quiet = compared({})
    assert verdict_blocks.curves(quiet, metric_verdicts(quiet), None) is None
    assert verdict_blocks.told(metric_verdicts(quiet)) == ""


def test_a_coarser_point_is_certain_when_the_last_of_it_was_measured() -> None:
    comparison = compared({"pay.latency": 3.0}, before=240, after=240)
    found = named(comparison)["pay.latency"]
    assert found.since is not None
    points = round((found.since - CHANGE) / STEP) + 1
    assert points % 8 == 0
    series = next(one for one in comparison.after.series if one.name == found.metric)
    shorter = {one.name: one for one in side(CHANGE, {found.metric: np.array(series.values[:points])}).series}
    known = Comparison(before=comparison.before, after=SeriesSet(series=tuple(shorter.values())))
    assert [one.metric for one in worse(metric_verdicts(known))] == [found.metric]


@pytest.mark.parametrize("after", [30, 150, 600])
def test_a_long_time_since_does_not_use_up_a_short_past(after: int) -> None:
    found = named(compared({"pay.latency": 3.0}, before=60, after=after))
    assert found["pay.latency"].word == "worse"
    assert not [one.metric for one in found.values() if one.word == "too little to say"]


def without(held: SeriesSet, service: str, keep: int) -> SeriesSet:
    """The side with no values of a service but the first few."""
    return SeriesSet(
        series=tuple(
            one.model_copy(update={"values": one.values[:keep] + (None,) * (len(one.values) - keep)})
            if one.name.startswith(f"{service}.")
            else one
            for one in held.series
        )
    )


def test_a_service_that_is_silent_while_others_speak_is_down() -> None:
    comparison = compared({})
    down = Comparison(before=comparison.before, after=without(comparison.after, "cart", 4))
    (found,) = silent_services(down)
    assert (found.service, found.word, found.after) == ("cart", "worse", None)
    assert found.since == CHANGE + 3 * STEP + 5 * STEP
    assert "cart is silent: cart.cpu and its other metrics" in verdict_blocks.told([found])
    assert verdict_blocks.table([found]).rows[1][1].startswith("worse, since")
    absent = [one for one in comparison.after.series if not one.name.startswith("cart.")]
    gone = Comparison(before=comparison.before, after=SeriesSet(series=tuple(absent)))
    assert [one.service for one in silent_services(gone)] == ["cart"]


def test_a_pause_a_gap_of_one_metric_and_silence_of_all_are_no_service_that_is_down() -> None:
    comparison = compared({})
    assert silent_services(comparison) == ()
    late = Comparison(before=comparison.before, after=without(comparison.after, "cart", 27))
    assert silent_services(late) == ()
    part = tuple(one for one in comparison.after.series if one.name != "cart.cpu")
    assert silent_services(Comparison(before=comparison.before, after=SeriesSet(series=part))) == ()
    nothing = comparison.after
    for service in ("web", "cart", "stock", "user"):
        nothing = without(nothing, service, 2)
    assert silent_services(Comparison(before=comparison.before, after=nothing)) == ()
    assert silent_services(Comparison(before=comparison.before, after=SeriesSet())) == ()
