"""What each input of a case gave to a candidate: exact Shapley values over the inputs that are there.

Every coalition of the inputs is asked (Shapley 1953), of n inputs 2 to the n; an input that is left out is
absent from the case, as it is in training when inputs are dropped.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from math import comb
from typing import Any, NamedTuple

from octad.agents.agent import EvidenceTarget
from octad.runtime import Runner


class Contributions(NamedTuple):
    """The probability of a candidate without any input, what each input added, and that with all."""

    nothing: float
    shares: Mapping[str, float]
    everything: float


def present(case: Any) -> tuple[str, ...]:
    """The optional inputs that a case has."""
    fields = type(case).model_fields
    return tuple(
        name for name, field in fields.items() if not field.is_required() and getattr(case, name) is not None
    )


def contributions(runner: Runner[Any, Any], case: Any, target: EvidenceTarget) -> Contributions:
    """Shapley values of the inputs that are present; they sum to the gain of all over none.

    Where a coalition leaves the head nothing to go by, its base rate on held-out cases stands. What placebo
    cases raise is not taken off.
    """
    names = present(case)
    coalitions = [held for size in range(len(names) + 1) for held in combinations(names, size)]
    units = [
        runner.prepare(case.model_copy(update=dict.fromkeys(set(names) - set(held)))) for held in coalitions
    ]
    head, calibration = runner.agent.heads[target.head], runner.calibration(target.head)
    probabilities = [
        head.probability(outputs[target.head], unit, target.item, target.label, calibration)
        if runner.agent.can_answer(target.head, unit)
        else runner.manifest.priors.get(target.head, 0.0)
        for unit, outputs in zip(units, runner.run(units), strict=True)
    ]
    values = dict(zip(map(frozenset, coalitions), probabilities, strict=True))
    shares = {name: _share(name, len(names), values) for name in names}
    return Contributions(values[frozenset()], shares, values[frozenset(names)])


def _share(name: str, n: int, values: Mapping[frozenset[str], float]) -> float:
    """The mean gain by joining, over all orders in which the n inputs may come."""
    return sum(
        (value - values[held - {name}]) / (n * comb(n - 1, len(held) - 1))
        for held, value in values.items()
        if name in held
    )
