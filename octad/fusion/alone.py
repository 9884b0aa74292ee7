"""One text-like input read by the pre-trained backbone itself: no fusion at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from octad.fusion.base import Choice, Fusion
from octad.modalities.code import FEATURES, RELATIONS, CodeBatch, CodeModality, PreparedCode
from octad.modalities.uses import COLUMNS, FAR, NEAR, SORTS
from octad.syntax.relations import outside

if TYPE_CHECKING:
    from torch import nn

    from octad.backbones import Pretrained
    from octad.modalities.pieces import Pieces


@dataclass(frozen=True, slots=True)
class Alone(Fusion):
    """The code of a case, item by item; the heads in `met` read where it uses what is defined elsewhere."""

    met: tuple[str, ...] = ()
    size: int = 128
    """The width of the states of meetings."""

    def prepare(self, case: Any, inputs: Mapping[str, CodeModality], pieces: Pieces) -> PreparedCode:
        """The one input as arrays."""
        ((name, modality),) = inputs.items()
        code, *context = (getattr(case, field) for field in modality.fields or (name,))
        return modality.prepare(code, pieces, *context)

    def collate(self, units: Sequence[PreparedCode]) -> CodeBatch:
        """Pad to the longest."""
        return CodeModality().collate(units)

    def relations(self, inputs: Mapping[str, CodeModality]) -> int:
        """Those of code."""
        return RELATIONS

    def width(self, backbone: int, head: str) -> int:
        """The backbone's own, or that of meetings."""
        return self.size if head in self.met else backbone

    def network(
        self,
        inputs: Mapping[str, CodeModality],
        heads: Mapping[str, nn.Module],
        base: Pretrained,
        choice: Choice,
    ) -> nn.Module:
        """The backbone's layers with a bias per chosen relation, or a twin in their place, under heads."""
        from octad.nn.core import Core
        from octad.nn.items import FeatureSum
        from octad.nn.meeting import Layout, Meeting
        from octad.nn.relations import NoRelations, RelationBias
        from octad.nn.twins import TWINS

        bias: RelationBias | NoRelations = NoRelations()
        if choice.encoder in TWINS:
            encoder: nn.Module = TWINS[choice.encoder](base.width)
        else:
            encoder = base
            if choice.relations:
                bias = RelationBias(base.layers, base.heads, RELATIONS, without=outside(choice.relations))
        layout = Layout(NEAR, FAR, COLUMNS, len(SORTS))
        meeting = Meeting((base.width, base.width), layout, self.size) if self.met else None
        return Core(FeatureSum(FEATURES, base.width), encoder, bias, heads, RELATIONS, meeting, self.met)
