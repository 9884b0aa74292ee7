import math
import sys
from collections.abc import Sequence

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from octad.signals.anomalies import FEWEST, LEAST_TIME, Detector, Scored, anomalies

TIMES = (np.arange(4000) * 300.0).tolist()


def wave(seed: int = 0) -> np.ndarray:
    noise = np.random.default_rng(seed).normal(0, 0.1, len(TIMES))
    return 10 + np.sin(np.array(TIMES) / 86400 * 2 * np.pi) + noise


def scores(values: Sequence[float], times: Sequence[float] = TIMES) -> list[Scored]:
    detector = Detector()
    return [detector.update(time, value) for time, value in zip(times, values, strict=False)]


def found(values: np.ndarray) -> list[tuple[int, str]]:
    return [
        (round(one.start / 300), one.found.oddity) for one in anomalies(TIMES, values.tolist(), level=4.0)
    ]


def test_a_series_like_its_past_has_no_anomalies() -> None:
    assert not any(found(wave(seed)) for seed in range(5))


def test_a_spike_is_one_anomaly_with_what_was_usual_then() -> None:
    values = wave()
    values[3000:3010] += 8
    (one,) = anomalies(TIMES, values.tolist(), level=4.0)
    assert 3000 * 300 <= one.start <= one.end < 3010 * 300
    assert abs(one.found.usual - wave(1)[3000]) < 0.5 < one.value - one.found.usual


def test_what_is_usual_at_noon_is_not_at_midnight() -> None:
    values = wave()
    # The highest hour of the day, in place of the lowest; no value is beyond those before.
    values[3024 - 72 - 20 : 3024 - 72 + 20] = values[3024 + 72 - 20 : 3024 + 72 + 20]
    at, oddity = found(values)[0]
    assert 3024 - 92 <= at < 3024 - 52
    assert oddity in ("unusual at this hour", "jump")


def test_a_sunday_like_a_monday_is_unusual_and_weekends_are_not() -> None:
    times = np.arange(0, 42 * 86400, 300.0)
    is_weekend = (times // 86400 + 3) % 7 >= 5
    values = np.where(is_weekend, 10.0, 20.0) + np.random.default_rng(0).normal(0, 0.5, len(times))
    assert not list(anomalies(times.tolist(), values.tolist(), 4.0))
    values[(times >= 38 * 86400) & (times < 38.5 * 86400)] += 10
    (one,) = anomalies(times.tolist(), values.tolist(), 4.0)
    assert 38 * 86400 <= one.start < 38.5 * 86400
    assert one.found.oddity == "unusual at this hour" and 9 < one.found.usual < 13


def test_of_one_incident_only_the_largest_number_joins_the_extremes() -> None:
    values = wave()
    values[2000:2030] += 8
    values[3500:3510] += 8.5
    assert [at // 100 for at, _ in found(values)] == [20, 35]


def test_a_score_knows_nothing_of_what_comes_later_nor_of_the_unit() -> None:
    values = wave()
    values[3000] += 3
    every = scores(values.tolist())
    assert scores(values[:3100].tolist()) == every[:3100]
    other = [one.score for one in scores((values * 1e6).tolist())]
    np.testing.assert_allclose(other, [one.score for one in every], atol=1e-6)


def test_nothing_is_said_of_a_short_past() -> None:
    values = wave()[:400]
    values[395] += 100
    assert not any(one.score for one in scores(values.tolist()))
    assert LEAST_TIME > 395 * 300
    few = [float(at % 2) for at in range(FEWEST)]
    few[-1] = 1e6
    assert not any(one.score for one in scores(few, [86400.0 * at for at in range(FEWEST)]))


def test_a_steady_rise_is_rarely_odd() -> None:
    rise = np.arange(4000) + np.random.default_rng(0).normal(0, 1, 4000)
    assert len(found(rise)) <= 1


def test_a_change_of_a_thousandth_of_a_constant_is_nothing() -> None:
    values = np.full(4000, 50.0)
    values[3000:] = 50.02
    assert not found(values)


@settings(max_examples=30)
@given(st.lists(st.floats(width=32) | st.sampled_from([1e300, -1e300, math.nan, math.inf])), st.floats())
def test_odd_values_and_times_score_finite(values: list[float], step: float) -> None:
    times = [at * step for at in range(1000)]
    values = (values * 1000)[:1000]
    assert all(math.isfinite(one.score) and one.score >= 0 for one in scores(values, times))


def test_memory_does_not_grow() -> None:
    detector, sizes = Detector(), []
    for at in range(20_000):
        detector.update(at * 900.0, math.sin(at) * at)
        if at in (3_000, 19_999):
            held = detector._profile._means
            extremes = [detector._steps, detector._distances, detector._high, detector._low]
            sizes.append((len(held), sum(sys.getsizeof(one._held) for one in extremes)))
    assert sizes[0] == sizes[1]
