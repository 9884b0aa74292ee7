"""Several inputs in one stream: each by itself first, then joined through bottleneck items and subjects.

Attention bottlenecks follow Nagrani et al. 2021; here an item may also attend straight to items of other
inputs that are of the same subject or share a link, and every input has a gate inside the softmax.

Legend: B batch, N items, W width of the vectors of texts, D width, H heads, S streams, R relations,
K numbers of an item, M items of several cases.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn

from octad.nn.embeddings import FeatureSum
from octad.nn.relations import RelationBias
from octad.nn.transformer import Layer

LINK = 0
"""The relation of items that share a link; it crosses streams."""
FAR = 8.0
"""Deviations beyond which a number says no more."""
SHARED = 0
"""The stream of summary and bottleneck items."""


class Fused(NamedTuple):
    """States `[B, N, D]` of all items, and the gate `[B, S]` of each stream, None where there is but one."""

    states: Tensor
    gates: Tensor | None


class ItemEmbedding(nn.Module):
    """From text, numbers, stream and kind of an item to its vector.

    `owns` `[S, K]` says which numbers are a stream's. Which of them each kind of item uses, and
    their mean and spread there, is what `standardise` saw: numbers of a rare kind would drown among zeros.
    Texts are standardised in the same way, for those of one encoder have most in common. Where a share
    `hidden` of the cases in training has none, their weights begin at zero: names must not outvote numbers.
    """

    centre: Tensor
    spread: Tensor
    used: Tensor
    text_centre: Tensor
    text_spread: Tensor

    def __init__(
        self, texts: int, owns: Tensor, sizes: tuple[int, int], width: int, hidden: float = 0.0
    ) -> None:
        super().__init__()
        self.hidden = hidden
        numbers = owns.shape[1]
        self.kinds = sizes[1]
        self.register_buffer("used", owns.float().repeat_interleave(self.kinds, 0))
        self.register_buffer("centre", torch.zeros(numbers))
        self.register_buffer("spread", torch.ones(numbers))
        self.register_buffer("text_centre", torch.zeros(texts))
        self.register_buffer("text_spread", torch.ones(texts))
        self.texts = nn.Linear(texts, width, bias=False)
        if hidden:
            nn.init.zeros_(self.texts.weight)
        self.numbers = nn.Sequential(nn.Linear(numbers, 2 * width), nn.GELU(), nn.Linear(2 * width, width))
        self.features = FeatureSum(sizes, width)
        nn.init.normal_(self.features.weight, std=0.5)
        self.last = nn.LayerNorm(width)

    def forward(self, vectors: Tensor, features: Tensor, numbers: Tensor) -> Tensor:
        """Vectors `[B, N, W]`, features `[B, N, 2]`, numbers `[B, N, K]` to `[B, N, D]`."""
        used = self.used[self._sort(features)]
        standard = ((numbers - self.centre) / self.spread).clamp(-FAR, FAR) * used
        items = self.texts(self._standard(vectors)) + self.numbers(standard) + self.features(features)
        joined: Tensor = self.last(items)
        return joined

    def _standard(self, vectors: Tensor) -> Tensor:
        """Vectors of texts, standardised; an item without one keeps zeros."""
        shown = (vectors != 0).any(-1, keepdim=True)
        if self.training and self.hidden:
            shown = shown & (torch.rand(len(vectors), 1, 1, device=vectors.device) >= self.hidden)
        return ((vectors - self.text_centre) / self.text_spread).clamp(-FAR, FAR) * shown

    def standardise(self, features: Tensor, rows: Tensor, vectors: Tensor) -> None:
        """Learn use, mean and spread of numbers from items `[M, 2]`, `[M, K]`, `[M, W]`; constants stay."""
        texts = vectors[(vectors != 0).any(-1)].float()
        if len(texts) > 1:
            self.text_centre.copy_(texts.mean(0))
            self.text_spread.copy_(texts.std(0).clamp(min=1e-6))
        sorts = self._sort(features)
        for sort in set(sorts.tolist()):
            self.used[sort] *= (rows[sorts == sort] != 0).any(0)
        own = self.used[sorts] > 0
        counts = own.sum(0)
        mean = (rows * own).sum(0) / counts.clamp(min=1)
        deviation = (((rows - mean) * own).square().sum(0) / counts.clamp(min=1)).sqrt()
        varies = (counts > 1) & (deviation > 1e-6)
        self.centre.copy_(torch.where(varies, mean, self.centre))
        self.spread.copy_(torch.where(varies, deviation, self.spread))

    def _sort(self, features: Tensor) -> Tensor:
        """The number of each item's stream and kind."""
        return features[..., 0].long() * self.kinds + features[..., 1].long()


