import numpy as np
import pytest

from octad.signals.change_point import DEVIATION, NOISE, PRIOR, deviation, deviations, scan, windows
from octad.signals.levels import LONGEST, align, levels
from octad.signals.quantity import place, quantity

ODD = [[], [1.0], [1.0, 1.0], [np.nan] * 9, [0.0] * 30, [1e300, -1e300, 1e300, 0, 0, 0, 5], [1, np.nan] * 200]


def table(shifted: int, seed: int = 0) -> np.ndarray:
    """Ten noisy series of 20 steps; the first `shifted` triple from step 12 on."""
    values = 100 * np.exp(np.random.default_rng(seed).normal(0, 0.05, (10, 20)))
    values[:shifted, 12:] *= 3
    return levels(values, ["other"] * 10)


@pytest.mark.parametrize("values", ODD)
def test_a_deviation_is_finite_whatever_the_series(values: list[float]) -> None:
    found = deviation(np.arange(len(values)) * 60.0, values)
    assert found.shape == (len(DEVIATION),)
    assert np.isfinite(found).all()


def test_the_common_window_begins_where_most_changed() -> None:
    found = windows(table(4))
    assert sum(window.weight for window in found) == pytest.approx(1)
    best = max(found, key=lambda window: window.weight)
    assert (best.first, best.stop) == (12, 20)
    assert [window.first for window in windows(table(4), 15)] == [15] * len(windows(table(4), 15))


def test_what_tripled_stands_out_whatever_its_unit() -> None:
    level = table(4)
    numbers = deviations(level, windows(level))
    shift, evidence = (numbers[:, DEVIATION.index(name)] for name in ("shift", "evidence"))
    assert shift[:4] == pytest.approx(np.log(3), abs=0.2)
    assert evidence[:4].min() > 5 * np.abs(evidence[4:]).max()


def test_a_fall_of_success_is_a_rise_of_failures() -> None:
    values = [100.0] * 10 + [60.0] * 5
    rate = deviation(np.arange(15), values, quantity="success")
    plain = deviation(np.arange(15), values, quantity="other")
    assert rate[0] > 3
    assert plain[0] < 0


def test_series_of_other_steps_meet_on_one_grid() -> None:
    times, values = align([(np.arange(0, 600, 60), np.ones(10)), ([30, 570, 570], [2, 4, 6]), ([], [])])
    assert values.shape == (3, len(times))
    assert np.nansum(values[1]) == 2 + 5
    assert np.isnan(values[2]).all()
    assert len(align([(np.arange(1000), np.arange(1000))])[0]) == LONGEST


@pytest.mark.parametrize(
    ("metric", "measured"),
    [
        ("PodServerLatencyP90(s)", "latency"),
        ("PodClientLatencyP90(s)", "outgoing"),
        ("availability_Average", "success"),
        ("http_errors_total", "failure"),
        ("requests_Sum", "traffic"),
        ("CpuUsageRate(%)", "cpu"),
        ("NodeCpuUsageRate(%)", "other"),
        ("heap_bytes", "memory"),
        ("NodeJsHeap", "memory"),
        ("success_latency", "latency"),
        ("http_request_duration_seconds_count", "traffic"),
        ("process_uptime_seconds", "other"),
        ("container_spec_memory_limit_bytes", "other"),
    ],
)
def test_words_tell_the_quantity(metric: str, measured: str) -> None:
    assert quantity(metric) == measured


def test_a_series_of_one_call_is_of_the_callee() -> None:
    services = ("cart", "front", "front-end")
    assert place("source_50", "front_cart", services) == ("cart", "caller")
    assert place("destination_50", "front-end->cart", services) == ("cart", "callee")
    assert place("cart", "latency", services) == ("cart", "latency")
    assert place("source_errors", "front_cart", services) == ("cart", "failure")
    assert place("destination_requests", "front_cart", services) == ("cart", "traffic")
    assert place("source_50.v1", "front_cart", ("v1.front", "cart")) == ("cart", "caller")
    assert place("source_50", "front_/cart", ("front", "/cart")) == ("/cart", "caller")
    assert place("source_50.v1", "front", ("v1.front", "cart")) == ("source_50.v1", "other")


def test_every_window_is_weighed_by_what_is_inside_and_outside_of_it() -> None:
    rng = np.random.default_rng(0)
    level = rng.normal(0, 1, (4, 24))
    level[0, 17:] += 3
    level[1, rng.random(24) < 0.3] = np.nan
    found, squares = scan(level, None)
    for series, row in zip(level, squares, strict=True):
        for (first, stop), said in zip(found.tolist(), row, strict=True):
            parts = [series[first:stop], np.concatenate([series[:first], series[stop:]])]
            inside, outside = (part[np.isfinite(part)] for part in parts)
            n1, n0 = len(inside), len(outside)
            if min(n1, n0) == 0:
                assert said == 0
                continue
            spread = sum(float(((part - part.mean()) ** 2).sum()) for part in (inside, outside))
            variance = (spread + PRIOR * NOISE**2) / (n1 + n0 - 2 + PRIOR)
            shift = inside.mean() - outside.mean()
            assert said == pytest.approx(shift**2 / variance * n1 * n0 / (n1 + n0), rel=1e-6, abs=1e-9)


def test_a_late_change_is_found_beside_series_that_jump_now_and_then() -> None:
    rng = np.random.default_rng(1)
    level = rng.normal(0, 0.1, (8, 78))
    level[:2, 65:] -= 1
    for series in range(2, 6):
        level[series, rng.integers(0, 78, 6)] += 4.6
    first = max(windows(level)).first
    assert abs(first - 65) <= 1
