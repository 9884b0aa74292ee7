"""Series as items: thinning, places, heads with their patches and the edges between them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from octad.encoders.series_items import OWN, Course, Kind, SeriesFacts, course_of, items_of, place_of
from octad.records.series import Series
from octad.signals.metric_polarity import FAMILIES
from octad.signals.series_patches import HUGE, SIZE, robust_scale

VALUES = st.lists(st.floats(allow_infinity=False) | st.none(), max_size=250)


def series(values: list[float | None], **fields: object) -> Series:
    times = tuple(60.0 * i for i in range(len(values)))
    return Series.model_validate({"name": "cart.latency", "times": times, "values": tuple(values), **fields})


@settings(deadline=None, max_examples=60)
@given(VALUES, st.integers(1, 100))
def test_thinning_keeps_the_mean_the_bounds_and_the_newest_time(
    values: list[float | None], most: int
) -> None:
    course = course_of(series(values))
    thin = course.thinned(most)
    assert (
        len(thin.times) == len(thin.values) == -(-len(values) // -(-len(values) // most)) if values else True
    )
    assert len(thin.values) <= most
    seen, kept = (one[np.isfinite(one)] for one in (course.values, thin.values))
    assert bool(len(seen)) == bool(len(kept))
    if len(seen):
        slack = 1e-6 * np.abs(seen).max()
        assert seen.min() - slack <= kept.min() and kept.max() <= seen.max() + slack
        assert thin.times[-1] == course.times[-1]


def test_thinning_is_by_means_of_what_was_seen_aligned_at_the_end() -> None:
    course = course_of(series([1.0, 2.0, None, 4.0, None, None, 7.0]))
    thin = course.thinned(4)
    np.testing.assert_array_equal(thin.times, [0.0, 120.0, 240.0, 360.0])
    np.testing.assert_array_equal(thin.values, [1.0, 2.0, 4.0, 7.0])
    assert course.thinned(7) is course


def test_a_course_has_no_numbers_that_break_sums() -> None:
    found = course_of(series([float("nan"), None, 1.7e308, -1.7e308])).values
    np.testing.assert_array_equal(found, [np.nan, np.nan, HUGE, -HUGE])
    assert len(course_of(None).values) == len(course_of(None).times) == 0


def test_a_place_is_the_line_of_the_first_value_from_a_time_on() -> None:
    one = series([1.0, 2.0, 3.0], source="a.csv", lines=(2, 3, 4))
    lines = [place.line for time in (0.0, 1.0, 60.0, 119.0, 1e9) if (place := place_of(one, time))]
    assert lines == [2, 3, 3, 4, 4]
    top = place_of(series([1.0], source="a.csv"), 0.0)
    assert top is not None and (top.path, top.line) == ("a.csv", 1)
    assert place_of(series([1.0]), 0.0) is None


def facts(name: str, *courses: tuple[Kind, int], metric: str = "latency", most: int = 2) -> SeriesFacts:
    held = [(kind, Course(60.0 * np.arange(n), np.arange(n, dtype=np.float64))) for kind, n in courses]
    values = np.concatenate([np.zeros(1), *(course.values for _, course in held)])
    return SeriesFacts(name, "cart", metric, np.array([5.0, 6.0]), robust_scale(values), most, held, None)


def test_every_series_is_followed_by_its_patches() -> None:
    items = items_of(
        [facts("a", (Kind.PATCH, 32), (Kind.LATER, 3)), facts("b"), facts("c", (Kind.PATCH, 1))], 2
    )
    assert items.kinds == (0, 1, 1, 2, 0, 0, 1)
    assert items.texts == ("a", "", "", "", "b", "c", "")
    assert items.names == ("a", "a", "a", "a", "b", "c", "c")
    assert items.owners == (0, 0, 0, 0, 4, 5, 5)
    assert items.candidates == (True, False, False, False, True, True, False)
    assert items.subjects == ("cart",) * 7
    assert items.numbers.shape == (7, 2 + OWN + SIZE)
    assert {tuple(edge) for edge in items.edges.tolist()} == {
        (1, 0, 0), (2, 0, 0), (3, 0, 0), (0, 1, 1), (0, 2, 1), (0, 3, 1), (1, 2, 2), (2, 3, 2),
        (6, 5, 0), (5, 6, 1),
    }  # fmt: skip


def test_numbers_of_heads_and_of_patches_share_no_columns() -> None:
    items = items_of([facts("a", (Kind.PATCH, 32), metric="error_rate")], 2)
    head, *patches = items.numbers
    assert head[:2].tolist() == [5.0, 6.0] and not head[2 + OWN :].any()
    assert [FAMILIES[i] for i in np.flatnonzero(head[2 : 2 + len(FAMILIES)])] == ["errors"]
    assert all(not patch[: 2 + OWN].any() and patch[2 + OWN :].any() for patch in patches)


@pytest.mark.parametrize("level", [0.0, 1e-12, 1.0, 1e12, HUGE])
def test_a_scale_is_given_in_small_numbers(level: float) -> None:
    course = Course(np.arange(4.0), np.full(4, level))
    one = SeriesFacts("a", "", "x", np.zeros(2), robust_scale(course.values), 1, [(Kind.PATCH, course)], None)
    assert np.abs(items_of([one], 2).numbers).max() < 12
