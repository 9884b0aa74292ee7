"""Mining is a function of the set of lines: neither their order nor their shards matter."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from octad.errors import InputError
from octad.records.logs import LogLine
from octad.templates.lookup import slots
from octad.templates.miner import BUCKETS, Miner
from octad.templates.shapes import LIMITS
from octad.templates.tally import Tally

WORDS = ("user", "ann", "bob", "eve", "kim", "left", "joined", "17", "10.0.0.1:80", "a=b", "[x, y]", "", "\n")
MESSAGES = st.one_of(
    st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join),
    st.text(max_size=12),
)
TIMES = st.one_of(st.none(), st.floats(-1e4, 1e9), st.just(float("nan")), st.floats(0, 300))
LINES = st.lists(
    st.builds(
        LogLine, TIMES, st.sampled_from(("", "web")), st.sampled_from(("", "error")), MESSAGES, st.just(1)
    ),
    max_size=40,
)
CAPACITIES = st.sampled_from((4, 12, 10_000))


def mined(lines: list[LogLine], capacity: int = 10_000) -> Miner:
    miner = Miner(capacity)
    for line in lines:
        miner.add(line, "app.log")
    return miner


def state(miner: Miner) -> object:
    """All that a miner remembers."""
    groups = {
        key: (group.united, {shape: _kept(tally) for shape, tally in group.shapes.items()})
        for key, group in miner.shapes.groups.items()
    }
    return miner.lines, miner.span, miner.doublings, miner.shapes.step, miner.shapes.size, groups


def _kept(tally: Tally) -> object:
    return tally.counts, tally.untimed, tally.last, tally.places


@given(lines=LINES, capacity=CAPACITIES, data=st.data())
@settings(deadline=None)
def test_any_order_and_any_shards_give_the_same(
    lines: list[LogLine], capacity: int, data: st.DataObject
) -> None:
    whole = mined(lines, capacity)
    shards: list[list[LogLine]] = [[], [], []]
    for line in data.draw(st.permutations(lines)):
        shards[data.draw(st.integers(0, 2))].append(line)
    miners = [mined(shard, capacity) for shard in shards]
    left, right = Miner(capacity), mined(shards[1], capacity)
    for miner in miners:
        left.merge(miner)
    right.merge(miners[2])
    right.merge(miners[0])
    assert state(left) == state(right) == state(whole)
    assert left.logs() == right.logs() == whole.logs()


@given(lines=LINES)
@settings(deadline=None)
def test_every_line_is_in_the_template_that_it_fits(lines: list[LogLine]) -> None:
    miner = mined(lines)
    logs = miner.logs()
    assert sum(template.count for template in logs.templates) == logs.lines == len(lines)
    templates = {template.template for template in logs.templates}
    for line in lines:
        template = miner.template_of(line.message)
        assert template in templates
        assert slots(template, line.message) is not None


def test_first_last_counts_and_example() -> None:
    lines = [LogLine(100.0 + k, "web", "info", f"took {k} ms", k + 1) for k in range(3)]
    logs = mined(list(reversed(lines))).logs()
    (template,) = logs.templates
    assert template.template == "took <*> ms" and template.parameters == (("0", "1", "2"),)
    assert (template.first, template.last, template.example, template.line) == (100.0, 102.0, "took 0 ms", 1)
    assert (logs.start, logs.interval, template.counts) == (100.0, 1.0, ((0, 1), (1, 1), (2, 1)))


def test_buckets_widen_as_time_goes_on() -> None:
    logs = mined([LogLine(float(k), "", "", "tick", k) for k in range(0, 100_000, 10)]).logs()
    (template,) = logs.templates
    assert len(template.counts) <= BUCKETS < 2 * len(template.counts)
    assert sum(count for _, count in template.counts) == 10_000 and logs.interval == 512


def test_memory_is_bounded_under_junk() -> None:
    miner = mined([LogLine(None, f"s{k}", "", f"w{'x' * k}y went", k) for k in range(500)], 50)
    assert sum(len(group.shapes) for group in miner.shapes.groups.values()) <= 50
    assert sum(template.count for template in miner.logs().templates) == 500


def test_a_group_of_too_many_shapes_keeps_what_they_share() -> None:
    names = ("".join(chr(97 + int(digit)) for digit in str(k)) for k in range(LIMITS[0] + 1))
    miner = mined([LogLine(None, "", "", f"user {name} left", 1) for name in names])
    assert [template.template for template in miner.logs().templates] == ["user <*> left"]


def test_miners_of_other_capacities_are_not_merged() -> None:
    with pytest.raises(InputError, match="capacities 4 and 12"):
        Miner(4).merge(Miner(12))
