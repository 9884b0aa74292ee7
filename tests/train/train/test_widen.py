"""A model that reads more numbers starts as one that reads them as before, and the new ones as nothing."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
import torch

from octad.errors import ArtefactError
from octad_train.train.widen import BY_NUMBER, EMBEDDING, Grown, widened


def tensors(columns: int, value: float) -> dict[str, torch.Tensor]:
    return {EMBEDDING + name: torch.full((2, columns), value) for name in BY_NUMBER} | {
        "core.other": torch.ones(1)
    }


def test_columns_find_their_place_and_new_weights_are_zero() -> None:
    inputs = {"a": SimpleNamespace(size=4), "b": SimpleNamespace(size=3)}
    agent: Any = SimpleNamespace(inputs=inputs)
    stored = tensors(6, 1.0)
    stored[EMBEDDING + "numbers.0.weight"][:] = torch.arange(6.0)
    found = widened(stored, tensors(7, 5.0), agent, {"a": Grown(3, 2)})
    weight = found[EMBEDDING + "numbers.0.weight"]
    assert weight[0].tolist() == [0.0, 1.0, 0.0, 0.0, 3.0, 4.0, 5.0]
    assert found[EMBEDDING + "spread"][0].tolist() == [1.0, 1.0, 5.0, 5.0, 1.0, 1.0, 1.0]
    assert found["core.other"] is stored["core.other"]


def test_weights_that_read_as_much_stay_and_others_are_refused() -> None:
    agent: Any = SimpleNamespace(inputs={"a": SimpleNamespace(size=4), "b": SimpleNamespace(size=3)})
    stored = tensors(7, 1.0)
    assert widened(stored, tensors(7, 5.0), agent, {"a": Grown(3, 2)}) == stored
    with pytest.raises(ArtefactError, match="read 5 numbers, not 6"):
        widened(tensors(5, 1.0), tensors(7, 5.0), agent, {"a": Grown(3, 2)})
