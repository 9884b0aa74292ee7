"""From a trained objective to an artefact: exported, calibrated and measured as it will run."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from safetensors.torch import load_file
from torch import Tensor

from octad import __version__
from octad.agent import Agent
from octad.compress.export import ADDED, WEIGHTS, export
from octad.errors import ArtefactError
from octad.evaluate.figures import Labelled, figures
from octad.evaluate.golden import golden
from octad.model import Model
from octad.runtime import Runner
from octad.store.artefact import Manifest, load, seal
from octad.store.table import PieceTable
from octad.train.assemble import backbone_folder, merge_adapters, width_of
from octad.train.calibrate import calibrations
from octad.train.settings import Settings


def start_from(model: Model, agent: Agent[Any, Any], folder: Path) -> None:
    """Give a model the weights of an artefact; raises ArtefactError where they do not fit.

    A head that the artefact does not have stays as it is, and so does what it alone reads.
    """
    manifest = load(folder, agent.name)
    stored = {name: tensor.float() for path in (WEIGHTS, ADDED) for name, tensor in _tensors(folder / path)}
    new = {name for name in agent.heads if name not in manifest.outputs}
    parts = [f"heads.{name}." for name in new] + ["meeting."] * (not new.isdisjoint(agent.fusion.met))
    kept = {name: tensor for name, tensor in model.core.state_dict().items() if name.startswith(tuple(parts))}
    try:
        model.core.load_state_dict(stored | kept)
    except RuntimeError as error:
        raise ArtefactError(
            f"the weights in {folder} are of another model", hint="train from the beginning instead"
        ) from error


def _tensors(path: Path) -> Iterable[tuple[str, Tensor]]:
    """The tensors of a file by name; none where there is no file."""
    return load_file(path).items() if path.is_file() else ()


def store(
    agent: Agent[Any, Any],
    model: Model,
    held_out: Labelled,
    settings: Settings,
    folder: Path,
    *,
    like: Manifest | None,
    base: Path | None = None,
) -> Manifest:
    """Write an artefact: graph and weights; temperatures, figures and golden case from the exported graph.

    Thresholds and precisions are those of `like`, where there is one: thresholds are chosen on released,
    clean code, which a training run on something else does not have. Without any, the artefact makes no
    findings. Table and tokenizer of the embedded backbone are those that `like` names; else they are stored
    in the folder too. Weights that equal those of the artefact `base` stay in a file of their own, byte by
    byte.
    """
    like = like or Manifest(agent=agent.name, version="0", backbone="", width=0, outputs={})
    merge_adapters(model.core.encoder)
    outputs = export(model.core.float().cpu().eval(), agent.heads, width_of(model), folder, base=base)
    backbone = like.backbone if settings.backbone == "embedded" else ""
    if not backbone:
        PieceTable.quantise(model.pieces.table.detach().float().cpu().numpy()).save(folder)
        shutil.copyfile(backbone_folder(settings.backbone) / "tokenizer.json", folder / "tokenizer.json")
    recipe = {name: str(value) for name, value in asdict(settings).items() if name != "folder"}
    draft = like.model_copy(
        update={
            "version": __version__,
            "backbone": backbone,
            "width": width_of(model),
            "outputs": outputs,
            "temperatures": {},
            "offsets": {},
            "metrics": {},
            "golden": None,
            "recipe": recipe,
        }
    )
    seal(folder, draft)
    fitted = calibrations(Runner.load(agent, folder), held_out)
    update = {
        "temperatures": {name: one.temperature for name, one in fitted.items()},
        "offsets": {name: one.offset for name, one in fitted.items() if one.offset},
    }
    calibrated = seal(folder, draft.model_copy(update=update))
    runner = Runner.load(agent, folder)
    found = {"metrics": figures(runner, held_out), "golden": golden(runner)}
    return seal(folder, calibrated.model_copy(update=found))
