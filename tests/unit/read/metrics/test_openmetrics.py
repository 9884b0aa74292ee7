from __future__ import annotations

import pytest

from octad.errors import InputError
from octad.read.metrics.openmetrics import is_exposition, read_openmetrics
from octad.records.series import Series

TEXT = r"""# HELP took_seconds How long.
# TYPE took_seconds histogram
# UNIT took_seconds seconds
took_seconds_bucket{job="api",le="+Inf"} 4 10.0 # {trace_id="a b"} 0.67 9.9
took_seconds_count{job="api"} 4 10.0
took_seconds_sum{job="api"} 2.5 10.0
took_seconds_created{job="api"} 1 10.0
took_seconds_bucket{le="+Inf",job="api"} 8 20.0
took_seconds_count{job="api"} 8 20.0
took_seconds_sum{job="api"} 4.5 20.0
# TYPE hits counter
hits_total{job="api",path="/a\"b\\c\nd, }e"} 5 10
hits_total{job="api",path="/a\"b\\c\nd, }e"} 2 20
# TYPE old_total counter
old_total 1 10
old_total 3 20
# TYPE seats_total gauge
seats_total 1 10
seats_total 3 20
# TYPE pool gauge
pool { job = "api" , } NaN 10
pool{job="api"} 7 20
# TYPE late summary
late{quantile="0.9"} 3 10
late_count 3 10
late_count 4 20
# EOF
"""


def read(text: str) -> dict[str, Series]:
    return {one.name: one for one in read_openmetrics(text, "f.prom").series}


def test_families_have_kinds_and_units() -> None:
    found = read(TEXT)
    rates = {name: one.values for name, one in found.items() if "counter" in one.flags}
    assert rates == {
        "api.took_seconds_bucket{le=+Inf}": (0.4,),
        "api.took_seconds_count": (0.4,),
        "api.took_seconds_sum": (0.2,),
        'api.hits_total{path=/a"b\\c\nd, }e}': (0.2,),
        "old_total": (0.2,),
        "late_count": (0.1,),
    }
    assert set(found) - set(rates) == {"seats_total", "api.pool", "late{quantile=0_9}"}
    assert found["api.took_seconds_sum"].unit == "seconds/s"
    assert "resets" in found['api.hits_total{path=/a"b\\c\nd, }e}'].flags


def test_each_value_knows_its_line_and_gaps_stay() -> None:
    pool = read(TEXT)["api.pool"]
    assert (pool.times, pool.values, pool.flags) == ((10, 20), (None, 7), ("gaps",))
    assert [TEXT.split("\n")[line - 1].startswith("pool") for line in pool.lines] == [True, True]


def test_milliseconds_of_the_older_format() -> None:
    assert read("up 1 1700000000250\n")["up"].times == (1700000000.25,)


@pytest.mark.parametrize(
    "text, said",
    [
        ("up 1 1\nup 1\n", "f.prom: row 2 has no time"),
        ("up 1 1\nup one 2\n", "f.prom: row 2: value or time is no number"),
        ("up 1 1\nup 1 soon\n", "f.prom: row 2: value or time is no number"),
        ("up{a=1} 1 1\n", "f.prom: row 1: labels that cannot be read"),
        ('up{a="1} 1 1\n', "f.prom: row 1 is no sample"),
        ("hello world of metrics\n", "f.prom: row 1"),
        ("# TYPE up gauge\n# EOF\n", "f.prom: no samples"),
    ],
)
def test_what_is_wrong_is_said_with_its_row(text: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        read_openmetrics(text, "f.prom")
    assert said in str(caught.value) and caught.value.hint


def test_hostile_lines_take_no_time() -> None:
    for line in ('a{b="' + '\\"' * 50_000, "a{" + "b," * 50_000, "a " * 50_000, "a" + "{" * 50_000):
        with pytest.raises(InputError):
            read_openmetrics(line, "f")


def test_first_lines_of_the_format() -> None:
    assert is_exposition("# TYPE a gauge") and is_exposition('a{b="c,d"} 1 2') and is_exposition("a 1 2")
    assert not is_exposition("time,a 1") and not is_exposition("time;a") and not is_exposition("# a comment")
