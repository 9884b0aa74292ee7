"""What every fusion is: from a case to arrays, from arrays to a batch, and the network that reads it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from octad.modalities.base import Prepared
from octad.syntax.relations import FAMILIES

if TYPE_CHECKING:
    from torch import nn

    from octad.backbones import Pretrained
    from octad.modalities.pieces import Pieces

EncoderName = Literal["pretrained", "scratch", "recurrent", "convolutional"]


@dataclass(frozen=True, slots=True)
class Choice:
    """What may be exchanged in a network, to see what it is worth: its encoder, its families of relations."""

    encoder: EncoderName = "pretrained"
    relations: tuple[str, ...] = tuple(FAMILIES)


def placed(means: Any, batch: Mapping[str, Any]) -> dict[str, Any]:
    """Vectors `[N, D]`, of items row after row and then of the far words of uses, as arrays or as tensors."""
    B, L = batch["mask"].shape
    vectors = {"vectors": means[: B * L].reshape(B, L, -1)}
    if "uses" in batch:
        vectors["far"] = means[B * L :].reshape(len(batch["uses"]), -1, means.shape[1])
    return vectors


class Fusion(ABC):
    """The inputs of an agent as one stream; item 0 is a summary and never masked.

    A batch is a named tuple of arrays, of which `pieces`, `starts`, `mask` and `edges` are always there;
    the others are given to the network by their names. `met` names the heads that read what is found where
    uses meet their definitions. `opinions` names the heads that are stacked with boosted trees, each with the
    input whose first item has the numbers that these read.
    """

    opinions: Mapping[str, str] = MappingProxyType({})
    met: tuple[str, ...] = ()

    @abstractmethod
    def prepare(self, case: Any, inputs: Mapping[str, Any], pieces: Pieces) -> Prepared:
        """The case as unpadded arrays; pure."""

    @abstractmethod
    def collate(self, units: Sequence[Any]) -> Any:
        """Padded arrays of several cases."""

    @abstractmethod
    def relations(self, inputs: Mapping[str, Any]) -> int:
        """How many types of edges a batch has."""

    @abstractmethod
    def width(self, backbone: int, head: str) -> int:
        """The width of the states that a head reads, over a backbone of some width."""

    @abstractmethod
    def network(
        self, inputs: Mapping[str, Any], heads: Mapping[str, nn.Module], base: Pretrained, choice: Choice
    ) -> nn.Module:
        """Everything after the piece embeddings, which are those of `base`."""
