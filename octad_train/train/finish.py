"""From a trained model to an artefact: exported, calibrated and measured as it will run."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from safetensors.torch import load_file

from octad import __version__
from octad.agents.agent import Agent
from octad.calibration.fit import Labelled, calibrate
from octad.errors import ArtefactError
from octad.golden import golden
from octad.model import Model
from octad.runtime import Runner
from octad.store.artefact import Manifest, load, seal
from octad.store.piece_table import PieceTable
from octad_train.compress.export import WEIGHTS, export
from octad_train.evaluate.figures import figures
from octad_train.train.assemble import adaptation_of, backbone_folder, merge_adapters, width_of
from octad_train.train.settings import Settings
from octad_train.train.widen import Grown, widened

ADAPTER, ADAPTED = ".lora_", ".base_layer."
"""In the names of weights of adapters, and of layers that have one."""
SHARED = "minilm"
"""The folder of weights with word pieces and graph of the embedded backbone, which agents share."""


class Origin(NamedTuple):
    """What an artefact was made by and from: a program, digests of its files of data, and of its parent.

    The parent is the artefact whose weights the training began with, "" where there was none.
    """

    program: str = ""
    data: Mapping[str, str] = MappingProxyType({})
    parent: str = ""

    @property
    def recipe(self) -> dict[str, str]:
        """What of it is said of how the artefact was made."""
        said = {"program": self.program, "parent": self.parent}
        return {name: value for name, value in said.items() if value}


def start_from(
    model: Model, agent: Agent[Any, Any], folder: Path, grown: Mapping[str, Grown] = MappingProxyType({})
) -> None:
    """Give a model the weights of an artefact; raises ArtefactError where they do not fit.

    Inputs that are `grown` since then read more numbers. A head that the artefact does not have stays as it
    is, and so does the extension that it alone reads; a backbone that is not its own is the pre-trained one.
    """
    folder, manifest = load(agent.name, folder)
    stored = {name: tensor.float() for name, tensor in load_file(folder / WEIGHTS).items()}
    new = {name for name in agent.heads if name not in manifest.outputs}
    parts = [f"core.heads.{name}." for name in new]
    parts += [f"core.extensions.{one.name}." for one in agent.extensions if new & set(one.heads)]
    parts += ["encoder."] if manifest.encoder else []
    own = {
        name: tensor
        for name, tensor in model.state_dict().items()
        if not name.startswith("pieces.") and ADAPTER not in name
    }
    # Layers with adapters lie one level deeper than in the artefact.
    names = {name.replace(ADAPTED, "."): name for name in own}
    state = {plain: own[name] for plain, name in names.items()}
    kept = {name: tensor for name, tensor in state.items() if name.startswith(tuple(parts))}
    stored = widened(stored, state, agent, grown) if grown else stored
    found = stored | kept
    if set(found) != set(state) or any(found[name].shape != tensor.shape for name, tensor in state.items()):
        raise ArtefactError(
            f"the weights in {folder} are of another model", hint="train from the beginning instead"
        )
    model.load_state_dict({names[plain]: tensor for plain, tensor in found.items()}, strict=False)


def store(
    agent: Agent[Any, Any],
    model: Model,
    held_out: Labelled,
    settings: Settings,
    folder: Path,
    *,
    unseen: Labelled = (),
    like: Manifest | None = None,
    origin: Origin | None = None,
) -> Manifest:
    """Write an artefact: graphs and weights; calibration, thresholds, figures and golden case as it will run.

    Word pieces of the embedded backbone are those that come with the package, and so is its graph where it
    was not trained; else they are stored in the folder too. What the held-out cases do not tell is taken over
    from `like`. Figures are of the `unseen` cases where there are any: on the held-out ones, by which so much
    was chosen, they flatter.
    """
    origin = origin or Origin()
    frozen = adaptation_of(agent, settings) == "frozen" and settings.encoder == "pretrained"
    shared = SHARED if settings.backbone == "embedded" else ""
    merge_adapters(model.encoder)
    model = model.float().cpu().eval()
    texts = not (frozen and shared)
    outputs = export(model, agent.heads, width_of(model), folder, texts=texts)
    if not shared:
        PieceTable.quantise(model.pieces.table.detach().numpy()).save(folder)
        shutil.copyfile(backbone_folder(settings.backbone) / "tokenizer.json", folder / "tokenizer.json")
    chosen = {name: str(value) for name, value in asdict(settings).items() if name != "folder"}
    chosen["adaptation"] = adaptation_of(agent, settings)
    draft = Manifest(
        agent=agent.name,
        version=__version__,
        backbone=shared,
        encoder="" if texts else shared,
        width=width_of(model),
        outputs=outputs,
        data={**(like.data if like else {}), **origin.data},
        recipe={
            **{name: value for name, value in (like.recipe if like else {}).items() if name != "parent"},
            **chosen,
            **origin.recipe,
        },
    )
    seal(folder, draft)
    runner: Runner[Any, Any] = Runner.draft(agent, folder)
    manifest = calibrate(runner, held_out, like)
    runner.manifest = manifest
    found = {"metrics": figures(runner, unseen or held_out), "golden": golden(runner)}
    return seal(folder, manifest.model_copy(update=found))
