"""Evidence by deletion: what, when it is taken away, lowers the probability of a candidate.

Works on every engine, since it only hides items from attention. Coarse to fine: first each group (a line of
code, a series with its parts), then the parts of the groups that mattered most. The result carries its own
measure, with random evidence of the same size as the floor (comprehensiveness and sufficiency: DeYoung et al.
2020).

Legend: N items of the case, V variants of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from octad.agents.agent import EvidenceTarget
from octad.encoders.prepared import Prepared
from octad.records.report import Evidence, Faithfulness
from octad.runtime import Runner

Items = NDArray[np.int64]

NEAR, BEST, PARTS = 24, 6, 24
"""Groups among which evidence is sought, the best of these, and parts of them."""
SHOWN = 6
FAINT = 0.02


class Explanation(NamedTuple):
    """Evidence, best first, and how far it can be trusted."""

    evidence: tuple[Evidence, ...]
    faithfulness: Faithfulness


def explain(
    runner: Runner[Any, Any], unit: Prepared, path: str, target: EvidenceTarget, seed: int = 0
) -> Explanation:
    """The items that carry a candidate of the case; `path` names an input that knows no file."""
    probability = HiddenProbability(runner, unit, target)
    whole = probability([[]])[0]
    near = groups(unit, target.item)[:NEAR]
    falls = whole - probability(near)
    pieces = parts(unit, [near[i] for i in np.argsort(-falls, kind="stable")[:BEST]])[:PARTS]
    gains = whole - probability(pieces)
    order = [i for i in np.argsort(-gains, kind="stable")[:SHOWN] if gains[i] > FAINT * max(gains)]
    chosen, weights = [pieces[i] for i in order], gains[order]
    evidence = tuple(
        Evidence(anchor=anchor, text=text, weight=float(w / weights.sum()))
        for (anchor, text), w in zip([unit.shown(int(p[0]), path) for p in chosen], weights, strict=True)
    )
    others = np.array([i for i in range(unit.shared, len(unit)) if i != target.item], np.int64)
    held = np.concatenate([others[:0], *chosen])
    return Explanation(evidence, faithfulness(probability, whole, held, others, seed))


def groups(unit: Prepared, item: int) -> list[Items]:
    """Groups of items, each without `item`: those of its subject, then what says most, then what is near."""
    group, _ = _numbered(unit)
    items = np.arange(unit.shared, len(unit))
    items = items[items != item]
    if not len(items):
        return []
    order = items[np.argsort(group[items], kind="stable")]
    found = np.split(order, np.flatnonzero(np.diff(group[order])) + 1)
    own = unit.subject[item] if unit.subject[item] > 0 else -1
    size = np.abs(unit.numbers).sum(1)
    found.sort(
        key=lambda held: (
            unit.subject[held[0]] != own,
            -float(size[held[0]]),
            abs(int(group[held[0]]) - int(group[item])),
        )
    )
    return found


def parts(unit: Prepared, found: Sequence[Items]) -> list[Items]:
    """The groups in the parts that are shown: tokens of a line, a series with all of its own."""
    _, owner = _numbered(unit)
    cut = [np.split(held, np.flatnonzero(np.diff(owner[held])) + 1) for held in found if len(held)]
    return [part for pieces in cut for part in pieces]


def _numbered(unit: Prepared) -> tuple[Items, Items]:
    """The number of the group and of the owner of every item `[N]`; shared items are their own."""
    owner = np.arange(len(unit))
    group = owner.copy()
    for part in unit.parts:
        own = slice(part.first, part.first + len(part.items))
        if part.items.owners:
            owner[own] = part.first + np.array(part.items.owners)
        # Groups of one input are kept apart from those of others by an offset that none of them reaches.
        numbers = part.items.groups.astype(np.int64)
        group[own] = numbers + (part.first << 24) if len(numbers) else owner[own]
    return group, owner


class HiddenProbability:
    """The probability of a candidate when some items are hidden."""

    def __init__(self, runner: Runner[Any, Any], unit: Prepared, target: EvidenceTarget) -> None:
        self.runner = runner
        self.unit = unit
        self.target = target

    def __call__(self, hidden: Sequence[Sequence[int] | Items]) -> NDArray[np.float64]:
        """One probability `[V]` per set of hidden items."""
        name, item, label = self.target
        head, calibration = self.runner.agent.heads[name], self.runner.calibration(name)
        found = [
            head.probability(outputs[name], self.unit, item, label, calibration)
            for outputs in self.runner.run_hidden(self.unit, hidden)
        ]
        return np.array(found, np.float64)


def faithfulness(
    probability: HiddenProbability, whole: float, chosen: Items, others: Items, seed: int
) -> Faithfulness:
    """Hide the evidence, hide everything else, and hide as many random items, five times."""
    random = np.random.default_rng(seed)
    draws = [random.choice(others, len(chosen), replace=False) for _ in range(5)]
    rest = np.setdiff1d(others, chosen)
    without, only, *floor = whole - probability([chosen, rest, *draws])
    return Faithfulness(
        comprehensiveness=float(without), sufficiency=float(only), random=float(np.mean(floor))
    )
