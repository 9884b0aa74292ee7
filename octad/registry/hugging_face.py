"""A version as a folder of the Hugging Face Hub, and back: weights and graphs, `config.json`, a model card.

The files of the artefact keep their names, which its graphs know each other by. What the hub adds when such a
folder is uploaded or fetched is passed over; whatever else lies in it is refused by name.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]

from octad import __version__
from octad.errors import ArtefactError, OutputError, UnreadableInput
from octad.host.files import listed, read_text
from octad.host.kept_folder import copy
from octad.host.whole_file import make_folder, replace, temporary_folder, whole_folder
from octad.registry.base import Version
from octad.registry.blobs import LARGEST_CARD, Blob, read
from octad.store.artefact import CARDS, MANIFEST, Manifest
from octad.store.tensors import LARGEST

CONFIG, CARD = "config.json", "README.md"
OF_THE_HUB = frozenset({CONFIG, *CARDS, ".gitattributes", ".cache", ".git", "LICENSE", "NOTICE"})
"""What may lie beside an artefact and is no part of it."""


def export(folder: Path, version: Version, target: Path) -> None:
    """Write a version whose files lie in a folder to a new one; raises OutputError, ArtefactError."""
    blob = read(folder)
    if blob.digest != version.digest:
        raise ArtefactError(f"{folder} holds another artefact than {version.digest[:12]}")
    if target.exists() or target.is_symlink():
        raise OutputError(f"{target} is there already", hint="name a new folder")
    try:
        with whole_folder(target) as made:
            make_folder(made)
            for name in (MANIFEST, *blob.manifest.files):
                copy(folder / name, made / name, LARGEST)
            replace(made / CONFIG, _json(config(version, blob.manifest)))
            replace(made / CARD, card(version, blob, _prose(folder)).encode())
    except (OSError, UnreadableInput) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise OutputError(f"cannot write {target}: {reason.lower()}", hint="check folder and room") from error


@contextmanager
def imported(source: Path) -> Iterator[Path]:
    """The artefact of such a folder alone, gone afterwards; raises ArtefactError for what is none."""
    with temporary_folder() as folder:
        try:
            for entry in listed(source):
                if entry.name in OF_THE_HUB - set(CARDS):
                    continue
                limit = LARGEST_CARD if entry.name in CARDS else LARGEST
                copy(Path(entry.path), folder / entry.name, limit)
        except UnreadableInput as error:
            hint = "fetch it with `hf download --local-dir FOLDER`, which makes no links"
            raise ArtefactError(f"{source} cannot be imported: {error.message}", hint=hint) from error
        yield folder


def config(version: Version, manifest: Manifest) -> dict[str, Any]:
    """What `config.json` says: of which kind the model is, and what its outputs mean."""
    return {
        "architectures": ["Octad"],
        "model_type": "octad",
        "octad_version": __version__,
        "agent": manifest.agent,
        "version": manifest.version,
        "digest": version.digest,
        "hidden_size": manifest.width,
        "outputs": {name: list(outputs) for name, outputs in manifest.outputs.items()},
        "temperatures": dict(manifest.temperatures),
        "thresholds": dict(manifest.thresholds),
        "torch_dtype": "float32",
    }


def card(version: Version, blob: Blob, prose: str) -> str:
    """A model card: facts as YAML in front, then what was written about the model, else what is known."""
    front = yaml.safe_dump(_front(version, blob.manifest), sort_keys=False, allow_unicode=True)
    return f"---\n{front}---\n\n{prose or _known(version, blob.manifest)}"


def _front(version: Version, manifest: Manifest) -> dict[str, Any]:
    """What the hub reads of a card."""
    figures = [
        {"type": name, "value": value, "name": name} for name, value in sorted(manifest.metrics.items())
    ]
    result = {
        "task": {"type": "other", "name": manifest.agent},
        "dataset": {"type": "held-out", "name": "cases that no training saw"},
        "metrics": figures,
    }
    model = {"name": f"{manifest.agent} {version.digest[:12]}", "results": [result] if figures else []}
    front: dict[str, Any] = {
        "library_name": "octad",
        "tags": ["octad", "onnx", "safetensors", manifest.agent],
    }
    return front | ({"model-index": [model]} if figures else {})


def _known(version: Version, manifest: Manifest) -> str:
    """What is known of a model that nobody wrote about."""
    lines = [f"# {manifest.agent}", "", f"Version {manifest.version}, `{version.digest}`."]
    if version.parent:
        lines += ["", f"Made from `{version.parent}`."]
    lines += ["", "Use it with `octad store import FOLDER`, then `octad store get`."]
    return (
        "\n".join([*lines, *_table("Figures", manifest.metrics), *_table("Recipe", manifest.recipe)]) + "\n"
    )


def _table(title: str, held: Mapping[str, object]) -> list[str]:
    rows = [f"| {_cell(name)} | {_cell(value)} |" for name, value in sorted(held.items())]
    return ["", f"## {title}", "", "| name | value |", "|---|---|", *rows] if rows else []


def _cell(value: object) -> str:
    return str(value).replace("|", "\\|").replace("\n", " ")[:200]


def _prose(folder: Path) -> str:
    """The card that lies beside an artefact, without what it says in front."""
    for name in CARDS:
        try:
            text = read_text(folder / name, LARGEST_CARD, follow=False)
        except UnreadableInput:
            continue
        if text.startswith("---\n"):
            text = text.partition("\n---\n")[2].lstrip("\n")
        return text
    return ""


def _json(held: Mapping[str, Any]) -> bytes:
    return (json.dumps(held, indent=2, sort_keys=True) + "\n").encode()
