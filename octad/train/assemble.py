"""From settings to the parts of a run: tokenizer, model, objective, engines for validation."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from octad.agent import Agent
from octad.backbones import Pretrained, embedded, pretrained
from octad.engines import TorchEngine
from octad.errors import MissingExtra
from octad.fusion.base import Choice
from octad.modalities.pieces import Pieces
from octad.model import Model, Parts, build
from octad.runtime import Runner
from octad.store.artefact import Manifest
from octad.train.loop import Objective
from octad.train.settings import Settings

LORA_RANK = 32


def backbone_folder(name: str) -> Path:
    """The folder of a checkpoint: the embedded default, or a folder of the user's."""
    return embedded() if name == "embedded" else Path(name)


def make_model(agent: Agent[Any, Any], settings: Settings) -> Model:
    """The model that the settings describe, its piece table frozen."""
    torch.manual_seed(settings.seed)
    base = pretrained(backbone_folder(settings.backbone), scratch=settings.encoder == "scratch")
    table = base.table()
    if settings.checkpointing:
        base.recompute(True)
    if settings.adaptation == "lora":
        adapt(base)
    model = build(agent, Parts(base, table, Choice(settings.encoder, settings.relations)))
    if settings.adaptation == "heads":
        hold(model.core, settings.tasks or tuple(agent.heads))
    return model


def adapt(encoder: Pretrained) -> None:
    """Freeze an encoder and add low-rank adapters to all its linear layers (Hu et al. 2021)."""
    try:
        from peft import LoraConfig, inject_adapter_in_model
    except ImportError as error:
        raise MissingExtra("adapters need peft", hint="pip install 'octad[train]'") from error
    encoder.requires_grad_(False)
    config = LoraConfig(r=LORA_RANK, lora_alpha=2 * LORA_RANK, target_modules="all-linear")
    inject_adapter_in_model(config, encoder.model)


def hold(core: Any, tasks: Sequence[str]) -> None:
    """Keep a core as it is, but for the heads of some tasks and what makes the meetings that these read."""
    core.requires_grad_(False)
    for module in core.encoder.modules():
        if isinstance(module, nn.Dropout):
            module.p = 0.0
    parts = [core.heads[name] for name in tasks]
    if set(tasks) & set(core.met):
        parts.append(core.meeting)
    for part in parts:
        part.requires_grad_(True)


def merge_adapters(module: nn.Module) -> None:
    """Add every adapter to the layer it adapts and forget it."""
    from peft.tuners.lora import LoraLayer

    for name, child in list(module.named_children()):
        if isinstance(child, LoraLayer):
            child.merge()
            setattr(module, name, child.get_base_layer())
        else:
            merge_adapters(child)


def make_objective(agent: Agent[Any, Any], settings: Settings) -> Objective:
    """The model with its task weights on the best device there is."""
    device = "cuda" if torch.cuda.is_available() else "cpu"
    return Objective(agent, make_model(agent, settings), settings.tasks).to(device)


def make_pieces(settings: Settings) -> Pieces:
    """The tokenizer of the backbone."""
    return Pieces(backbone_folder(settings.backbone))


def runner_of(agent: Agent[Any, Any], model: Model, pieces: Pieces, width: int) -> Runner[Any, Any]:
    """A model in training as a runner, uncalibrated."""
    outputs = {name: head.outputs for name, head in agent.heads.items()}
    manifest = Manifest(agent=agent.name, version="0", backbone="", width=width, outputs=outputs)
    return Runner(agent, manifest, pieces, TorchEngine(model))


def width_of(model: Model) -> int:
    """The width of the model's vectors."""
    table: Tensor = model.pieces.table
    return int(table.shape[1])
