"""Tables with a row per value."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from octad.errors import InputError
from octad.read.metrics.csv_table import read_csv
from octad.records.series import Series, SeriesSet
from octad.records.skipped import Skipped


def by_name(text: str) -> dict[str, Series]:
    found = read_csv(text, "f.csv").series
    assert len({one.name for one in found}) == len(found)
    return {one.name: one for one in found}


@pytest.mark.parametrize(
    ("header", "row", "name"),
    [
        ("timestamp,metric,service,value", "0,cpu,cart,1", "cart.cpu"),
        ("timestamp,name,value", "0,cart.cpu,1", "cart.cpu"),
        ("metric,time,value", "cart_cpu,0,1", "cart_cpu"),
        ("Time;Metric_Name;Service;Value", "0;cpu;cart;1", "cart.cpu"),
        ("timestamp,service,value", "0,cart,1", "cart.value"),
        ("timestamp,service,cpu", "0,cart,1", "cart.cpu"),
        ("ts,pod,cpu", "0,cart-5d6b9c7f4-x2x9k,1", "cart.cpu{pod=cart-5d6b9c7f4-x2x9k}"),
        ("timestamp,cmdb_id,kpi_name,value", "0,node-1.cart-0,cpu,1", "cart.cpu{cmdb_id=node-1_cart-0}"),
        ("time,name,code,value", "0,hits,500,1", "hits{code=500}"),
        ("_time,_measurement,_field,service,_value", "0,proc,cpu,cart,1", "cart.proc_cpu"),
        ("time,metric,unit,service,value", "0,size,bytes,cart,1", "cart.size"),
        ("time,metric,namespace,service,value", "0,size,,cart,1", "cart.size"),
    ],
)
def test_columns_are_known_by_their_names(header: str, row: str, name: str) -> None:
    separator = ";" if ";" in header else ","
    place = header.lower().split(separator)
    at = next(place.index(one) for one in ("time", "timestamp", "ts", "_time") if one in place)
    later = row.split(separator)
    later[at] = "15"
    found = by_name(f"{header}\n{row}\n{separator.join(later)}\n")
    assert list(found) == [name] and found[name].times == (0, 15) and found[name].lines == (2, 3)


def test_several_values_in_a_row_are_several_series() -> None:
    found = by_name("time,service,cpu,memory\n0,cart,1,2\n0,user,3,\n15,cart,5,6\n15,user,7,8\n")
    assert {name: one.values for name, one in found.items()} == {
        "cart.cpu": (1, 5), "cart.memory": (2, 6), "user.cpu": (3, 7), "user.memory": (None, 8),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("time,service,status,p99\n0,cart,Warning,1\n15,cart,OK,2\n", ["cart.p99"]),
        ("time,p99,status\n0,1,Warning\n15,2,OK\n", ["p99"]),
    ],
)
def test_states_are_left_out_and_said(text: str, names: list[str]) -> None:
    found = read_csv(text, "f.csv")
    assert [one.name for one in found.series] == names and found.series[0].values == (1, 2)
    assert found.skipped == (Skipped(path="f.csv", reason="columns of words are left out: 'status'"),)


def test_units_of_one_name_are_said_and_kept_apart() -> None:
    text = "time,metric,unit,value\n0,size,bytes,5000000\n15,size,MB,5\n30,size,bytes,5000000\n0,load,,1\n"
    found = read_csv(text, "f.csv")
    assert {one.name: (one.unit, one.values) for one in found.series} == {
        "size{unit=bytes}": ("bytes", (5e6, 5e6)), "size{unit=MB}": ("MB", (5,)), "load": ("", (1,)),
    }  # fmt: skip
    assert found.skipped == (Skipped(path="f.csv", reason="'size' is measured in MB and bytes: kept apart"),)


@pytest.mark.parametrize("header", ["time,host,guest", "time,value", "time,service,value", "time,a,name"])
def test_tables_of_numbers_alone_have_a_series_for_each_column(header: str) -> None:
    row = ",".join(["1"] * (header.count(",") + 1))
    assert list(by_name(f"{header}\n{row}\n")) == header.split(",")[1:]


def test_annotations_and_repeated_headers_are_passed_over() -> None:
    header = ",result,table,_time,_value,_field,service"
    rows = ",,0,2026-01-31T12:00:00Z,1,cpu,cart\n,,0,2026-01-31T12:00:15Z,2,cpu,cart\n"
    text = (
        f"#group,false,false\n#datatype,string,long\n#default,_result,,\n{header}\n{rows}\n{header}\n{rows}"
    )
    (one,) = by_name(text).values()
    assert (one.name, one.values, one.flags) == ("cart.cpu", (1, 2), ("duplicates", "unsorted"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("time,metric,value\n0,cpu,1\n15,cpu,x\n", "f.csv: row 3, column 'value': 'x' is no number"),
        ("time,metric,value\n0,cpu,1\nsoon,cpu,2\n", "f.csv: row 3: 'soon' is no time"),
        ("time,metric,value\n0,cpu,1\n15,cpu\n", "f.csv: row 3 has 2 cells, the header has 3"),
    ],
)
def test_what_is_wrong_is_said_with_its_row(text: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        read_csv(text, "f.csv")
    assert caught.value.message == said and caught.value.hint


@given(
    st.dictionaries(
        st.tuples(st.sampled_from(["cart", "user", "a-b"]), st.sampled_from(["cpu", "p99"])),
        st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=5),
        min_size=1,
    ),
    st.randoms(use_true_random=False),
)
def test_long_and_wide_tables_hold_the_same(
    table: dict[tuple[str, str], list[float]], random: object
) -> None:
    rows = [
        f"{15 * at},{metric},{service},{value!r}\n"
        for (service, metric), values in table.items()
        for at, value in enumerate(values)
    ]
    random.shuffle(rows)  # type: ignore[attr-defined]
    found: SeriesSet = read_csv("time,metric,service,value\n" + "".join(rows), "f")
    assert {one.name: list(one.values) for one in found.series} == {
        f"{service}.{metric}": values for (service, metric), values in table.items()
    }


def test_names_of_columns_may_hold_labels() -> None:
    found = by_name('"Time","latency{service=""cart"", code=""5""}","{service=""user""}","a{b"\n0,1,2,3\n')
    assert list(found) == ["cart.latency{code=5}", "user.value", "a{b"]