class Bottleneck(nn.Module):
    """Layers within each stream, gates, then layers across streams."""

    def __init__(
        self, width: int, heads: int, layers: tuple[int, int], streams: int, relations: int, dropout: float
    ) -> None:
        super().__init__()
        self.streams = streams
        self.own = nn.ModuleList(Layer(width, heads, dropout=dropout) for _ in range(layers[0]))
        self.joint = nn.ModuleList(Layer(width, heads, dropout=dropout) for _ in range(layers[1]))
        self.bias = RelationBias(sum(layers), heads, relations + 1)
        self.gate = nn.Linear(width, 1)
        nn.init.constant_(self.gate.bias, 2.0)
        self.last = nn.LayerNorm(width)

    def forward(
        self, items: Tensor, mask: Tensor, stream: Tensor, subject: Tensor, indicator: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Items `[B, N, D]`, mask, stream, subject `[B, N]`, indicator `[B, R, N, N]` to states and gates."""
        kept = mask[:, None, None, :]
        same = (stream[:, :, None] == stream[:, None, :])[:, None]
        about = ((subject[:, :, None] == subject[:, None, :]) & (subject[:, :, None] > 0))[:, None]
        shared = (stream == SHARED)[:, None, :, None] | (stream == SHARED)[:, None, None, :]
        across = same | about | shared | (indicator[:, LINK : LINK + 1] > 0)
        biases = self.bias(torch.cat([indicator, about.to(indicator.dtype)], dim=1))
        states = items
        for layer, bias in zip(self.own, biases, strict=False):
            states = layer(states, kept & same, bias)
        gates = self._gates(states, mask, stream)
        # A key of another stream is dimmed by the gate of its stream, inside the softmax.
        dimmed = torch.where(same, 0.0, gates.gather(1, stream.long())[:, None, None, :])
        for layer, bias in zip(self.joint, biases[len(self.own) :], strict=True):
            states = layer(states, kept & across, bias + dimmed.to(bias.dtype))
        return self.last(states), gates.exp()

    def _gates(self, states: Tensor, mask: Tensor, stream: Tensor) -> Tensor:
        """Log of each stream's gate `[B, S]`, from the mean of its states; that of the shared one is zero."""
        numbers = torch.arange(self.streams, device=stream.device)
        held = ((stream[:, :, None] == numbers) & mask[:, :, None]).to(states.dtype)  # [B, N, S]
        counts = held.sum(1).clamp(min=1)[..., None]
        means = held.transpose(1, 2) @ states / counts
        gates = nn.functional.logsigmoid(self.gate(means).squeeze(-1).float())
        return torch.where(numbers == SHARED, 0.0, gates)


class StreamFusion(nn.Module):
    """Embeds the items of all streams and lets them attend to each other."""

    def __init__(self, embedding: ItemEmbedding, mixer: nn.Module) -> None:
        super().__init__()
        self.embedding = embedding
        self.mixer = mixer

    def forward(self, inputs: Mapping[str, Tensor]) -> Fused:
        """From vectors `[B, N, W]`, features, numbers, subject, mask and indicator `[B, R, N, N]`."""
        features, mask = inputs["features"], inputs["mask"]
        items = self.embedding(inputs["vectors"], features, inputs["numbers"])
        states, gates = self.mixer(items, mask, features[..., 0], inputs["subject"], inputs["indicator"])
        return Fused(states, gates)

    def standardise(self, batches: Sequence[Mapping[str, Tensor]]) -> None:
        """Standardise numbers by those of some batches."""
        features, numbers, vectors = (
            torch.cat([batch[name][batch["mask"]] for batch in batches])
            for name in ("features", "numbers", "vectors")
        )
        self.embedding.standardise(features, numbers, vectors)


class OneStream(nn.Module):
    """One input that has nothing to be fused with: its states are those of the backbone."""

    def forward(self, inputs: Mapping[str, Tensor]) -> Fused:
        """The vectors `[B, N, W]`; zeros where an item is hidden, for heads that look beside themselves."""
        return Fused(inputs["vectors"] * inputs["mask"][..., None].to(inputs["vectors"].dtype), None)

    def standardise(self, batches: Sequence[Mapping[str, Tensor]]) -> None:
        """There are no numbers to standardise."""
