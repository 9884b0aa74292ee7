"""A folder as a server has it, and a controller in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from octad.rollout.controller import Controller
from tests.unit.rollout.world import Names, opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "store"
    made.mkdir(0o700)
    return made


@pytest.fixture
def names() -> Names:
    return Names()


@pytest.fixture
def controller(folder: Path, names: Names) -> Controller:
    return opened(folder, names)
