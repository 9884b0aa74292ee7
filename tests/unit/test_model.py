"""A model reads long code as it reads short code, and in the same way."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from octad.agent import Agent
from octad.catalog import entries, load
from octad.modalities.code import CodeModality
from octad.modalities.pieces import Pieces
from octad.model import Model, to_tensors
from octad.nn.budget import DENSE
from octad.nn.relations import RelationBias
from octad.records.code import Code
from tests import tiny

LINE = "first = second(left, right) if first else left\n"


@pytest.fixture(scope="module")
def agent() -> Agent[Any, Any]:
    return load(entries()[0].name)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tiny")


@pytest.fixture(scope="module")
def model(agent: Agent[Any, Any], folder: Path) -> Model:
    made = tiny.model(agent, folder)
    torch.manual_seed(1)
    for module in made.modules():
        if isinstance(module, RelationBias):
            module.weight.data.normal_(std=0.05)
    made.core.features.weight.data.normal_()
    made.core.lengthen(4 * DENSE)
    return made


def batch(folder: Path, *lines: int) -> dict[str, Tensor]:
    modality, pieces = CodeModality(4 * DENSE), Pieces(folder / "backbone")
    units = [
        modality.prepare(Code(path="a.py", text=LINE * count, language="python"), pieces) for count in lines
    ]
    return to_tensors(modality.collate(units))


def test_short_code_is_read_as_with_a_full_table(model: Model, folder: Path) -> None:
    inputs = batch(folder, 3, 9)
    full, thin = model(inputs), model.sparsely(inputs)
    for name, outputs in full.items():
        for one, other in zip(outputs, thin[name], strict=True):
            keep = inputs["mask"] if one.shape[:2] == inputs["mask"].shape else ...
            torch.testing.assert_close(one[keep], other[keep], rtol=1e-4, atol=1e-4)


def test_long_code_is_read_whole_and_in_company(model: Model, folder: Path) -> None:
    """The last line counts for the summary, and a short neighbour in the batch for nothing."""
    alone = batch(folder, 200)
    items = alone["mask"].shape[1]
    assert items > 2 * DENSE
    read, company = (model.sparsely(inputs) for inputs in (alone, batch(folder, 200, 3)))
    name = next(name for name, tensors in read.items() if tensors[0].shape[:2] == (1, items))
    torch.testing.assert_close(company[name][0][:1], read[name][0], rtol=1e-4, atol=1e-4)
    alone["features"][0, -20:, 0] = 3
    assert (model.sparsely(alone)[name][0] - read[name][0])[0, 0].abs().max() > 0
    assert read[name][0].isfinite().all()
