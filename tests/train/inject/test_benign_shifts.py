"""Changes of metrics that are no regression."""

from __future__ import annotations

import numpy as np
import pytest

from octad_train.inject.benign_shifts import KINDS, benign_shift
from octad_train.inject.regressions import benign
from tests.train.data.windows import deployment


@pytest.mark.parametrize("kind", KINDS)
def test_all_but_a_release_change_values_and_none_is_a_fault(kind: str) -> None:
    base = deployment()
    change = benign_shift(base, kind, np.random.default_rng(4))
    assert change.kind == kind and change.values.shape == base.window.values.shape
    same = np.array_equal(change.values, base.window.values)
    assert same is (kind == "release")
    one = benign(base, np.random.default_rng(4), kind)
    assert one.fault is None and one.benign == kind


def test_load_moves_requests_most() -> None:
    base = deployment()
    change = benign_shift(base, "load", np.random.default_rng(0))
    ratio = {
        name: change.values[-1, at] / base.window.values[-1, at] for at, name in enumerate(base.window.names)
    }
    assert abs(np.log(ratio["cart", "requests"])) > abs(np.log(ratio["cart", "cpu"])) > 0
    assert abs(np.log(ratio["cart", "cpu"])) > abs(np.log(ratio["cart", "latency"])) > 0
    assert ratio["cart", "availability"] == 1
