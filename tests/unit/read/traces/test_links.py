"""What spans add up to: no span twice, none lost, whatever their order, their files and their clocks."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from octad.read.traces.clock import MOST
from octad.read.traces.files import read_traces
from octad.records.traces import Tally, Traces
from tests.spans import SHOP, Step, otlp, written, zipkin

PATH = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=25)
SERVICES = ("web", "cart", "pay", "stock")


@st.composite
def requests(draw: st.DrawFn) -> list[Step]:
    """Requests through up to four services: each calls others, with clocks up to 1 s apart."""
    steps: list[Step] = []
    clock = {name: draw(st.integers(-1_000_000, 1_000_000)) for name in SERVICES}
    for number in range(draw(st.integers(1, 12))):
        start = draw(st.integers(2_000_000, 600_000_000))
        waiting = [("", 0, start, 1_000_000)]
        while waiting:
            parent, depth, begin, room = waiting.pop()
            service = SERVICES[depth]
            steps.append(
                Step(f"{len(steps) + 1:x}", parent, service, "SERVER", begin + clock[service], room,
                     draw(st.booleans()), trace=f"{number + 1:x}")
            )  # fmt: skip
            server = steps[-1].id
            for at in range(draw(st.integers(0, 2)) if depth < 3 else 0):
                inner, part = begin + room * (2 * at + 1) // 6, room // 4
                steps.append(
                    Step(f"{len(steps) + 1:x}", server, service, "CLIENT", inner + clock[service], part,
                         trace=f"{number + 1:x}")
                )  # fmt: skip
                waiting.append((steps[-1].id, depth + 1, inner + part // 8, part * 3 // 4))
    return steps


def read(folder: Path, *files: list[Step]) -> Traces:
    paths = [written(folder / f"{i}.jsonl", *(otlp([one]) for one in steps)) for i, steps in enumerate(files)]
    return read_traces(paths)


def total(tallies: list[Tally]) -> tuple[int, int, float]:
    return (
        sum(sum(one.counts) for one in tallies),
        sum(sum(one.errors) for one in tallies),
        sum(sum(one.seconds) for one in tallies),
    )


@PATH
@given(steps=requests())
def test_sums_over_buckets_are_counts_of_spans(tmp_path: Path, steps: list[Step]) -> None:
    found = read(tmp_path, steps)
    servers = [one for one in steps if one.kind == "SERVER"]
    count, errors, seconds = total([one.requests for one in found.services])
    assert (count, errors) == (len(servers), sum(one.error for one in servers))
    assert seconds == pytest.approx(sum(one.duration for one in servers) / 1e6)
    called = [one for one in servers if one.parent]
    assert total([one.at_callee for one in found.calls])[0] == len(called)
    assert total([one.at_caller for one in found.calls])[0] == len(called)
    for tally in (t for one in found.calls for t in (one.at_caller, one.at_callee)):
        assert tuple(sum(many for _, many in h) for h in tally.histograms) == tally.counts
    assert found.spans == len(steps) and "orphans" not in found.flags


@PATH
@given(steps=requests(), data=st.data())
def test_neither_order_nor_files_matter(tmp_path: Path, steps: list[Step], data: st.DataObject) -> None:
    wanted = read(tmp_path, steps)
    shuffled = data.draw(st.permutations(steps))
    cut = data.draw(st.integers(1, len(steps)))
    assert read(tmp_path, shuffled) == wanted
    if cut < len(steps):
        assert read(tmp_path, shuffled[:cut], shuffled[cut:]) == wanted
    twice = read(tmp_path, steps, shuffled)
    assert twice.model_copy(update={"flags": wanted.flags}) == wanted and "duplicates" in twice.flags


@PATH
@given(steps=requests())
def test_clocks_that_are_apart_change_no_duration_and_no_own_time(tmp_path: Path, steps: list[Step]) -> None:
    """Own time is a request's without its calls, which do not overlap here."""
    found = read(tmp_path, steps)
    called = sum(one.duration for one in steps if one.kind == "CLIENT")
    served = sum(one.duration for one in steps if one.kind == "SERVER")
    assert total([one.own for one in found.services])[2] == pytest.approx((served - called) / 1e6)


def test_buckets_are_few_and_a_power_of_two_seconds_wide(tmp_path: Path) -> None:
    for hours, width in ((0.02, 1.0), (1, 32.0), (24, 1024.0)):
        steps = [Step(f"{i:x}", "", "web", "SERVER", int(i * hours * 3.6e6), 1_000) for i in range(1, 1001)]
        found = read(tmp_path, steps)
        (service,) = found.services
        assert found.interval == width and len(service.requests.buckets) <= MOST
    assert read_traces([tmp_path / "0.jsonl"], least=2800.0).interval == 2048.0


