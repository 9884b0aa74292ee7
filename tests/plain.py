"""A runner without weights, over an agent's real inputs: an item is as likely as its numbers are large."""

from __future__ import annotations

from typing import Any

import numpy as np

from octad.agents.agent import Agent
from octad.encoders.batch import Batch, TokenBatch
from octad.encoders.word_pieces import WordPieces
from octad.heads.classes import Classes
from octad.heads.ranking import Ranking
from octad.runtime import Runner
from octad.store.artefact import Manifest


class Plain:
    """Scores by the numbers of the items that are not hidden; a yes or no by all of them together."""

    width = 4

    def __init__(self, agent: Agent[Any, Any]) -> None:
        self.agent = agent

    def encode(self, tokens: TokenBatch) -> np.ndarray:
        return np.zeros((*tokens.mask.shape, self.width), np.float32)

    def decide(self, batch: Batch, vectors: np.ndarray) -> dict[str, list[np.ndarray]]:
        sizes = np.where(batch.mask, np.abs(batch.numbers).sum(-1), 0.0)
        together = np.log1p(sizes.sum(1, keepdims=True)) / 4
        found = {name: [self.scores(head, sizes, together)] for name, head in self.agent.heads.items()}
        return found | {"gates": [np.ones((len(sizes), 1 + len(self.agent.inputs)))]}

    @staticmethod
    def scores(head: Any, sizes: np.ndarray, together: np.ndarray) -> np.ndarray:
        if isinstance(head, Ranking):
            return sizes * together
        return np.repeat(together, len(head.classes), axis=1) if isinstance(head, Classes) else together


def runner(agent: Agent[Any, Any], pieces: WordPieces, **manifest: Any) -> Runner[Any, Any]:
    outputs = {name: head.outputs for name, head in agent.heads.items()}
    held = Manifest(agent=agent.name, version="0", backbone="", width=1, outputs=outputs, **manifest)
    return Runner(agent, held, pieces, Plain(agent))
