"""Where the weights of an agent lie, found without importing what reads them."""

from __future__ import annotations

from pathlib import Path

import octad

FOLDER = Path(octad.__file__).resolve().parent / "weights"


def is_shipped(name: str) -> bool:
    """Whether the package holds weights for an agent."""
    return (FOLDER / name / "manifest.json").is_file()
