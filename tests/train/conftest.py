"""A tiny backbone in the place of the embedded one, written as the graph of texts that agents share."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.pin_weights import digests

Shared = tuple[Path, Path]
"""The checkpoint, and the folder that stands for the weights of the package."""


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Shared:
    from octad_train.backbone import write
    from octad_train.train.finish import SHARED
    from tests import tiny

    folder = tmp_path_factory.mktemp("package")
    checkpoint = tiny.backbone(folder / "backbone")
    write(str(checkpoint), folder / "weights" / SHARED)
    return checkpoint, folder / "weights"


@pytest.fixture
def package(shared: Shared, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the weights that come with the package, here those of the tiny backbone alone."""
    stand_in(shared, monkeypatch)
    return shared[1]


def stand_in(shared: Shared, patch: pytest.MonkeyPatch) -> None:
    """Let the tiny backbone be the one that the package comes with."""
    checkpoint, weights = shared
    patch.setattr("octad_train.train.assemble.embedded", lambda: checkpoint)
    for module in ("octad.store.artefact", "octad_train.train.whole"):
        patch.setattr(f"{module}.shipped", lambda name: weights / name)
    patch.setattr("octad.store.artefact.PINNED", frozenset(digests(weights).values()))
