"""Losses of a location and of the repair at the true location.

Legend: B rows, L items, V edits, K size of the name pointer, C allowed edits in the batch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor
from torch.nn import functional as F

LOWEST = -1e4


def loss(outputs: Sequence[Tensor], targets: Mapping[str, Tensor]) -> Tensor:
    """Cross-entropy of the location plus that of the repair at the true location."""
    location, edit, query, key = outputs
    return location_loss(location, targets) + repair_loss(edit, query, key, targets)


def candidate_mask(targets: Mapping[str, Tensor]) -> Tensor:
    """Which items can be wrong `[B, L]`; item 0, "nothing is wrong", always is a candidate."""
    role, name, allowed = targets["role"], targets["name"], targets["allowed"].long()
    possible = torch.zeros_like(role, dtype=torch.bool)
    possible[allowed[:, 0], allowed[:, 1]] = True
    for kind in (1, 2):
        held = role == kind
        lowest = name.masked_fill(~held, 2**30).amin(1, keepdim=True)
        highest = name.masked_fill(~held, -1).amax(1, keepdim=True)
        possible |= held & (highest > lowest)
    possible[:, 0] = True
    return possible


def location_loss(location: Tensor, targets: Mapping[str, Tensor]) -> Tensor:
    """Cross-entropy of `location` `[B, L]` over candidates; rows with truth -1 do not count."""
    known = (targets["truth"][:, 0] >= 0).sum()
    return location_losses(location, targets).sum() / known.clamp(min=1)


def location_losses(location: Tensor, targets: Mapping[str, Tensor]) -> Tensor:
    """The same for every row `[B]`; 0 where the truth is -1."""
    scores = location.float().masked_fill(~candidate_mask(targets), LOWEST)
    return F.cross_entropy(scores, targets["truth"][:, 0], ignore_index=-1, reduction="none")


def repair_loss(edit: Tensor, query: Tensor, key: Tensor, targets: Mapping[str, Tensor]) -> Tensor:
    """Minus the log of the summed probability of every right repair at the true location.

    Edit `[B, L, V]`, query and key `[B, L, K]`. A name may stand in several places: each is right.
    """
    truth = targets["truth"]
    rows = (truth[:, 0] > 0).nonzero().squeeze(1)
    if not len(rows):
        return edit.sum() * 0
    item, right_edit, right_name = truth[rows].unbind(1)
    allowed = targets["allowed"].long()
    open_edits = torch.zeros(edit.shape, dtype=torch.bool, device=edit.device)
    open_edits[allowed[:, 0], allowed[:, 1], allowed[:, 2]] = True
    fixed = edit[rows, item].float().masked_fill(~open_edits[rows, item], LOWEST)
    role, name = targets["role"][rows], targets["name"][rows]
    here = torch.arange(len(rows), device=edit.device)
    rival = (role == role[here, item, None]) & (role > 0) & (name != name[here, item, None])
    pointed = (key[rows] @ query[rows, item, :, None]).squeeze(-1).float() / key.shape[-1] ** 0.5
    pointed = pointed.masked_fill(~rival, LOWEST)
    right = torch.cat(
        [_only(right_edit, fixed.shape[1], right_name < 0), rival & (name == right_name[:, None])], 1
    )
    scores = torch.cat([fixed, pointed], 1).log_softmax(1)
    return -scores.masked_fill(~right, 2 * LOWEST).logsumexp(1).mean()


def _only(index: Tensor, size: int, when: Tensor) -> Tensor:
    """Rows that are true at `index` alone, where `when` holds: `[B, size]`."""
    chosen = torch.zeros(len(index), size, dtype=torch.bool, device=index.device)
    chosen[torch.arange(len(index), device=index.device), index] = True
    return chosen & when[:, None]
