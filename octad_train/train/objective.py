"""A model with its task weights: what the optimiser sees."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from octad.agents.agent import Agent
from octad.engines import TorchEngine
from octad.model import Model
from octad.nn.core import Outputs
from octad.states import TextStates
from octad_train.losses.uncertainty import Uncertainty
from octad_train.sources import loss_of
from octad_train.train.stream import Batch

KEPT = 600_000
"""States of texts that a run with a frozen backbone holds: one gigabyte."""


class Objective(nn.Module):
    """The weighted losses of some tasks; texts are read once where the backbone is not trained."""

    def __init__(self, agent: Agent[Any, Any], model: Model, tasks: Sequence[str] = ()) -> None:
        super().__init__()
        self.agent = agent
        self.model = model
        self.tasks = tuple(tasks) or tuple(agent.heads)
        self.losses = {name: loss_of(agent.heads[name]) for name in self.tasks}
        self.weights = Uncertainty(self.tasks)
        self.states = TextStates(TorchEngine(model), "", kept=KEPT)

    @property
    def frozen(self) -> bool:
        """Whether nothing of the backbone is trained."""
        return not any(parameter.requires_grad for parameter in self.model.encoder.parameters())

    def vectors(self, batch: Batch) -> Tensor:
        """The state of every item of a batch `[B, N, W]`, zeros for items without a text."""
        if batch.groups is not None:
            return self.model.vectors(batch.groups, batch.reads)
        return torch.from_numpy(self.states.vectors(batch.arrays)).to(self.model.device)

    def standardise(self, batches: Sequence[Batch]) -> None:
        """Let the model standardise numbers and texts by those of some batches."""
        with torch.no_grad():
            self.model.core.standardise(
                [{**batch.items, "vectors": self.vectors(batch)} for batch in batches]
            )

    def outputs(self, batch: Batch) -> Outputs:
        """What every head says of a batch."""
        return self.model.decide(self.vectors(batch), batch.items)

    def forward(self, batch: Batch) -> tuple[Tensor, dict[str, Tensor]]:
        """The weighted loss `[]` of a batch, and each head's own."""
        outputs = self.outputs(batch)
        losses = {name: self.losses[name](outputs[name], batch.targets[name]) for name in self.tasks}
        total: Tensor = self.weights(losses)
        return total, {name: loss.detach() for name, loss in losses.items()}
