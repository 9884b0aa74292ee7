"""What every head is: target, network, loss, decoding, in one object.

Legend: B rows of a batch, L items, D width.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from octad.modalities.base import Prepared

if TYPE_CHECKING:
    from torch import Tensor, nn

Array = NDArray[Any]
LabelT = TypeVar("LabelT")
AnswerT = TypeVar("AnswerT")
UnitT = TypeVar("UnitT", bound=Prepared)


@dataclass(frozen=True, slots=True)
class Calibration:
    """Temperature of a head's probabilities, fitted on held-out data (Guo et al. 2017).

    `offset` is added to the score of none of the answers, where a head may say so. `past` is the most that
    the head raises where it is known that the answer is no, in the past of the very same case.
    """

    temperature: float = 1.0
    offset: float = 0.0
    past: float = 0.0


class Head(ABC, Generic[LabelT, AnswerT, UnitT]):
    """One question to a stream.

    `outputs` names the tensors that the network gives, in order: `[B, L, ...]` or `[B, ...]`;
    `per_item` says which of them have the item axis, and are trimmed before decoding. A head that `abstains`
    has an offset beside its temperature.
    """

    outputs: tuple[str, ...]
    per_item: tuple[bool, ...]
    abstains: bool = False

    @abstractmethod
    def network(self, width: int) -> nn.Module:
        """The part with weights: states `[B, L, D]` to the tensors named by `outputs`."""

    @abstractmethod
    def target(self, label: LabelT | None, unit: UnitT) -> Mapping[str, Array]:
        """Arrays that state the truth for one unit; None means unlabelled."""

    @abstractmethod
    def collate(self, targets: Sequence[Mapping[str, Array]], units: Sequence[UnitT]) -> Mapping[str, Array]:
        """Targets of a batch, padded."""

    @abstractmethod
    def loss(self, outputs: Sequence[Tensor], targets: Mapping[str, Tensor], mask: Tensor) -> Tensor:
        """A scalar; zero when no row of the batch carries a label."""

    @abstractmethod
    def decode(self, outputs: Sequence[Array], unit: UnitT, calibration: Calibration) -> AnswerT:
        """The answer for one unit from its trimmed outputs."""

    @abstractmethod
    def belief(self, outputs: Sequence[Array], unit: UnitT, item: int, rule: str) -> float:
        """The probability of a claim at `item` (for `rule` where there are several)."""

    @abstractmethod
    def metrics(
        self, answers: Sequence[AnswerT], labels: Sequence[LabelT], units: Sequence[UnitT]
    ) -> dict[str, float]:
        """Figures of merit over labelled units."""

    @abstractmethod
    def evidence(self, outputs: Sequence[Array], label: LabelT, unit: UnitT) -> tuple[Array, Array] | None:
        """Logits and truth of one labelled unit, for calibration; None where there is nothing to fit."""


def trim(head: Head[Any, Any, Any], outputs: Sequence[Array], row: int, items: int) -> list[Array]:
    """The outputs of one row, without padding."""
    return [
        array[row, :items] if cut else array[row] for array, cut in zip(outputs, head.per_item, strict=True)
    ]


def softmax(scores: Array, axis: int = -1) -> Array:
    """Softmax that survives minus infinity, in float64."""
    wide = scores.astype(np.float64)
    shifted = np.exp(wide - wide.max(axis=axis, keepdims=True))
    result: Array = shifted / shifted.sum(axis=axis, keepdims=True)
    return result


def sigmoid(scores: Array) -> Array:
    """The logistic function, in float64."""
    result: Array = 1.0 / (1.0 + np.exp(-np.clip(scores.astype(np.float64), -60, 60)))
    return result
