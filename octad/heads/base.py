"""What every head is: target, network, decoding, metrics, in one object.

Legend: B rows of a batch, L items, D width.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from octad.encoders.prepared import Prepared

if TYPE_CHECKING:
    from torch import nn

Array = NDArray[Any]
Outputs = Sequence[Array]
"""What the network of a head gives for one case, in the order of its names."""
LabelT = TypeVar("LabelT")
AnswerT = TypeVar("AnswerT")


@dataclass(frozen=True, slots=True)
class Calibration:
    """Temperature of a head's probabilities, fitted on held-out data (Guo et al. 2017).

    `offset` is added to the score of none of the answers, where a head may say so. `placebo` is the most that
    the head raises in placebo cases, where the answer is known to be no.
    """

    temperature: float = 1.0
    offset: float = 0.0
    placebo: float = 0.0


UNFITTED = Calibration()


class Head(ABC, Generic[LabelT, AnswerT]):
    """One question to a stream.

    `outputs` names the tensors that the network gives, in order: `[B, N, ...]` or `[B, ...]`; `per_item` says
    which of them have the item axis, and are trimmed before decoding. `loss` names the loss it is trained
    with. A head that `abstains` has an offset beside its temperature; `one_logit` says that its output is one
    logit for the whole case, which extensions may correct.
    """

    outputs: tuple[str, ...]
    per_item: tuple[bool, ...]
    loss: str
    abstains: bool = False
    one_logit: bool = False

    @abstractmethod
    def network(self, width: int) -> nn.Module:
        """The part with weights: states `[B, L, D]` to the tensors named by `outputs`."""

    @abstractmethod
    def target(self, label: LabelT | None, unit: Prepared) -> Mapping[str, Array]:
        """Arrays that state the truth for one unit; None means unlabelled."""

    @abstractmethod
    def collate(
        self, targets: Sequence[Mapping[str, Array]], units: Sequence[Prepared]
    ) -> Mapping[str, Array]:
        """Targets of a batch, padded."""

    @abstractmethod
    def decode(self, outputs: Outputs, unit: Prepared, calibration: Calibration) -> AnswerT:
        """The answer for one unit from its trimmed outputs."""

    @abstractmethod
    def probability(
        self, outputs: Outputs, unit: Prepared, item: int, label: str, calibration: Calibration = UNFITTED
    ) -> float:
        """The probability of a candidate at `item`, of its `label` where an item has several."""

    @abstractmethod
    def metrics(
        self, answers: Sequence[AnswerT], labels: Sequence[LabelT], units: Sequence[Prepared]
    ) -> dict[str, float]:
        """Figures of merit over labelled units."""

    @abstractmethod
    def calibration_pairs(
        self, outputs: Outputs, label: LabelT, unit: Prepared
    ) -> tuple[Array, Array] | None:
        """Logits and truth of one labelled case; None where there is nothing to fit."""


def trim(head: Head[Any, Any], outputs: Outputs, row: int, items: int) -> list[Array]:
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
