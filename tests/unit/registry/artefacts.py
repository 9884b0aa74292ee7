"""Artefacts of a few hundred bytes: what a registry looks at is sound, what an engine reads is not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import save

from octad.store.artefact import Manifest, seal

AGENT = "sorter"
"""An agent that does not come with the package, and has no weights there."""


def made(folder: Path, *, agent: str = AGENT, seed: int = 0, **said: Any) -> Path:
    """An artefact of random weights."""
    folder.mkdir(parents=True)
    values = np.random.default_rng(seed).standard_normal((4, 4)).astype(np.float32)
    (folder / "weights.safetensors").write_bytes(save({"a": values}))
    (folder / "core.onnx").write_bytes(b"\x08\x0a" + bytes(50))
    (folder / "CARD.md").write_text("A card.\n")
    plain: dict[str, Any] = {
        "agent": agent, "version": "0.1.0", "backbone": "minilm", "encoder": "minilm", "width": 4,
        "outputs": {"head": ("logit",)}, "recipe": {"seed": str(seed)}, "metrics": {"auc": 0.5},
    }  # fmt: skip
    seal(folder, Manifest.model_validate(plain | said))
    return folder


def edit(folder: Path, **fields: Any) -> None:
    """Change fields of a manifest; a function gets what was there."""
    raw = json.loads((folder / "manifest.json").read_text())
    for name, value in fields.items():
        raw[name] = value(raw.get(name)) if callable(value) else value
    (folder / "manifest.json").write_text(json.dumps(raw))
