"""Evidence by integrated gradients: how far each token's vector carries a candidate on the way from nothing.

Sundararajan, Taly and Yan 2017, *Axiomatic attribution for deep networks*; the path is a straight line from
zero vectors, the sum is taken at its midpoints. It costs `STEPS` forward and backward passes whatever the
length of the unit, needs torch where deletion needs any engine, and heads that can say in tensors how sure
they are. Faithfulness is measured as for deletion, so that the two compare.

Legend: L items, D width.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import numpy as np

from octad.agents.agent import EvidenceTarget
from octad.encoders.prepared import Prepared
from octad.engines import TorchEngine
from octad.errors import InputError
from octad.explain.deletion import FAINT, SHOWN, Explanation, HiddenProbability, faithfulness
from octad.heads.base import Array
from octad.records.report import Evidence
from octad.runtime import Runner

if TYPE_CHECKING:
    from torch import Tensor

STEPS = 16


@runtime_checkable
class Differentiable(Protocol):
    """A head that says in tensors what `probability` says in arrays."""

    def log_probability(self, outputs: Sequence[Tensor], unit: Prepared, item: int) -> Tensor:
        """The logarithm of the probability of a candidate at `item`, `[]`, with gradients."""


def explain(
    runner: Runner[Any, Any], unit: Prepared, path: str, target: EvidenceTarget, seed: int = 0
) -> Explanation:
    """The items that carry a candidate; raises InputError where gradients cannot be had."""
    probability = HiddenProbability(runner, unit, target)
    others = np.array([i for i in range(unit.shared, len(unit)) if i != target.item], np.int64)
    gains = attributions(runner, unit, target)[others]
    best = np.argsort(-gains, kind="stable")[:SHOWN]
    order = [i for i in best if gains[i] > FAINT * max(gains.max(), 0.0)]
    chosen, weights = others[order], gains[order]
    evidence = tuple(
        Evidence(anchor=anchor, text=text, weight=float(w / weights.sum()))
        for (anchor, text), w in zip([unit.shown(int(i), path) for i in chosen], weights, strict=True)
    )
    return Explanation(evidence, faithfulness(probability, probability([[]])[0], chosen, others, seed))


def attributions(
    runner: Runner[Any, Any], unit: Prepared, target: EvidenceTarget, steps: int = STEPS
) -> Array:
    """What each token's vector adds to the logarithm of the probability, `[N]`; the sum is its whole rise."""
    import torch

    from octad.model import group_tensors, item_tensors

    head, engine = runner.agent.heads[target.head], runner.engine
    if (
        not isinstance(engine, TorchEngine)
        or not isinstance(head, Differentiable)
        or len(unit.sequences) != 1
    ):
        raise InputError("there are no gradients of this", hint="explain by deletion, which needs none")
    model = engine.model
    shares = (torch.arange(steps, device=model.device) + 0.5)[:, None, None] / steps
    (group,), reads = group_tensors(runner.agent.collate([unit]))
    group = {name: tensor.to(model.device) for name, tensor in group.items()}
    items = item_tensors(runner.agent.collate([unit] * steps), model.device)
    whole = model.embedded(group).detach()
    vectors = (whole * shares).requires_grad_()
    repeated = {**group, "features": group["features"].expand(steps, -1, -1)}
    repeated["mask"] = group["mask"].expand(steps, -1)
    repeated["edges"] = torch.cat(
        [group["edges"] + torch.tensor([row, 0, 0, 0], device=model.device) for row in range(steps)]
    )
    states = model.read(vectors, repeated)
    chosen = states[:, reads[0].to(model.device).clamp(min=0)]
    outputs = model.decide(chosen, items)[target.head]
    rows = [[tensor[row : row + 1] for tensor in outputs] for row in range(steps)]
    logarithms = torch.stack([head.log_probability(row, unit, target.item) for row in rows])
    (slope,) = torch.autograd.grad(logarithms.sum(), vectors)
    found: Array = (slope * whole).sum(-1).mean(0).float().cpu().numpy()
    return found[: len(unit)]
