"""Templates and services at one common time: rises, falls, what came and went, beside demand and bursts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from octad.records.logs import Logs, LogTemplate
from octad.signals.log_features import LOG_FEATURES, log_features
from octad.signals.log_shifts import BUCKETS, Beginning, buckets_of, counts_of, gravity, log_shifts
from tests.said import logs, template

STEADY = template("served <*>", [5] * 10, service="cart")
GONE = template("stored <*>", [6] * 6 + [0] * 4, service="cart")
NEWS = template("lost <*>", [0] * 6 + [9] * 4, service="stock", level="error")
OTHER = template("kept <*>", [4] * 10, service="stock")


def test_what_came_and_what_went() -> None:
    found = log_shifts(logs(STEADY, GONE, NEWS, OTHER), Beginning(1060.0))
    assert found.new.tolist() == [False, False, True, False]
    assert found.gone.tolist() == [False, True, False, False]
    assert found.z[2] > 4 and found.z[1] < -4 and abs(found.z[0]) < 1
    assert abs(found.z[1]) == pytest.approx(found.z[2], rel=0.5), "a fall says as much as a rise"
    assert found.grave.tolist() == [0, 0, 2, 0]


def test_the_common_time_is_found_and_a_known_one_wins() -> None:
    held = logs(STEADY, GONE, NEWS, OTHER)
    assert log_shifts(held, None).split == 6 and log_shifts(held, Beginning(1030.0)).split == 3


def test_within_the_slack_the_logs_say_when() -> None:
    held = logs(STEADY, GONE, NEWS, OTHER)
    found = [
        log_shifts(held, Beginning(1000.0 + 10 * at, slack)).split
        for at, slack in ((7, 20.0), (9, 20.0), (3, 9.0))
    ]
    assert found == [6, 7, 3]


@pytest.mark.parametrize("start", [900.0, 1000.0, 2000.0])
def test_beside_the_log_nothing_is_new_or_gone(start: float) -> None:
    found = log_shifts(logs(STEADY, GONE, NEWS), Beginning(start))
    assert not found.new.any() and not found.gone.any() and not found.z.any()


def test_demand_raises_all_lines_of_a_service_and_none_beside_the_others() -> None:
    one, two = (template(text, [10] * 6 + [40] * 4, service="cart") for text in ("a", "b"))
    found = log_shifts(logs(one, two), Beginning(1060.0))
    assert found.z.min() > 5 > np.abs(found.beside).max()


def test_bursts_prove_little() -> None:
    bursty = template("b", [0, 60, 0, 0, 50, 0, 0, 90, 0, 70], service="cart")
    even = template("e", [18] * 6 + [40] * 4, service="cart")
    found = log_shifts(logs(bursty, even), Beginning(1060.0))
    assert found.dispersion[0] > 20 and found.z[0] < 2 < found.z[1]


@pytest.mark.parametrize(
    ("level", "text", "grave"),
    [
        ("error", "x", 2),
        ("warning", "x", 1),
        ("", "connection refused", 2),
        ("info", "0 failed", 1),
        ("info", "x", 0),
    ],
)
def test_words_say_how_grave_where_levels_do_not(level: str, text: str, grave: int) -> None:
    assert gravity(template(text, [1], level=level)) == grave


def test_buckets() -> None:
    assert buckets_of(logs(STEADY, NEWS)) == 10 and buckets_of(logs(template("x", []))) == 0
    assert buckets_of(logs(template("x", [0] * (BUCKETS + 5) + [1]))) == BUCKETS
    assert counts_of(NEWS, 8).tolist() == [0] * 6 + [9, 9]


def test_services_are_told_apart() -> None:
    found = {
        name: dict(zip(LOG_FEATURES, row.tolist(), strict=True))
        for name, row in log_features(logs(STEADY, GONE, NEWS, OTHER), Beginning(1060.0)).items()
    }
    assert found["stock"]["new-grave-share"] == 1.0 and found["cart"]["new-grave-share"] == 0.0
    assert found["cart"]["gone"] == 0.5 and found["cart"]["lost-share"] == 1.0
    assert found["cart"]["fall"] > 0.5 > found["stock"]["fall"] and found["cart"]["beside-fall"] > 0.5
    assert log_features(None, 0.0) == {} and log_features(Logs(), None) == {}


TEMPLATES = st.lists(
    st.builds(
        template,
        st.text(max_size=6),
        st.lists(st.integers(0, 10**9), max_size=20),
        level=st.sampled_from(["", "error", "odd"]),
        service=st.sampled_from(["", "a", "b"]),
    ),
    min_size=1,
    max_size=6,
)


@settings(deadline=None, max_examples=40)
@given(TEMPLATES, st.none() | st.floats(-1e12, 1e12), st.none() | st.floats(0, 1e10))
def test_finite_whatever_comes(held: list[LogTemplate], at: float | None, start: float | None) -> None:
    for row in log_features(logs(*held, start=start), None if at is None else Beginning(at)).values():
        assert np.isfinite(row).all()
