"""Levels of metrics: traffic is read beside that of the others, processors beside their own."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from octad.signals.metric_levels import levels
from octad.signals.metric_polarity import Family
from octad.signals.ranks import median

VALUE = st.one_of(st.just(float("nan")), st.integers(1, 9).map(float))


def alone(values: np.ndarray) -> np.ndarray:
    """Levels of traffic that nothing else is beside: each column by itself."""
    found = [levels(column[:, None], column[:0, None], ["requests"], ["a"]).past for column in values.T]
    return np.concatenate(found, axis=1)


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.lists(VALUE, min_size=5, max_size=5)), min_size=3))
def test_traffic_is_read_against_the_median_of_the_other_services(
    columns: list[tuple[str, list[float]]],
) -> None:
    services = [service for service, _ in columns]
    values = np.array([one for _, one in columns]).T
    found = levels(values, values[:0], ["requests"] * len(services), services).past
    expected = alone(values)
    if len(set(services)) >= 3:
        others = [[at for at, other in enumerate(services) if other != one] for one in services]
        expected = expected - np.array([np.nan_to_num(median(expected[:, at].T)) for at in others]).T
    assert np.allclose(found, expected, equal_nan=True)


@pytest.mark.parametrize(("own", "rest"), [(2.0, 0.0), (1.0, np.log(2))])
def test_processors_are_freed_of_their_own_demand(own: float, rest: float) -> None:
    families: list[Family] = ["cpu", "requests", "requests", "requests"]
    services = ["a", "a", "b", "c"]
    before, after = np.full((20, 4), 100.0), np.full((5, 4), 100.0)
    after[:, 0] *= 2
    after[:, 1] *= own
    assert levels(before, after, families, services).since[:, 0] == pytest.approx(rest, abs=0.05)
