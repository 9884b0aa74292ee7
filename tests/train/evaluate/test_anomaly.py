import numpy as np

from octad_train.evaluate.anomaly import anomaly_scores

TIMES = np.arange(2000) * 300.0


def wave(seed: int = 0) -> np.ndarray:
    return 10 + np.sin(TIMES / 86400 * 2 * np.pi) + np.random.default_rng(seed).normal(0, 0.1, len(TIMES))


def test_a_spike_is_the_highest_score_and_reported_once() -> None:
    values = wave()
    values[1500:1510] += 8
    scores = anomaly_scores(TIMES, values)
    assert 1500 <= int(np.argmax(scores[300:])) + 300 < 1510
    assert np.count_nonzero(scores[1510:1700]) == 0


def test_a_score_knows_nothing_of_what_comes_later() -> None:
    values = wave()
    np.testing.assert_array_equal(
        anomaly_scores(TIMES, values)[:900], anomaly_scores(TIMES[:900], values[:900])
    )


def test_silence_where_there_was_noise_is_reported() -> None:
    values = wave()
    values[1500:] = values[1499]
    assert (
        anomaly_scores(TIMES, values)[1500:1560].max() > 1.2 * anomaly_scores(TIMES, wave())[1500:1560].max()
    )


def test_odd_series_score_finite() -> None:
    for values in ([], [1.0], [0.0] * 50, [np.nan] * 5, [1, np.inf, 2, 1e300, -1e300]):
        assert np.isfinite(anomaly_scores(np.arange(len(values)), values)).all()
