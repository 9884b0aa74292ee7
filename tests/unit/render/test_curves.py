from __future__ import annotations

import pytest

from octad.records.report import Curve
from octad.render.axis import Axis, axis_of
from octad.render.curves import columns_of, height, last_of, number, range_of, runs_of, scale_of, thinned
from tests.unit.render.timelines import NINE, block, curve


def axis_for(one: Curve) -> Axis:
    axis = axis_of(block([one]))
    assert axis is not None
    return axis


def test_runs_end_at_missing_values_and_at_silence() -> None:
    one = curve([1.0, 2.0, None, 4.0, 5.0])
    assert [[value for _, value in run] for run in runs_of(one)] == [[1, 2], [4, 5]]
    times = tuple(NINE + time for time in (0, 60, 120, 1_200, 1_260))
    silent = Curve(name="c", times=times, values=(1.0, 2.0, 3.0, 4.0, 5.0))
    assert [len(run) for run in runs_of(silent)] == [3, 2]


def test_points_are_put_in_the_order_of_time() -> None:
    one = Curve(name="c", times=(NINE + 60, NINE), values=(2.0, 1.0))
    assert [[value for _, value in run] for run in runs_of(one)] == [[1, 2]]
    assert last_of(one) == "2"


def test_outlier_does_not_flatten_the_curve_but_a_step_is_whole() -> None:
    values = [float(number % 10) for number in range(100)]
    low, high = scale_of([*values, 1e9])
    assert (low, high) == (0, 54) and height(1e9, (low, high)) == 1
    assert scale_of([10.0] * 30 + [90.0] * 30) == (10, 90)
    assert scale_of([0.0] * 59 + [7.0]) == (0, 7)
    assert height(3, (3, 3)) == 0.5


def test_thinning_keeps_the_ends_of_every_place() -> None:
    values = [float(n % 7) for n in range(5_000)]
    values[1_234], values[3_210] = 99.0, -99.0
    one = curve(values)
    points = thinned(runs_of(one)[0], axis_for(one), 100)
    assert len(points) <= 202
    assert {99.0, -99.0} <= {value for _, value in points}
    assert points == sorted(points)


def test_column_of_many_points_is_their_middle_unless_one_stands_out() -> None:
    values = [float(n % 5) for n in range(1_000)]
    one = curve([*values, *(value + 100 for value in values)])
    assert set(columns_of(one, axis_for(one), 10)) == {2, 102}
    values[700] = -80.0
    dip = curve(values)
    assert columns_of(dip, axis_for(dip), 10)[7] == -80


def test_columns_show_spikes_bridge_the_steps_and_leave_gaps() -> None:
    values: list[float | None] = [1.0] * 1_000
    values[500] = 50.0
    one = curve(values)
    assert sorted(columns_of(one, axis_for(one), 20))[-2:] == [1, 50]  # type: ignore[type-var]
    few = curve([0.0, 10.0])
    columns = columns_of(few, axis_for(few), 11)
    assert columns == [pytest.approx(column) for column in range(11)]
    gap = curve([1.0, 1.0, None, None, None, 1.0, 1.0])
    assert columns_of(gap, axis_for(gap), 7) == [1, 1, None, None, None, 1, 1]


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0.0, "0"), (0.2512, "0.251"), (-3.0, "-3"), (9_120.4, "9,120"), (9_999.7, "10k"), (12_345, "12.3k"),
     (999_900, "1M"), (2.5e9, "2.5G"), (1e300, "1e+300")],
)  # fmt: skip
def test_numbers_are_short(value: float, shown: str) -> None:
    assert number(value) == shown


def test_range_has_the_unit() -> None:
    assert range_of(curve([2.0, None, 1.0])) == "1–2 ms"
    assert range_of(curve([2.0, 2.0])) == "2 ms"
    assert range_of(curve([None])) == "no values"
