"""What an agent says without a model: what its rules, verdicts and tables say of a case by themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

import numpy as np

from octad import __version__
from octad.agents.agent import Agent
from octad.encoders.prepared import Prepared
from octad.runtime import Asked, Progress
from octad.serve.work import RULES
from octad.store.artefact import Manifest

_NOTHING = np.zeros((0, 2), np.int32)
UNREAD = Prepared(
    parts=(), sequences=(), reads=_NOTHING, features=_NOTHING.astype(np.uint8),
    numbers=np.zeros((0, 0), np.float32), subject=np.zeros(0, np.int32), edges=np.zeros((0, 3), np.int32),
    mask=np.zeros(0, np.bool_), shared=0,
)  # fmt: skip
"""A case that no model read."""


class RulesAlone:
    """In the place of a runner: every head has nothing to say."""

    def __init__(self, agent: Agent[Any, Any]) -> None:
        self.agent = agent
        self.manifest = Manifest(
            agent=agent.name, version=f"{__version__}-{RULES}", backbone="", width=0, outputs={}
        )

    def ask(self, cases: Sequence[Any], progress: Progress | None = None) -> list[Asked[Any, Any]]:
        """Each case with an answer that says nothing."""
        nothing = self.agent.answer(**{one.name: None for one in fields(self.agent.answer)})
        return [Asked(case, UNREAD, nothing) for case in cases]
