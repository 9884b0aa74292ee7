"""Evidence by integrated gradients: how far each item's vector carries a claim on the way from nothing.

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

from octad.agent import Claim
from octad.engines import TorchEngine
from octad.errors import InputError
from octad.explain.deletion import FAINT, SHOWN, Belief, Explanation, faithfulness
from octad.heads.base import Array
from octad.modalities.base import Prepared
from octad.records.report import Evidence
from octad.runtime import Runner

if TYPE_CHECKING:
    from torch import Tensor, nn

STEPS = 16


@runtime_checkable
class Sure(Protocol):
    """A head that says in tensors what `belief` says in arrays."""

    def log_belief(self, outputs: Sequence[Tensor], unit: Prepared, item: int) -> Tensor:
        """The logarithm of the probability of a claim at `item`, `[]`, with gradients."""


def explain(runner: Runner[Any, Any], unit: Prepared, path: str, claim: Claim, seed: int = 0) -> Explanation:
    """The items that carry a claim about the unit; raises InputError where gradients cannot be had."""
    believe = Belief(runner, unit, claim)
    others = np.array([i for i in range(unit.first, unit.cost) if i != claim.item], np.int64)
    gains = attributions(runner, unit, claim)[others]
    best = np.argsort(-gains, kind="stable")[:SHOWN]
    order = [i for i in best if gains[i] > FAINT * max(gains.max(), 0.0)]
    chosen, weights = others[order], gains[order]
    evidence = tuple(
        Evidence(anchor=anchor, text=text, weight=float(w / weights.sum()))
        for (anchor, text), w in zip([unit.shown(int(i), path) for i in chosen], weights, strict=True)
    )
    return Explanation(evidence, faithfulness(believe, believe([[]])[0], chosen, others, seed))


def attributions(runner: Runner[Any, Any], unit: Prepared, claim: Claim, steps: int = STEPS) -> Array:
    """What each item's vector adds to the logarithm of the belief, `[L]`; the sum is its whole rise."""
    import torch

    from octad.model import to_tensors

    head, engine = runner.agent.heads[claim.head], runner.engine
    if not isinstance(engine, TorchEngine) or not isinstance(head, Sure):
        raise InputError("there are no gradients of this", hint="explain by deletion, which needs none")
    model: Any = engine.model
    device = next(model.parameters()).device
    shares = (torch.arange(steps, device=device) + 0.5)[:, None, None] / steps
    held: list[Tensor] = []

    batch = to_tensors(runner.agent.fusion.collate([unit] * steps), device)

    def shrink(module: nn.Module, inputs: Any, means: Tensor) -> Tensor:
        """Every row of the batch is one step of the way; words from elsewhere stay as they are."""
        items = batch["mask"].numel()
        vectors = means[:items].detach().reshape(*batch["mask"].shape, -1)
        held[:] = [vectors, (vectors * shares).requires_grad_()]
        return torch.cat([held[1].flatten(0, 1), means[items:].detach()])

    hook = model.pieces.register_forward_hook(shrink)
    try:
        outputs = model(batch)[claim.head]
    finally:
        hook.remove()
    rows = [[tensor[row : row + 1] for tensor in outputs] for row in range(steps)]
    beliefs = torch.stack([head.log_belief(row, unit, claim.item) for row in rows])
    (slope,) = torch.autograd.grad(beliefs.sum(), held[1])
    found: Array = (slope * held[0]).sum(-1).mean(0).float().cpu().numpy()
    return found[: unit.cost]
