"""Rates of approval with their intervals."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from octad.feedback.rates import rates, wilson
from octad.feedback.verdict import Verdict

Make = Callable[..., Verdict]


def test_wilson_is_what_the_books_say() -> None:
    """Newcombe (1998), table I: 81 of 263, 15 of 148, 0 of 20."""
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=1e-4)
    assert wilson(15, 148) == pytest.approx((0.0624, 0.1605), abs=1e-4)
    assert wilson(0, 20) == pytest.approx((0.0, 0.1611), abs=1e-4)
    assert wilson(0, 0) == (0.0, 1.0)


def test_rates_count_each_finding_once_with_its_newest_verdict(verdict: Make) -> None:
    said = [verdict(1), verdict(1, actor="bob", decision="accepted"), verdict(2, reason="intended")]
    (rate,) = rates(said)
    assert (rate.name, rate.accepted, rate.dismissed, rate.count) == ("bug/word", 1, 1, 2)
    assert rate.approval == 0.5 and rate.reasons == {"intended": 1}


def test_the_worst_comes_first_and_names_where_it_is_silenced(verdict: Make) -> None:
    said = [verdict(number) for number in range(7)]
    said += [verdict(number, rule="bug/good", decision="accepted") for number in range(10, 13)]
    said += [verdict(number, project="there") for number in range(3)]
    worst, best = rates(said)
    assert (worst.name, worst.silenced, worst.count) == ("bug/word", ("here",), 10)
    assert (best.name, best.silenced) == ("bug/good", ())
    assert rates(said, counting=[])[0].silenced == ()


@pytest.mark.parametrize(("by", "names"), [("project", {"here", "there"}), ("agent", {"x", "(unknown)"})])
def test_rates_by_something_else(verdict: Make, by: str, names: set[str]) -> None:
    found = rates([verdict(1, agent="x"), verdict(2, project="there")], by)  # type: ignore[arg-type]
    assert {one.name for one in found} == names and all(one.silenced == () for one in found)
