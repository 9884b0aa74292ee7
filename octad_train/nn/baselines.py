"""Recurrent and convolutional encoders in the place of attention: the baselines to compare with.

Legend: B batch, L items, D width.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn


class Recurrent(nn.Module):
    """A bidirectional LSTM; the summary item receives the mean of the others."""

    def __init__(self, width: int, layers: int = 2) -> None:
        super().__init__()
        self.width = width
        self.norm = nn.LayerNorm(width)
        self.lstm = nn.LSTM(width, width // 2, layers, batch_first=True, bidirectional=True)

    def forward(self, vectors: Tensor, mask: Tensor, bias: Sequence[Tensor]) -> Tensor:
        """Vectors `[B, L, D]`, mask `[B, L]` to states `[B, L, D]`; the bias is not used."""
        lengths = mask.sum(1).cpu()
        packed = nn.utils.rnn.pack_padded_sequence(
            self.norm(vectors), lengths, batch_first=True, enforce_sorted=False
        )
        states, _ = nn.utils.rnn.pad_packed_sequence(
            self.lstm(packed)[0], batch_first=True, total_length=vectors.shape[1]
        )
        return with_summary(states, mask)


class Convolutional(nn.Module):
    """Residual dilated convolutions (as in WaveNet, not causal); the summary is the mean."""

    def __init__(self, width: int, dilations: Sequence[int] = (1, 2, 4, 8, 16, 32)) -> None:
        super().__init__()
        self.width = width
        self.norms = nn.ModuleList(nn.LayerNorm(width) for _ in dilations)
        self.wide = nn.ModuleList(nn.Conv1d(width, 2 * width, 3, padding=d, dilation=d) for d in dilations)
        self.narrow = nn.ModuleList(nn.Linear(2 * width, width) for _ in dilations)

    def forward(self, vectors: Tensor, mask: Tensor, bias: Sequence[Tensor]) -> Tensor:
        """Vectors `[B, L, D]`, mask `[B, L]` to states `[B, L, D]`; the bias is not used."""
        keep = mask.unsqueeze(-1).to(vectors.dtype)
        states = vectors
        for norm, wide, narrow in zip(self.norms, self.wide, self.narrow, strict=True):
            hidden = wide((norm(states) * keep).transpose(1, 2)).transpose(1, 2)
            states = states + narrow(torch.nn.functional.gelu(hidden))
        return with_summary(states, mask)

    def plain(self, wanted: bool) -> None:
        """Nothing: there is no attention that would have to be taken in plain steps to be exported."""


BASELINES: dict[str, Callable[[int], nn.Module]] = {"recurrent": Recurrent, "convolutional": Convolutional}
"""Encoders to compare with, by the name that settings give them."""


class BaselineMixer(nn.Module):
    """A baseline in the place of the layers that fuse streams; its gates are always open."""

    def __init__(self, name: str, width: int, streams: int) -> None:
        super().__init__()
        self.encoder = BASELINES[name](width)
        self.streams = streams

    def forward(
        self, items: Tensor, mask: Tensor, stream: Tensor, subject: Tensor, indicator: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Items `[B, N, D]` and mask `[B, N]` to states `[B, N, D]` and gates `[B, S]`."""
        states: Tensor = self.encoder(items, mask, ())
        # Not len(): an exported graph would be for the batch that it was traced with.
        return states, torch.ones(items.shape[0], self.streams, device=items.device)


def with_summary(states: Tensor, mask: Tensor) -> Tensor:
    """Add the mean over kept items to item 0: `[B, L, D]`, mask `[B, L]` to `[B, L, D]`."""
    keep = mask.unsqueeze(-1).to(states.dtype)
    mean = (states * keep).sum(1, keepdim=True) / keep.sum(1, keepdim=True)
    first = torch.zeros_like(keep[:1])
    first[:, 0] = 1
    return states + mean * first
