"""Several inputs in one stream: each by itself first, then joined through bottleneck items and subjects.

Attention bottlenecks follow Nagrani et al. 2021; here an item may also look straight at items of other
inputs that are of the same subject or share a link, and every input has a gate inside the softmax.

Legend: B batch, L items, W width of the piece embeddings, D width, H heads, S streams, R relations,
N numbers of an item.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import MappingProxyType

import torch
from torch import Tensor, nn

from octad.nn.items import FeatureSum
from octad.nn.relations import RelationBias
from octad.nn.transformer import Layer
from octad.nn.trees import Opinion

Outputs = dict[str, tuple[Tensor, ...]]
LONGEST = 4096
"""Items that an exported graph takes at most; the indicator of relations grows with their square."""
LINK = 0
"""The relation of items that share a link; it crosses streams."""
FAR = 8.0
"""Deviations beyond which a number says no more."""
SHARED = 0
"""The stream of summary and bottleneck items."""


class Front(nn.Module):
    """From words, numbers, stream and kind of an item to its vector.

    `owns` `[S, N]` says which numbers are a stream's. Which of them each kind of item (Q of them) uses, and
    their mean and spread there, is what `prime` saw: the numbers of a rare kind would drown among zeros.
    """

    centre: Tensor
    spread: Tensor
    used: Tensor

    def __init__(self, words: int, owns: Tensor, sizes: tuple[int, int], width: int) -> None:
        super().__init__()
        numbers = owns.shape[1]
        self.kinds = sizes[1]
        self.register_buffer("used", owns.float().repeat_interleave(self.kinds, 0))
        self.register_buffer("centre", torch.zeros(numbers))
        self.register_buffer("spread", torch.ones(numbers))
        self.norm = nn.LayerNorm(words, elementwise_affine=False)
        self.words = nn.Linear(words, width, bias=False)
        self.numbers = nn.Sequential(nn.Linear(numbers, 2 * width), nn.GELU(), nn.Linear(2 * width, width))
        self.features = FeatureSum(sizes, width)
        nn.init.normal_(self.features.weight, std=0.5)
        self.last = nn.LayerNorm(width)

    def forward(self, vectors: Tensor, features: Tensor, numbers: Tensor) -> Tensor:
        """Vectors `[B, L, W]`, features `[B, L, 2]`, numbers `[B, L, N]` to `[B, L, D]`."""
        used = self.used[self._sort(features)]
        standard = ((numbers - self.centre) / self.spread).clamp(-FAR, FAR) * used
        items = self.words(self.norm(vectors)) + self.numbers(standard) + self.features(features)
        joined: Tensor = self.last(items)
        return joined

    def prime(self, features: Tensor, rows: Tensor) -> None:
        """Learn use, mean and spread of numbers from items `[M, 2]`, `[M, N]`; constants stay."""
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
        """Items `[B, L, D]`, mask, stream, subject `[B, L]`, indicator `[B, R, L, L]` to states and gates."""
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
        held = ((stream[:, :, None] == numbers) & mask[:, :, None]).to(states.dtype)  # [B, L, S]
        counts = held.sum(1).clamp(min=1)[..., None]
        means = held.transpose(1, 2) @ states / counts
        gates = nn.functional.logsigmoid(self.gate(means).squeeze(-1).float())
        return torch.where(numbers == SHARED, 0.0, gates)


class TwinOf(nn.Module):
    """A recurrent or convolutional encoder in the same place; its gates are always open."""

    def __init__(self, twin: nn.Module, streams: int) -> None:
        super().__init__()
        self.twin = twin
        self.streams = streams

    def forward(
        self, items: Tensor, mask: Tensor, stream: Tensor, subject: Tensor, indicator: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Items `[B, L, D]` and mask `[B, L]` to states `[B, L, D]` and gates `[B, S]`."""
        states: Tensor = self.twin(items, mask, ())
        return states, torch.ones(len(items), self.streams, device=items.device)


class JoinedCore(nn.Module):
    """Everything after the piece embeddings, for a case of several inputs."""

    ragged: frozenset[str] = frozenset()

    def __init__(
        self,
        front: Front,
        encoder: nn.Module,
        heads: Mapping[str, nn.Module],
        relations: int,
        opinions: Mapping[str, Opinion] = MappingProxyType({}),
    ) -> None:
        super().__init__()
        self.front = front
        self.encoder = encoder
        self.heads = nn.ModuleDict(dict(heads))
        self.opinions = nn.ModuleDict(dict(opinions))
        self.relations = relations
        self.longest = LONGEST

    def forward(
        self,
        vectors: Tensor,
        features: Tensor,
        numbers: Tensor,
        subject: Tensor,
        mask: Tensor,
        indicator: Tensor,
    ) -> Outputs:
        """The outputs of every head, and the gates `[B, S]`.

        From vectors `[B, L, W]`, features `[B, L, 2]`, numbers `[B, L, N]`, subject and mask `[B, L]`,
        indicator `[B, R, L, L]`.
        """
        items = self.front(vectors, features, numbers)
        states, gates = self.encoder(items, mask, features[..., 0], subject, indicator)
        outputs: Outputs = {name: head(states) for name, head in self.heads.items()}
        for name, opinion in self.opinions.items():
            outputs[name] = (opinion(outputs[name][0], features, numbers, mask),)
        outputs["gates"] = (gates,)
        return outputs

    def prime(self, batches: Sequence[Mapping[str, Tensor]]) -> None:
        """Standardise numbers by those of some batches."""
        features, numbers = (
            torch.cat([batch[name][batch["mask"]] for batch in batches]) for name in ("features", "numbers")
        )
        self.front.prime(features, numbers)

    def example(self, rows: int, items: int, width: int) -> dict[str, Tensor]:
        """Inputs of the right kinds and shapes, to trace with."""
        return {
            "vectors": torch.randn(rows, items, width),
            "features": torch.zeros(rows, items, 2, dtype=torch.uint8),
            "numbers": torch.randn(rows, items, len(self.front.centre)),
            "subject": torch.ones(rows, items, dtype=torch.int32),
            "mask": torch.ones(rows, items, dtype=torch.bool),
            "indicator": torch.zeros(rows, self.relations, items, items, dtype=torch.uint8),
        }

    @contextmanager
    def plainly(self) -> Iterator[None]:
        """Its attention is in plain steps already."""
        yield
