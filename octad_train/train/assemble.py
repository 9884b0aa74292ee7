"""From settings to the parts of a run: tokenizer, model, objective, engines for validation."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import nn

from octad.agents.agent import Agent
from octad.encoders.word_pieces import WordPieces
from octad.engines import TorchEngine
from octad.errors import MissingExtra
from octad.model import Model, build
from octad.nn.backbone import Pretrained, embedded, pretrained
from octad.runtime import GATES, Runner
from octad.store.artefact import Manifest
from octad.syntax.relations import outside
from octad_train.nn.baselines import BASELINES, BaselineMixer
from octad_train.train.objective import Objective
from octad_train.train.settings import Settings

LORA_RANK = 32


def backbone_folder(name: str) -> Path:
    """The folder of a checkpoint: the embedded default, or a folder of the user's."""
    return embedded() if name == "embedded" else Path(name)


def adaptation_of(agent: Agent[Any, Any], settings: Settings) -> str:
    """What of the backbone is trained."""
    return settings.adaptation or agent.adaptation


def make_model(agent: Agent[Any, Any], settings: Settings) -> Model:
    """The model that the settings describe, its word pieces frozen."""
    torch.manual_seed(settings.seed)
    base = pretrained(backbone_folder(settings.backbone), scratch=settings.encoder == "scratch")
    table = base.table()
    adaptation = adaptation_of(agent, settings)
    if settings.checkpointing:
        base.recompute(True)
    if adaptation == "lora":
        adapt(base)
    model = build(agent, base, table)
    apply_ablation(agent, model, settings)
    if adaptation == "frozen":
        freeze(model.encoder)
    if adaptation == "upper":
        freeze_lower(model, base)
    if adaptation == "heads":
        freeze_except(model, settings.tasks or tuple(agent.heads))
    return model


def apply_ablation(agent: Agent[Any, Any], model: Model, settings: Settings) -> None:
    """Put what is compared in its place: another encoder, fewer families of relations."""
    left_out = list(outside(settings.relations))
    if model.encoder.bias is not None:
        model.encoder.bias.gain[left_out] = 0
    if settings.encoder not in BASELINES:
        return
    if agent.fusion.joins:
        model.core.fusion.mixer = BaselineMixer(settings.encoder, agent.fusion.size, 1 + len(agent.inputs))
    else:
        model.encoder.backbone = BASELINES[settings.encoder](int(model.pieces.table.shape[1]))
        model.encoder.bias = None


def adapt(encoder: Pretrained) -> None:
    """Freeze an encoder and add low-rank adapters to all its linear layers (Hu et al. 2021)."""
    try:
        from peft import LoraConfig, inject_adapter_in_model
    except ImportError as error:
        raise MissingExtra("adapters need peft", hint="pip install 'octad[train]'") from error
    encoder.requires_grad_(False)
    config = LoraConfig(r=LORA_RANK, lora_alpha=2 * LORA_RANK, target_modules="all-linear")
    inject_adapter_in_model(config, encoder.model)


def freeze(module: nn.Module) -> None:
    """Keep a module as it is: nothing is learned in it, nothing drops out."""
    module.requires_grad_(False)
    for part in module.modules():
        if isinstance(part, nn.Dropout):
            part.p = 0.0


def freeze_lower(model: Model, base: Pretrained) -> None:
    """Keep the lower half of the backbone as it is, and what its tokens and relations are given.

    Two thirds of what a step costs then remain, and less is forgotten of what was learned before.
    """
    for part in (base.lower(), model.encoder.features, model.encoder.bias):
        if part is not None:
            freeze(part)


def freeze_except(model: Model, tasks: Sequence[str]) -> None:
    """Keep a model as it is, but for the heads of some tasks and the extensions that these read."""
    freeze(model)
    parts = [model.core.heads[name] for name in tasks]
    parts += [network for network in model.core.networks() if set(tasks) & set(network.heads)]
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


def make_pieces(settings: Settings) -> WordPieces:
    """The tokenizer of the backbone."""
    return WordPieces(backbone_folder(settings.backbone))


def runner_of(agent: Agent[Any, Any], model: Model, pieces: WordPieces) -> Runner[Any, Any]:
    """A model in training as a runner, uncalibrated."""
    outputs = {name: head.outputs for name, head in agent.heads.items()}
    outputs |= {GATES: (GATES,)} if agent.fusion.joins else {}
    manifest = Manifest(agent=agent.name, version="0", backbone="", width=width_of(model), outputs=outputs)
    return Runner(agent, manifest, pieces, TorchEngine(model))


def width_of(model: Model) -> int:
    """The width of the model's vectors of texts."""
    return int(model.pieces.table.shape[1])
