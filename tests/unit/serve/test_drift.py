"""Drift and cases that are unlike the first ones."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from octad.serve.drift import MOST_VERSIONS, REFERENCE, UNUSUAL, WINDOW, DriftState, DriftWatch
from octad.serve.reference import Reference, ks, psi
from tests.unit.serve.parts import ASKING, STABLE, answered, facts


def fed(watch: DriftWatch, count: int, shift: float = 0.0, seed: int = 1) -> DriftState:
    draw = random.Random(seed)
    for _ in range(count):
        watch.seen(ASKING, answered(facts=facts(draw, shift)))
    (state,) = watch.update()
    return state


def test_the_two_statistics_are_those_of_the_books() -> None:
    from scipy.stats import ks_2samp

    draw = np.random.default_rng(3)
    for shift in (0.0, 0.5, 2.0):
        first, second = draw.normal(size=300), draw.normal(shift, size=200).round(1)
        assert ks(first, second) == pytest.approx(ks_2samp(first, second).statistic)
    even, moved = np.arange(1000.0), np.arange(1000.0) + 500
    assert psi(even, even) == 0
    expected = sum(
        (a - b) * np.log(a / b) for a, b in [(100.5, 0.5)] * 5 + [(100.5, 100.5)] * 4 + [(100.5, 600.5)]
    )
    assert psi(even, moved) == pytest.approx(expected / 1005, rel=1e-6)
    assert psi(np.zeros(50), np.zeros(50)) == 0


def test_the_same_traffic_is_no_drift_and_other_traffic_is() -> None:
    watch = DriftWatch()
    state = fed(watch, REFERENCE + WINDOW)
    assert state.unlike is not None and state.alarms == () and state.reference == REFERENCE
    moved = fed(watch, WINDOW, shift=3, seed=2)
    assert set(moved.alarms) == {"cases", "answers", "unusual"}
    assert moved.unlike is not None and moved.unlike.facts[0].ks > 0.8
    assert fed(watch, WINDOW, seed=3).alarms == (), "what comes after is judged by itself"


def test_cases_like_the_reference_are_unusual_as_often_as_is_said() -> None:
    draw = random.Random(5)
    shares = []
    for _ in range(8):
        reference = Reference([facts(draw) for _ in range(REFERENCE)])
        shares.append((reference.likeness([facts(draw) for _ in range(500)]) <= UNUSUAL).mean())
        assert (reference.likeness([facts(draw, 4) for _ in range(50)]) <= UNUSUAL).mean() > 0.9
    assert 0.5 * UNUSUAL < np.mean(shares) < 2 * UNUSUAL


def test_facts_that_hang_together_are_seen_where_one_alone_is_usual() -> None:
    """Each fact of the case is within what is usual; that they are so together is not."""
    draw = np.random.default_rng(2)
    rows = [{"a": float(x), "b": float(x + draw.normal(scale=0.1))} for x in draw.normal(size=REFERENCE)]
    reference = Reference(rows)
    assert (
        reference.likeness([{"a": 1.2, "b": -1.2}])[0]
        <= UNUSUAL
        < reference.likeness([{"a": 1.2, "b": 1.2}])[0]
    )


def test_nothing_is_said_before_there_is_enough() -> None:
    watch = DriftWatch()
    state = fed(watch, REFERENCE - 1)
    assert state.unlike is None and state.alarms == () and state.judged == 0
    assert watch.update() == [state]


def test_what_failed_or_was_degraded_or_is_no_number_is_no_traffic() -> None:
    watch = DriftWatch()
    given = facts(random.Random(1))
    watch.seen(ASKING, replace(answered("server.internal"), facts=given))
    watch.seen(ASKING, replace(answered(facts=given), degraded="rules"))
    watch.seen(ASKING, answered(facts={**given, "items": float("nan")}))
    watch.seen(ASKING, answered(facts={f"f{number}": 1.0 for number in range(1_000)}))
    assert watch.update() == []


def test_references_outlive_the_process(tmp_path: Path) -> None:
    path = tmp_path / "references.json"
    fed(DriftWatch(path), REFERENCE + 5)
    assert path.stat().st_mode & 0o077 == 0
    after = DriftWatch(path)
    assert set(fed(after, WINDOW, shift=3).alarms) >= {"cases"}, "the new cases did not become the reference"
    assert after.forget("reviewer", STABLE) and not after.forget("reviewer", STABLE)
    assert json.loads(path.read_text()) == []


@pytest.mark.parametrize(
    "text",
    ["", "{}", "[1]", '[{"agent": "a", "version": "v", "rows": [{"x": 1}]}]', "[" * 100_000, '[{"agent": 1}]',
     json.dumps([{"agent": "a", "version": "v", "rows": [{"x": float("inf")}] * REFERENCE}])],
)  # fmt: skip
def test_a_file_that_is_no_reference_is_none(text: str, tmp_path: Path) -> None:
    path = tmp_path / "references.json"
    path.write_text(text)
    assert fed(DriftWatch(path), 3).reference == 3


def test_versions_are_bounded() -> None:
    watch = DriftWatch()
    for number in range(3 * MOST_VERSIONS):
        watch.seen(replace(ASKING, agent=f"a{number}"), answered(facts={"items": 1.0}))
    assert len(watch.update()) == MOST_VERSIONS


def test_facts_that_never_change_are_no_reference_to_fail_on() -> None:
    reference = Reference([{"items": 1.0}] * 20)
    assert reference.likeness([{"items": 5.0}]).tolist() == [1.0]
    assert reference.unlike([{"items": 5.0}] * 9).cases == 0
