"""Shapley values against the mean over every order in which the inputs may come."""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations
from statistics import mean
from types import SimpleNamespace
from typing import Any

import pytest

from octad.agents.agent import EvidenceTarget
from octad.explain.shapley import contributions, present
from octad.heads.base import Calibration
from octad.records.base import Record

Held = frozenset[str]
PRIOR = 0.25


class Case(Record):
    must: str
    a: str | None = None
    b: str | None = None
    c: str | None = None
    d: str | None = None


class Runner:
    """Says what a function gives for the inputs that are there; needs one of `required`."""

    manifest = SimpleNamespace(priors={"risk": PRIOR})

    def __init__(self, value: Callable[[Held], float], required: str = "abcd") -> None:
        head = SimpleNamespace(probability=lambda outputs, unit, item, label, calibration: value(unit))
        self.agent = SimpleNamespace(
            heads={"risk": head, "other": head}, can_answer=lambda head, unit: bool(unit & set(required))
        )

    def calibration(self, head: str) -> Calibration:
        return Calibration()

    def prepare(self, case: Case) -> Held:
        return frozenset(name for name in "abcd" if getattr(case, name) is not None)

    def run(self, units: list[Held]) -> list[dict[str, None]]:
        return [{"risk": None, "other": None} for _ in units]


def asked(value: Callable[[Held], float], names: str, **more: Any) -> Any:
    case = Case(must="x", **dict.fromkeys(names, "x"))
    return contributions(Runner(value, **more), case, EvidenceTarget("risk", 0))  # type: ignore[arg-type]


def brute(value: Callable[[Held], float], names: str) -> dict[str, float]:
    gains: dict[str, list[float]] = {name: [] for name in names}
    for order in permutations(names):
        for place, name in enumerate(order):
            before = frozenset(order[:place])
            gains[name].append(value(before | {name}) - value(before))
    return {name: mean(found) for name, found in gains.items()}


def tangled(held: Held) -> float:
    """Inputs that help, hinder and need each other."""
    score = 0.3 * ("a" in held) + 0.2 * ("b" in held) * ("c" in held) - 0.1 * ("d" in held) * len(held)
    return 0.5 + score if held else PRIOR


@pytest.mark.parametrize("names", ["a", "ab", "abc", "abcd"])
def test_against_every_order(names: str) -> None:
    found = asked(tangled, names)
    assert found.shares == pytest.approx(brute(tangled, names))
    assert (found.nothing, found.everything) == (PRIOR, tangled(frozenset(names)))
    assert sum(found.shares.values()) == pytest.approx(found.everything - found.nothing)


def test_equals_share_equally_and_idlers_get_nothing() -> None:
    found = asked(lambda held: 0.9 if held >= {"a", "b"} else PRIOR, "abc")
    assert found.shares["a"] == pytest.approx(found.shares["b"]) == pytest.approx((0.9 - PRIOR) / 2)
    assert found.shares["c"] == pytest.approx(0.0)


def test_where_a_head_has_nothing_to_go_by_its_base_rate_stands() -> None:
    """Whatever it would say: only `a` tells it anything."""
    found = asked(lambda held: 0.8, "ab", required="a")
    assert found.nothing == PRIOR
    assert found.shares == pytest.approx({"a": 0.8 - PRIOR, "b": 0.0})


def test_without_inputs_there_is_nothing_to_share() -> None:
    assert asked(tangled, "") == (PRIOR, {}, PRIOR)


def test_required_fields_are_always_there() -> None:
    assert present(Case(must="x", a="y")) == ("a",)
    assert present(Case(must="x")) == ()
