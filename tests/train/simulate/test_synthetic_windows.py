from __future__ import annotations

import numpy as np

from octad_train.simulate.synthetic_windows import METRICS, POINTS, SERVICES, STEP, synthetic_windows


def test_stretches_are_of_a_chain_of_services() -> None:
    one, other = synthetic_windows(2)
    assert one.names == tuple((service, metric) for service in SERVICES for metric in METRICS)
    assert one.values.shape == (POINTS, len(one.names)) and np.isfinite(one.values).all()
    assert (one.values >= 0).all() and (np.diff(one.times) == STEP).all()
    assert other.times[0] - one.times[0] == 86_400 and one.system != other.system
    assert one.graph is not None
    assert [(e.source, e.target) for e in one.graph.edges] == list(zip(SERVICES, SERVICES[1:], strict=False))  # noqa: RUF007


def test_a_seed_makes_the_same_and_another_something_else() -> None:
    np.testing.assert_array_equal(
        synthetic_windows(2, seed=3)[1].values, synthetic_windows(2, seed=3)[1].values
    )
    np.testing.assert_array_equal(
        synthetic_windows(1, seed=3)[0].values, synthetic_windows(2, seed=3)[0].values
    )
    assert not np.array_equal(synthetic_windows(1, seed=3)[0].values, synthetic_windows(1, seed=4)[0].values)


def test_demand_drives_the_rest() -> None:
    """Latency and CPU follow requests; errors are rare."""
    for stretch in synthetic_windows(3):
        for first in range(0, len(stretch.names), len(METRICS)):
            requests, _, errors, cpu = stretch.values[:, first : first + len(METRICS)].T
            assert np.corrcoef(requests, cpu)[0, 1] > 0.5 and errors.mean() < 0.01 * requests.mean()
