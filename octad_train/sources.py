"""Functions of the laboratory that declarations name as strings: sources of cases, and losses."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from octad.agents.agent import Agent
from octad.agents.command import resolve
from octad.errors import InputError
from octad.heads.base import Head
from octad.records.report import Finding

IsRight = Callable[[Finding], bool | None]
"""Whether a finding about a case is right, None where nobody knows."""


def source(agent: Agent[Any, Any], kind: str) -> Callable[..., Any]:
    """What gives an agent its `train`, `valid`, `sample`, `repository` or `real` cases.

    Raises InputError where the agent names nothing of the kind.
    """
    if kind not in agent.sources:
        hint = "train it on a corpus with --data" if kind == "repository" else "name one in its declaration"
        raise InputError(f"{agent.name} has no source of {kind} cases", hint=hint)
    return partial(resolve(agent.sources[kind]), agent)


def loss_of(head: Head[Any, Any]) -> Callable[..., Any]:
    """The loss that a head names: one of `octad_train.losses`, or `module:function`."""
    return resolve(head.loss if ":" in head.loss else f"octad_train.losses.{head.loss}:loss")
