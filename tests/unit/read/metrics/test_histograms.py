"""Buckets become the quantiles that Prometheus computes of them."""

from __future__ import annotations

import math
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from octad.read.metrics.files import read_series
from octad.read.metrics.histograms import quantile_of
from octad.read.metrics.openmetrics import read_openmetrics
from octad.records.series import Series

BOUNDS = ("0.1", "0.5", "1", "+Inf")


def exposition(*counts: tuple[int, ...], labels: str = 'service="cart"') -> str:
    """A line per bucket and scrape, of cumulative counts."""
    return "".join(
        f'took_bucket{{{labels},le="{bound}"}} {count} {15 * at}\n'
        for at, row in enumerate(counts)
        for bound, count in zip(BOUNDS, row, strict=True)
    )


def read(text: str) -> dict[str, Series]:
    return {one.name: one for one in read_openmetrics(text, "f").series}


@pytest.mark.parametrize(
    ("quantile", "counts", "expected"),
    [
        (0.5, (0, 10, 10, 10), 0.3),
        (0.5, (10, 10, 10, 10), 0.05),
        (0.99, (0, 0, 0, 10), 1.0),
        (0.95, (50, 90, 100, 100), 0.75),
        (0.5, (0, 0, 0, 0), math.nan),
        (0.5, (10, 4, 20, 20), 0.1),
    ],
)
def test_quantiles_by_interpolation(quantile: float, counts: tuple[int, ...], expected: float) -> None:
    found = quantile_of(quantile, np.array([0.1, 0.5, 1, np.inf]), np.array(counts, float)[:, None])
    assert found == pytest.approx([expected], nan_ok=True)


@given(st.lists(st.lists(st.integers(0, 50), min_size=4, max_size=4), min_size=1, max_size=4))
def test_quantiles_ascend_and_stay_within_the_bounds(steps: list[list[int]]) -> None:
    counts = np.cumsum(np.array(steps, float).T, axis=0)
    found = [quantile_of(q, np.array([0.1, 0.5, 1, np.inf]), counts) for q in (0.5, 0.95, 0.99)]
    for low, high in pairwise(found):
        assert (np.isnan(low) == np.isnan(high)).all() and not (high < low - 1e-12).any()
    assert not (np.array(found) > 1).any() and not (np.array(found) < 0).any()


def test_buckets_become_quantiles_of_what_each_interval_added() -> None:
    found = read(exposition((0, 0, 0, 0), (0, 10, 10, 10), (0, 10, 10, 20), (0, 10, 10, 20), (1, 1, 1, 1)))
    assert set(found) == {"cart.took_p50", "cart.took_p95", "cart.took_p99"}
    one = found["cart.took_p50"]
    assert one.times == (15, 30, 45, 60) and one.values == (
        pytest.approx(0.3),
        1.0,
        None,
        pytest.approx(0.05),
    )
    assert one.flags == ("counter", "gaps", "resets")


def test_histograms_are_told_apart_by_their_labels_and_sums_stay() -> None:
    text = exposition((0, 0, 0, 0), (1, 2, 3, 4)) + exposition(
        (0, 0, 0, 0), (1, 2, 3, 4), labels='service="b"'
    )
    text += 'took_sum{service="b"} 0 0\ntook_sum{service="b"} 3 15\n'
    text += 'took_count{service="b"} 0 0\ntook_count{service="b"} 30 15\n'
    found = read(text)
    assert len(found) == 8 and found["b.took_count"].values == (2,) and found["b.took_sum"].values == (0.2,)


def test_a_histogram_without_its_last_bucket_stays_as_it_is() -> None:
    text = "".join(
        line for line in exposition((0, 0, 0, 0), (1, 2, 3, 4)).splitlines(True) if "Inf" not in line
    )
    assert set(read(text)) == {f"cart.took_bucket{{le={bound}}}" for bound in ("0_1", "0_5", "1")}


DUMP = """{__name__="took_bucket", instance="h:1", job="cart", le="0.5"} 0 1700000000000
{__name__="took_bucket", instance="h:1", job="cart", le="0.5"} 10 1700000015000
{__name__="took_bucket", instance="h:1", job="cart", le="+Inf"} 0 1700000000000
{__name__="took_bucket", instance="h:1", job="cart", le="+Inf"} 10 1700000015000
{__name__="hits_total", job="cart"} 5 1700000000000
{__name__="hits_total", job="cart"} 20 1700000015000
{"my.load", job="cart"} NaN 1700000000000
{"my.load", job="cart"} 2.5 1700000015000
{__name__="native", job="cart"} {count:5, sum:18.4, [1,2):5} 1700000015000
"""


@pytest.mark.parametrize("name", ["dump.txt", "dump", "dump.om"])
def test_a_dump_of_the_store_is_an_exposition(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(DUMP)
    read = read_series(tmp_path / name)
    found = {one.name: one for one in read.series}
    assert found["cart.took_p50{instance=h:1}"].values == (0.25,)
    assert found["cart.hits_total"].values == (1,) and found["cart.hits_total"].times == (1700000015,)
    assert found["cart.my_load"].values == (None, 2.5)
    assert len(found) == 5 and read.skipped[0].reason.endswith("1 samples of native histograms are left out")
