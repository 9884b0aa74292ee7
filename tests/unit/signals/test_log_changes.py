from __future__ import annotations

import math
import random
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from octad.records.logs import Logs, LogTemplate
from octad.signals.log_changes import OTHERS, SURE, corrected, log_changes, unequal

START, WIDTH = 1_700_000_000.0, 60.0
T, AT = 100, 70


def logs_of(rows: dict[str, list[int]], levels: dict[str, str] | None = None) -> Logs:
    """Logs with these lines a bucket of each template."""
    templates = []
    for name, row in rows.items():
        counts = tuple((bucket, lines) for bucket, lines in enumerate(row) if lines)
        first = START + counts[0][0] * WIDTH if counts else None
        level = (levels or {}).get(name, "info")
        templates.append(
            LogTemplate(template=name, level=level, count=sum(row), counts=counts, first=first, last=first)
        )
    return Logs(templates=tuple(templates), lines=100, start=START, interval=WIDTH)


def steady(rate: int, seed: int) -> list[int]:
    """Counts that vary a little about a rate."""
    draw = random.Random(seed)
    return [max(rate + draw.choice((-1, 0, 0, 1)), 0) for _ in range(T)]


QUIET = {"served <*>": steady(8, 1), "cache hit <*>": steady(5, 2), "started": [3] + [0] * (T - 1)}
TIME = START + AT * WIDTH


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        ([0] * AT + [4] * (T - AT), "new"),
        ([4] * AT + [0] * (T - AT), "gone"),
        ([2] * AT + [9] * (T - AT), "risen"),
        ([9] * AT + [2] * (T - AT), "fallen"),
    ],
)
def test_what_changed_is_told_with_its_rates(row: list[int], kind: str) -> None:
    found = log_changes(logs_of(QUIET | {"it": row}, {"it": "error"}), TIME)
    [change] = found.changes
    assert (change.template.template, change.kind, change.grave) == ("it", kind, True)
    assert (change.before, change.after) == (row[0] * 60.0, row[-1] * 60.0)
    assert change.p <= SURE
    assert found.unusual is not None and found.unusual <= 1 / OTHERS


def test_quiet_logs_say_nothing() -> None:
    for bucket in range(T):
        assert log_changes(logs_of(QUIET), START + bucket * WIDTH).changes == ()


def test_one_burst_says_nothing() -> None:
    burst = [0] * 80 + [500] + [0] * 19
    assert log_changes(logs_of(QUIET | {"burst": burst}), TIME).changes == ()


def test_new_grave_templates_count_together_where_each_comes_once() -> None:
    rows, levels = dict(QUIET), {}
    for number in range(8):
        rows[f"crash {number}"] = [int(bucket == AT + 2 * number) for bucket in range(T)]
        levels[f"crash {number}"] = "critical"
    found = log_changes(logs_of(rows, levels), TIME).changes
    assert {change.template.template for change in found} == set(levels)
    assert {change.kind for change in found} == {"new"}
    assert log_changes(logs_of(rows), TIME).changes == ()


def test_time_a_little_late_is_as_good() -> None:
    logs = logs_of(QUIET | {"it": [0] * AT + [4] * (T - AT)})
    assert [change.kind for change in log_changes(logs, TIME + 2 * WIDTH).changes] == ["new"]


def test_usual_period_may_begin_later() -> None:
    row = [9] * 20 + [0] * (AT - 20) + [9] * (T - AT)
    logs = logs_of(QUIET | {"it": row})
    [change] = log_changes(logs, TIME, since=START + 25 * WIDTH).changes
    assert (change.kind, change.before) == ("new", 0.0)


@pytest.mark.parametrize("at", [START - 1e6, START, START + T * WIDTH, START + 1e9])
def test_times_beyond_the_log_say_nothing(at: float) -> None:
    assert log_changes(logs_of(QUIET), at).changes == ()


def test_logs_without_times_or_with_few_say_nothing() -> None:
    assert log_changes(Logs(), TIME) == ((), None)
    untimed = Logs(templates=(LogTemplate(template="x", count=3),), lines=3)
    assert log_changes(untimed, TIME) == ((), None)
    short = logs_of({"x": [0] * 8 + [9] * 8})
    assert log_changes(short, START + 8 * WIDTH) == ((), None)


ROWS = st.lists(
    st.lists(st.sampled_from((0, 0, 1, 2, 9, 300)), min_size=40, max_size=40), min_size=1, max_size=6
)


@given(rows=ROWS, seed=st.integers(0, 99))
@settings(max_examples=60, deadline=None)
def test_any_logs_speak_at_one_time_of_twenty_at_most(rows: list[list[int]], seed: int) -> None:
    named = {f"template {number}": row for number, row in enumerate(rows)}
    logs = logs_of(named, {"template 0": "error"})
    times = [START + (bucket + 0.5) * WIDTH for bucket in range(40)]
    answers = [log_changes(logs, time) for time in times]
    assert sum(bool(one.changes) for one in answers) <= 40 / OTHERS
    shuffled = list(logs.templates)
    random.Random(seed).shuffle(shuffled)
    other = logs.model_copy(update={"templates": tuple(shuffled)})
    assert [log_changes(other, time) for time in times] == answers


@given(before=st.integers(0, 40), after=st.integers(0, 40), share=st.sampled_from((0.1, 0.25, 0.5)))
@settings(deadline=None)
def test_binomial_test_is_exact(before: int, after: int, share: float) -> None:
    n, one = before + after, Fraction(share)
    weights = [math.comb(n, k) * one**k * (1 - one) ** (n - k) for k in range(n + 1)]
    tail = min(sum(weights[after:]), sum(weights[: after + 1]))
    assert unequal(before, after, share) == pytest.approx(min(float(2 * tail), 1.0), rel=1e-9)


def test_large_counts_take_no_longer() -> None:
    assert unequal(10**9, 10**9, 0.5) == pytest.approx(1.0, abs=0.01)
    assert unequal(10**9, 2 * 10**9, 0.5) == 0.0


def test_correction_keeps_the_order_and_the_number() -> None:
    assert corrected([0.01, 0.5, 0.02]) == pytest.approx([0.03, 0.5, 0.04])
    assert corrected([]) == []
