from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from octad.read.logs.requests import BUCKETS, SERVICES, Requests
from octad.records.logs import LogLine, Request
from octad.records.series import Series

START = 1_700_000_000


def line(second: float | None, status: int = 200, service: str = "", seconds: float | None = None) -> LogLine:
    return LogLine(second, service, "info", "", 1, Request(status, seconds))


def series_of(lines: list[LogLine]) -> dict[str, Series]:
    requests = Requests()
    assert list(requests.counted(lines)) == lines
    return {one.name: one for one in requests.series()}


def test_requests_by_class_and_their_latency() -> None:
    lines = [line(START + at, 502 if at == 2 else 201, "web", at / 10) for at in range(5)]
    found = series_of([*lines, line(START + 2, 404, "web"), line(None), lines[0]._replace(request=None)])
    assert list(found) == ["web.http_2xx", "web.http_4xx", "web.http_5xx", "web.http_latency"]
    assert found["web.http_2xx"].values == (1, 1, 0, 1, 1)
    assert found["web.http_5xx"].values == (0, 0, 1, 0, 0)
    assert found["web.http_latency"].values == pytest.approx((0, 0.1, 0.2, 0.3, 0.4))
    assert found["web.http_5xx"].times == tuple(float(START + at) for at in range(5))


def test_no_latency_where_none_was_measured() -> None:
    found = series_of([line(START, 200, "", 0.5), line(START + 2, 200)])
    assert found["http_latency"].values == (0.5, None, None)


def test_no_requests_make_no_series() -> None:
    assert series_of([]) == series_of([line(None), line(-5.0), line(1e12)]) == {}


TIMES = st.lists(st.integers(0, 3_000) | st.integers(0, 10**8), min_size=1, max_size=80)


@given(times=TIMES, seed=st.integers(0, 9))
@settings(max_examples=80, deadline=None)
def test_sums_do_not_depend_on_the_order_and_are_bounded(times: list[int], seed: int) -> None:
    lines = [line(START + at, (200, 502)[at % 2], "ab"[at % 2]) for at in times]
    shuffled = list(lines)
    random.Random(seed).shuffle(shuffled)
    found = series_of(lines)
    assert found == series_of(shuffled)
    assert all(len(one.times) <= BUCKETS for one in found.values())
    if max(times) - min(times) < BUCKETS:
        assert sum(sum(value or 0 for value in one.values) for one in found.values()) == len(times)


def test_services_are_bounded() -> None:
    found = series_of([line(START, 200, f"host{number}") for number in range(2 * SERVICES)])
    assert len(found) == SERVICES
