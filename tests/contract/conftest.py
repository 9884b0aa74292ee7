"""The agents of the package, and a ninth in a folder of its own that OCTAD_AGENTS names."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from octad import catalog

FOLDER = Path(__file__).parent / "agents"


def names() -> list[str]:
    """Every agent, the ninth included."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OCTAD_AGENTS", str(FOLDER))
        return [entry.name for entry in catalog.entries()]


@pytest.fixture(scope="module", autouse=True)
def _ninth() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OCTAD_AGENTS", str(FOLDER))
        yield
