import numpy as np

from octad.advice.unusual import FEW, KEPT, READ, SHOWN, marked, table, unusual_times
from octad.records.report import Block, Curve, Mark
from octad.records.series import Series, SeriesSet

TIMES = tuple((1_700_000_000 + np.arange(3000) * 300.0).tolist())


def series(name: str = "load", spikes: tuple[int, ...] = (2500,), seed: int = 0) -> Series:
    values = np.random.default_rng(seed).normal(10, 1, len(TIMES))
    for number, at in enumerate(spikes, start=1):
        values[at] += 30 * number
    return Series(name=name, times=TIMES, values=tuple(values.tolist()))


def test_a_spike_is_told_by_time_series_and_share() -> None:
    (one,) = unusual_times(SeriesSet(series=(series(), series("calm", ()))), ()) or ()
    assert (one.time, one.series, one.word) == (TIMES[2500], "load", "extremely unusual")
    assert one.score >= 10 and one.share == 0.88 and one.value > 35 and 9 < one.usual < 11
    rows = table([one]).rows
    assert rows[1][:4] == ("2023-11-23 14:33:20", "load", f"extremely unusual: {one.oddity}", "88%")


def test_too_little_to_say_is_not_nothing() -> None:
    short = series().model_copy(update={"times": TIMES[:120], "values": series().values[:120]})
    assert unusual_times(None, ()) is unusual_times(SeriesSet(series=(short,)), ()) is None
    assert unusual_times(SeriesSet(series=(series(spikes=()),)), ()) == ()


def test_gaps_are_no_anomalies() -> None:
    one = series(spikes=())
    values = tuple(None if at % 7 == 0 or 2000 < at < 2300 else value for at, value in enumerate(one.values))
    assert unusual_times(SeriesSet(series=(one.model_copy(update={"values": values}),)), ()) == ()


def test_of_many_values_the_last_are_read() -> None:
    many = tuple(series(f"s{at}", (200, 2900), at) for at in range(READ // 2000))
    found = unusual_times(SeriesSet(series=many), ()) or ()
    assert {one.series for one in found} == {one.name for one in many}
    assert {one.time for one in found} == {TIMES[2900]}


def test_of_many_series_only_those_that_are_ranked_are_read() -> None:
    many = SeriesSet(series=tuple(series(f"s{at}", seed=at) for at in range(FEW + 1)))
    assert unusual_times(many, ()) is None
    assert {one.series for one in unusual_times(many, ("s3", "s5")) or ()} == {"s3", "s5"}


def test_only_the_most_unusual_are_shown_in_the_order_of_time() -> None:
    many = tuple(series(f"s{at}", (1500 + at, 2500), at) for at in range(12))
    found = unusual_times(SeriesSet(series=many), ()) or ()
    assert SHOWN < len(found) <= KEPT
    rows = table(found).rows[1:]
    assert len(rows) == SHOWN and list(rows) == sorted(rows)


def test_marks_and_curves_join_the_timeline() -> None:
    metrics = SeriesSet(series=(series(), series("calm", ())))
    found = unusual_times(metrics, ()) or ()
    change = Mark(time=TIMES[2600], kind="change", text="a change")
    held = Block(kind="timeline", title="", marks=(change,), curves=())
    block = marked(held, metrics, found)
    assert [mark.kind for mark in block.marks] == ["metric", "change"]
    assert [curve.name for curve in block.curves] == ["load"]
    drawn = Curve(name="load", times=TIMES, values=metrics.series[0].values)
    assert len(marked(held.model_copy(update={"curves": (drawn,)}), metrics, found).curves) == 1
    assert marked(held, metrics, ()) == held
