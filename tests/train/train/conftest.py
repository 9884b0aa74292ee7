"""An agent that reads code, and a corpus of a few functions that it can be trained on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from octad import catalog
from octad.agents.agent import Agent
from octad_train.data.code.rows import Row, write_rows

TEXT = "def f{0}(first, second):\n    if first < second:\n        return first\n    return second + {0}\n"


@pytest.fixture(scope="session")
def agent() -> Agent[Any, Any]:
    return catalog.load(catalog.entries()[0].name)


@pytest.fixture
def corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("OCTAD_DATA", raising=False)
    for part in ("train", "valid", "test"):
        rows = [Row("p", f"{part}{i}.py", 1, TEXT.format(i)) for i in range(8)]
        write_rows(tmp_path / f"{part}.jsonl.xz", rows, preset=0)
    return tmp_path
