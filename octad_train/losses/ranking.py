"""Loss of a choice among some items of a row.

Legend: B rows, L items.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from torch import Tensor

LOWEST = -1e4


def loss(outputs: Sequence[Tensor], targets: Mapping[str, Tensor]) -> Tensor:
    """Cross-entropy over the candidates of known rows."""
    return choice_loss(outputs[0], targets["candidates"], targets["right"], targets["known"].float())


def choice_loss(scores: Tensor, candidates: Tensor, right: Tensor, known: Tensor) -> Tensor:
    """Minus the log of the summed probability of the right items, mean over known rows `[B]`.

    Scores, candidates and right are `[B, L]`; a row may have several right items (Vasic et al. 2019).
    """
    chances = scores.float().masked_fill(~candidates, LOWEST).log_softmax(1)
    each = -chances.masked_fill(~right, 2 * LOWEST).logsumexp(1)
    return (each * known).sum() / known.sum().clamp(min=1)
