"""A resumable state of training on disk: safetensors and JSON, written whole or not at all."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from octad.errors import ArtefactError

STATE = "state.safetensors"


def save(folder: Path, module: nn.Module, optimiser: torch.optim.Optimizer, progress: dict[str, Any]) -> None:
    """Write weights, optimiser moments and progress; an older state is replaced in one step."""
    folder.mkdir(parents=True, exist_ok=True)
    tensors = {f"model.{k}": v.contiguous() for k, v in trained(module).items()}
    state = optimiser.state_dict()
    for index, moments in state["state"].items():
        for key, value in moments.items():
            tensors[f"optimiser.{index}.{key}"] = torch.as_tensor(value).contiguous()
    temporary = folder / f"{STATE}.partial"
    save_file(tensors, temporary, metadata={"progress": json.dumps(progress)})
    os.replace(temporary, folder / STATE)


def restore(folder: Path, module: nn.Module, optimiser: torch.optim.Optimizer) -> dict[str, Any]:
    """Load what `save` wrote into model and optimiser and return the progress.

    Raises ArtefactError when the state belongs to another model.
    """
    path = folder / STATE
    tensors = load_file(path)
    model = {k.removeprefix("model."): v for k, v in tensors.items() if k.startswith("model.")}
    if set(model) != set(trained(module)):
        raise ArtefactError(f"{path} belongs to another model", hint="choose another folder, or remove it")
    module.load_state_dict(model, strict=False)
    state: dict[int, dict[str, Tensor]] = {}
    for name, tensor in tensors.items():
        if name.startswith("optimiser."):
            _, index, key = name.split(".", 2)
            state.setdefault(int(index), {})[key] = tensor
    optimiser.load_state_dict({"state": state, "param_groups": optimiser.state_dict()["param_groups"]})
    return progress_of(path)


def progress_of(path: Path) -> dict[str, Any]:
    """The progress that a checkpoint states."""
    from safetensors import safe_open

    with safe_open(path, "pt") as file:
        metadata: dict[str, str] = file.metadata()
    progress: dict[str, Any] = json.loads(metadata["progress"])
    return progress


def trained(module: nn.Module) -> dict[str, Tensor]:
    """The parameters that training changes, and what else a module keeps beside those that it does not."""
    frozen = {name for name, parameter in module.named_parameters() if not parameter.requires_grad}
    return {name: tensor.detach() for name, tensor in module.state_dict().items() if name not in frozen}