def test_a_bucket_begins_at_a_time_that_is_given(tmp_path: Path) -> None:
    steps = [Step(f"{i:x}", "", "web", "SERVER", i * 1_000_000, 1_000) for i in range(1, 2001)]
    read(tmp_path, steps)
    for late in (777.25, 1234.567891):
        at = 1_769_860_800.0 + late
        found = read_traces([tmp_path / "0.jsonl"], at=at)
        assert at in {found.start + bucket * found.interval for bucket in range(200)}


def test_a_callee_that_began_before_its_call_is_moved_into_it(tmp_path: Path) -> None:
    late = [replace(one, start=one.start - 5_000_000) if one.service == "cart" else one for one in SHOP]
    found = read(tmp_path, late)
    assert found.flags == ("clock-skew",) and found.first == 1_769_860_800.0
    assert {one.name: one.requests.buckets for one in found.services if one.requests.buckets} == {
        "web": (0,), "cart": (0,), "pay": (0,),
    }  # fmt: skip


def test_spans_whose_parent_is_not_there_are_requests_of_their_own(tmp_path: Path) -> None:
    found = read(tmp_path, [one for one in SHOP if one.service != "web"])
    assert "orphans" in found.flags
    assert {one.name: sum(one.requests.counts) for one in found.services} == {
        "cart": 1,
        "pay": 1,
        "cart-db": 0,
    }
    assert [(one.caller, one.callee) for one in found.calls] == [("cart", "cart-db")]


def test_steps_without_a_parent_are_requests_where_nothing_else_is(tmp_path: Path) -> None:
    steps = [Step(f"{i:x}", "99", "web", "INTERNAL", i, 1_000) for i in (1, 2)]
    assert [sum(one.requests.counts) for one in read(tmp_path, steps).services] == [2]
    steps.append(Step("3", "", "web", "SERVER", 0, 1_000))
    assert [sum(one.requests.counts) for one in read(tmp_path, steps).services] == [1]


def test_messages_go_to_who_consumes_them_else_to_the_queue(tmp_path: Path) -> None:
    topic = {"messaging.system": "kafka", "messaging.destination.name": "orders"}
    steps = [
        Step("1", "", "shop", "PRODUCER", 0, 1_000, tags=topic),
        Step("2", "1", "mailer", "CONSUMER", 5_000_000, 20_000, tags=topic),
        Step("3", "", "shop", "PRODUCER", 0, 1_000, tags=topic),
    ]
    found = read(tmp_path, steps)
    assert {(one.caller, one.callee, one.kind) for one in found.calls} == {
        ("shop", "mailer", "messages"), ("shop", "orders", "messages"),
    }  # fmt: skip
    assert found.flags == () and {one.name: one.kind for one in found.services}["orders"] == "queue"
    assert {one.name: one.requests.buckets for one in found.services if one.requests.buckets} == {
        "mailer": (5,)
    }


def test_a_host_is_the_service_of_that_name(tmp_path: Path) -> None:
    tags = {"http.url": "http://pay.shop.svc.cluster.local:8080/charge"}
    others = (tags, {"http.url": "http://10.0.0.1/x"}, {"server.address": "api.mail.test:443"})
    steps = [
        *SHOP,
        *(Step(f"{i:x}", "1", "web", "CLIENT", 0, 1_000, tags=t) for i, t in enumerate(others, 7)),
    ]
    found = read(tmp_path, steps)
    assert {(c.caller, c.callee): sum(c.at_caller.counts) for c in found.calls} == {
        ("web", "cart"): 1, ("web", "pay"): 2, ("cart", "cart-db"): 1, ("web", "api.mail.test"): 1,
    }  # fmt: skip
    assert {one.name: one.kind for one in found.services}["api.mail.test"] == "external"


@pytest.mark.parametrize("kind", ["", "INTERNAL", "SERVER", "CLIENT"])
def test_circles_of_parents_and_parents_of_themselves_are_survived(tmp_path: Path, kind: str) -> None:
    circle = [
        Step("1", "3", "web", kind, 0, 1_000), Step("2", "1", "cart", kind, -9_000_000, 1_000),
        Step("3", "2", "cart", kind, 0, 1_000), Step("4", "4", "web", kind, 0, 1_000),
    ]  # fmt: skip
    assert read(tmp_path, circle).spans == 4
    assert read_traces([written(tmp_path / "z.json", zipkin(circle))]).spans == 4


def test_a_long_chain_of_parents_is_no_trouble(tmp_path: Path) -> None:
    chain = [
        Step(f"{i:x}", f"{i - 1:x}" if i > 1 else "", f"s{i % 7}", "", -i * 100, 500_000)
        for i in range(1, 3000)
    ]
    found = read(tmp_path, chain)
    assert found.spans == 2999 and len(found.services) == 7


def test_a_clock_that_is_years_off_does_not_stretch_the_time(tmp_path: Path) -> None:
    off = Step("99", "", "web", "SERVER", -(10**15), 1_000)
    found = read(tmp_path, [*SHOP, off])
    assert found.spans == 6 and found.flags == ("stray-times",)
