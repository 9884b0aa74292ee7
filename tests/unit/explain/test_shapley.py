"""Shapley values against the mean over every order in which the inputs may come."""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations
from statistics import mean
from types import SimpleNamespace
from typing import Any

import pytest

from octad.agent import Claim
from octad.explain.shapley import contributions, present
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
    """Believes what a function says of the inputs that are there; deaf without one of `heard`."""

    manifest = SimpleNamespace(priors={"risk": PRIOR})

    def __init__(self, belief: Callable[[Held], float], heard: str = "abcd") -> None:
        head = SimpleNamespace(belief=lambda outputs, unit, item, rule: belief(unit))
        self.agent = SimpleNamespace(
            heads={"risk": head, "other": head}, heard=lambda head, unit: bool(unit & set(heard))
        )

    def prepare(self, case: Case) -> Held:
        return frozenset(name for name in "abcd" if getattr(case, name) is not None)

    def run(self, units: list[Held]) -> list[dict[str, None]]:
        return [{"risk": None, "other": None} for _ in units]


def asked(belief: Callable[[Held], float], names: str, **more: Any) -> Any:
    case = Case(must="x", **dict.fromkeys(names, "x"))
    return contributions(Runner(belief, **more), case, Claim("risk", 0))  # type: ignore[arg-type]


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


def test_where_a_head_hears_nothing_its_prior_is_believed() -> None:
    """Whatever it would say: only `a` makes it hear."""
    found = asked(lambda held: 0.8, "ab", heard="a")
    assert found.nothing == PRIOR
    assert found.shares == pytest.approx({"a": 0.8 - PRIOR, "b": 0.0})


def test_without_inputs_there_is_nothing_to_share() -> None:
    assert asked(tangled, "") == (PRIOR, {}, PRIOR)


def test_required_fields_are_always_there() -> None:
    assert present(Case(must="x", a="y")) == ("a",)
    assert present(Case(must="x")) == ()
