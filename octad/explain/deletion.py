"""Evidence by deletion: what, when it is taken away, lowers the probability of a claim.

Works on every engine, since it only hides items from attention. Coarse to fine: first each line,
then each item of the lines that mattered most. The result carries its own measure, with random
evidence of the same size as the floor (comprehensiveness and sufficiency: DeYoung et al. 2020).

Legend: N items of the unit, V variants of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from octad.agent import Claim
from octad.modalities.base import Prepared
from octad.records.report import Evidence, Faithfulness
from octad.runtime import Runner

Items = NDArray[np.int64]

SHOWN = 6
FAINT = 0.02


class Explanation(NamedTuple):
    """Evidence, best first, and how far it can be trusted."""

    evidence: tuple[Evidence, ...]
    faithfulness: Faithfulness


def explain(runner: Runner[Any, Any], unit: Prepared, path: str, claim: Claim, seed: int = 0) -> Explanation:
    """The items that carry a claim about the unit."""
    believe = Belief(runner, unit, claim)
    whole = believe([[]])[0]
    groups = unit.neighbourhood(claim.item)
    falls = whole - believe(groups)
    pieces = unit.split([groups[i] for i in np.argsort(-falls, kind="stable")])
    gains = whole - believe(pieces)
    order = [i for i in np.argsort(-gains, kind="stable")[:SHOWN] if gains[i] > FAINT * max(gains)]
    chosen, weights = [pieces[i] for i in order], gains[order]
    evidence = tuple(
        Evidence(anchor=anchor, text=text, weight=float(w / weights.sum()))
        for (anchor, text), w in zip([unit.shown(int(p[0]), path) for p in chosen], weights, strict=True)
    )
    others = np.array([i for i in range(unit.first, unit.cost) if i != claim.item], np.int64)
    held = np.concatenate([others[:0], *chosen])
    return Explanation(evidence, faithfulness(believe, whole, held, others, seed))


class Belief:
    """The probability of a claim when some items are hidden."""

    def __init__(self, runner: Runner[Any, Any], unit: Prepared, claim: Claim) -> None:
        self.runner = runner
        self.unit = unit
        self.claim = claim

    def __call__(self, hidden: Sequence[Sequence[int] | Items]) -> NDArray[np.float64]:
        """One probability `[V]` per set of hidden items."""
        head = self.runner.agent.heads[self.claim.head]
        beliefs = [
            head.belief(outputs[self.claim.head], self.unit, self.claim.item, self.claim.rule)
            for outputs in self.runner.run_hidden(self.unit, hidden)
        ]
        return np.array(beliefs, np.float64)


def faithfulness(believe: Belief, whole: float, chosen: Items, others: Items, seed: int) -> Faithfulness:
    """Hide the evidence, hide everything else, and hide as many random items, five times."""
    random = np.random.default_rng(seed)
    draws = [random.choice(others, len(chosen), replace=False) for _ in range(5)]
    rest = np.setdiff1d(others, chosen)
    without, only, *floor = whole - believe([chosen, rest, *draws])
    return Faithfulness(
        comprehensiveness=float(without), sufficiency=float(only), random=float(np.mean(floor))
    )
