"""Weights that read few numbers of an item in a model that reads more: the new ones begin at nothing.

Legend: K numbers of all inputs side by side.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import torch
from torch import Tensor

from octad.agents.agent import Agent
from octad.errors import ArtefactError

EMBEDDING = "core.fusion.embedding."
BY_NUMBER = ("centre", "spread", "used", "numbers.0.weight")
"""Tensors of the embedding whose last axis is K."""


class Grown(NamedTuple):
    """An input that reads more numbers than it did: how many it read, of which it still reads the first."""

    read: int
    kept: int


def widened(
    stored: Mapping[str, Tensor],
    state: Mapping[str, Tensor],
    agent: Agent[Any, Any],
    grown: Mapping[str, Grown],
) -> dict[str, Tensor]:
    """The stored tensors in the shape of a model's `state`, which has mean and spread of the new numbers.

    Those that read as many numbers as the model are what they are. Raises ArtefactError where they read
    neither these nor those that `grown` tells of.
    """
    found = dict(stored)
    reads = stored[EMBEDDING + "centre"].shape[-1]
    if reads == state[EMBEDDING + "centre"].shape[-1]:
        return found
    old, new, was = _columns(agent, grown)
    if reads != was:
        raise ArtefactError(f"the weights read {reads} numbers, not {was}", hint="name others to start from")
    for name in BY_NUMBER:
        tensor = state[EMBEDDING + name].clone()
        if name == "numbers.0.weight":
            tensor = torch.zeros_like(tensor)
        tensor[..., new] = stored[EMBEDDING + name][..., old].to(tensor.dtype)
        found[EMBEDDING + name] = tensor
    return found


def _columns(agent: Agent[Any, Any], grown: Mapping[str, Grown]) -> tuple[list[int], list[int], int]:
    """Where the numbers that are kept stood among all of before and stand now, and how many these were."""
    old: list[int] = []
    new: list[int] = []
    was = now = 0
    for name, encoder in agent.inputs.items():
        one = grown.get(name, Grown(encoder.size, encoder.size))
        old += range(was, was + one.kept)
        new += range(now, now + one.kept)
        was, now = was + one.read, now + encoder.size
    return old, new, was
