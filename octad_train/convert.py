"""Make an artefact of format 1 one of format 2: `python -m octad_train.convert OLD NEW`.

The weights stay what they are; they get the names of today and graphs of their own. Agents that read several
inputs read texts with another network since then: theirs are refused.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load
from torch import Tensor

from octad.agents.agent import Agent
from octad.catalog import load as agent_of
from octad.errors import ArtefactError, OctadError, UnreadableInput, first_line
from octad.golden import golden
from octad.host.files import MAX_DATA_BYTES, files_in, read_bytes, read_text
from octad.host.terminal import say
from octad.host.whole_file import replace, whole_folder
from octad.model import Model
from octad.runtime import Runner
from octad.store.artefact import FORMAT, MANIFEST, Manifest, seal
from octad_train.compress.export import export
from octad_train.train.assemble import make_model, width_of
from octad_train.train.settings import Settings

RENAMED = (
    (r"^encoder\.", "encoder.backbone."),
    (r"^(features|bias)\.", r"encoder.\1."),
    (r"^meeting\.", "core.extensions.definition_use."),
    (r"^heads\.", "core.heads."),
)
"""Names of weights of format 1, and what they are called now."""
CARD = "CARD.md"
FIELDS = {"changes": "diff_thresholds", "silent": "rules_without_threshold"}


def convert(old: Path, new: Path) -> Manifest:
    """Write the artefact in `new`, a folder that is not there yet; raises ArtefactError where it cannot be.

    It appears whole or not at all. A model card is taken over.
    """
    if new.exists():
        raise ArtefactError(f"{new} is there already", hint="name a new folder")
    try:
        held = json.loads(read_text(old / MANIFEST))
    except (UnreadableInput, ValueError, RecursionError) as error:
        raise ArtefactError(f"no manifest in {old}", hint="name a folder of weights") from error
    version = held.get("format") if isinstance(held, dict) else None
    if version != 1:
        raise ArtefactError(f"{old} is of format {version!r}, not 1", hint="only that is converted")
    try:
        with whole_folder(new) as made:
            return _converted(held, old, made)
    except (
        UnreadableInput,
        AttributeError,
        KeyError,
        TypeError,
        ValueError,
        OSError,
        SafetensorError,
    ) as error:
        reason = first_line(error)
        raise ArtefactError(f"{old} cannot be converted: {reason}", hint="train it again") from error


def _converted(held: dict[str, Any], old: Path, new: Path) -> Manifest:
    """The artefact in `new`, of the manifest of format 1 and the weights in `old`."""
    agent = agent_of(held["agent"])
    if agent.fusion.joins:
        hint = f"train it again with `octad train {agent.name}`"
        raise ArtefactError(f"weights of {agent.name} of format 1 cannot be converted", hint=hint)
    held_in = (load(read_bytes(file, MAX_DATA_BYTES)) for file in files_in(old, ".safetensors"))
    stored = {name: tensor for tensors in held_in for name, tensor in tensors.items()}
    model = with_weights(agent, {renamed(name): tensor.float() for name, tensor in stored.items()})
    outputs = export(model, agent.heads, width_of(model), new, texts=True)
    fields = {FIELDS.get(name, name): value for name, value in held.items()}
    dropped = {name for name in held["outputs"] if name not in agent.heads}
    for table in ("temperatures", "offsets"):
        fields[table] = {name: value for name, value in fields.get(table, {}).items() if name not in dropped}
    fields["metrics"] = {k: v for k, v in fields.get("metrics", {}).items() if not dropped & {*k.split("/")}}
    manifest = Manifest.model_validate(
        {**fields, "format": FORMAT, "encoder": "", "outputs": outputs, "golden": None}
    )
    if (old / CARD).is_file():
        replace(new / CARD, read_bytes(old / CARD))
    seal(new, manifest)
    return seal(new, manifest.model_copy(update={"golden": golden(Runner.draft(agent, new))}))


def with_weights(agent: Agent[Any, Any], weights: dict[str, Tensor]) -> Model:
    """A model of the agent over the embedded backbone with weights by their names of today."""
    model = make_model(agent, Settings(examples=1, folder=Path())).eval()
    missing, _ = model.load_state_dict(weights, strict=False)
    if lacking := [name for name in missing if not name.startswith("pieces.")]:
        raise ArtefactError(f"the weights lack {lacking[0]} and {len(lacking) - 1} more", hint="train again")
    return model


def renamed(name: str) -> str:
    """The name of today of a weight of format 1."""
    for pattern, new in RENAMED:
        if re.match(pattern, name):
            return re.sub(pattern, new, name)
    return name


def main(arguments: Sequence[str] | None = None) -> int:
    """Convert from the command line; returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m octad_train.convert", description="Convert weights of format 1."
    )
    parser.add_argument("old", type=Path, help="the folder of the weights")
    parser.add_argument("new", type=Path, help="a folder that is not there yet, for the same in format 2")
    options = parser.parse_args(arguments)
    try:
        convert(options.old, options.new)
    except OctadError as error:
        say(f"error: {error}")
        return 2
    say(f"weights in {options.new}; use them with --weights {options.new}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
