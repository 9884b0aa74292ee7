"""Numbers of evidence: finite whatever comes in, and each says what its name says."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from octad.signals.shift_statistics import EVIDENCE, evidence


def numbers(before: list[float], after: list[float], worse: float = 1.0) -> dict[str, float]:
    row = evidence(np.array(before)[:, None], np.array(after)[:, None], np.array([worse]))[0]
    return dict(zip(EVIDENCE, row.tolist(), strict=True))


values = st.floats(allow_nan=True, allow_infinity=True, width=32)
NORMAL = np.random.default_rng(0).normal(10, 1, 40).tolist()


@settings(max_examples=60, deadline=None)
@given(st.lists(values, max_size=12), st.lists(values, max_size=12), st.sampled_from([-1.0, 0.0, 1.0]))
def test_numbers_are_finite(before: list[float], after: list[float], worse: float) -> None:
    found = numbers(before, after, worse)
    assert np.isfinite(list(found.values())).all() and len(found) == len(EVIDENCE)


def test_worse_is_positive() -> None:
    up, down = [20.0 + x for x in NORMAL[:20]], [x / 3 for x in NORMAL[:20]]
    for found in (numbers(NORMAL, up), numbers(NORMAL, down, -1.0)):
        assert found["delta"] == 1 and found["log_p"] > 5 and found["ratio"] > 1
        assert found["shift"] > 2 and found["lately"] > 2 and found["beyond"] == 1
        assert found["run"] == pytest.approx(np.log(21))
    better = numbers(NORMAL, down)
    assert better["ratio"] < -1 and better["shift"] < -1 and better["log_p"] < 0.01 and better["run"] == 0


def test_what_was_under_way_before_is_not_since() -> None:
    early = NORMAL[:30] + [x + 20 for x in NORMAL[30:]]
    found = numbers(early, [x + 20 for x in NORMAL[:20]])
    assert found["shift"] > 2 and found["under_way"] > 2 and abs(found["since_late"]) < 1
    assert found["trend_before"] > 0.3


def test_gaps_are_counted() -> None:
    found = numbers(NORMAL, [10.0, np.nan, np.nan, np.nan])
    assert found["missing_after"] == 0.75 and found["missing_lately"] == 1 and found["missing_before"] == 0
    assert found["lately"] == 0


def test_scale_does_not_matter() -> None:
    after = [x + 3 for x in NORMAL[:20]]
    small = numbers([x / 1e6 for x in NORMAL], [x / 1e6 for x in after])
    assert small == pytest.approx(numbers(NORMAL, after), abs=1e-6)


def test_a_wider_spread_shows() -> None:
    wide = np.random.default_rng(1).normal(10, 4, 30).tolist()
    assert numbers(NORMAL, wide)["spread"] > 1 > abs(numbers(NORMAL, NORMAL[:20])["spread"])
