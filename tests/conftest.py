"""A tokenizer, prepared units, and artefacts of random weights, each made once."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from octad.modalities.code import CodeModality, PreparedCode
from octad.modalities.pieces import Pieces
from octad.records.code import Code

# Tiny models: threads that wait for each other cost more than they save, the more so on a busy machine.
os.environ.setdefault("OMP_NUM_THREADS", "1")

# No test may leave anything in the cache of whoever runs it.
CACHE = tempfile.TemporaryDirectory(prefix="octad-tests-")
os.environ["OCTAD_CACHE"] = CACHE.name

Prepare = Callable[..., PreparedCode]
Stored = Callable[[str], Path]


@pytest.fixture(scope="session")
def pieces(tmp_path_factory: pytest.TempPathFactory) -> Pieces:
    from tests import tiny

    folder = tmp_path_factory.mktemp("pieces")
    tiny.tokenizer().save(str(folder / "tokenizer.json"))
    return Pieces(folder)


@pytest.fixture(scope="session")
def prepare(pieces: Pieces) -> Prepare:
    """A text as a prepared unit."""

    def made(text: str, **fields: object) -> PreparedCode:
        return CodeModality().prepare(Code.model_validate({"path": "a.py", "text": text, **fields}), pieces)

    return made


@pytest.fixture(scope="session")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Stored:
    """The folder of an agent's artefact; beside it lies the backbone that the weights were drawn over."""

    @cache
    def made(name: str) -> Path:
        from octad import catalog
        from octad.train.finish import store
        from tests import tiny

        agent, folder = catalog.load(name), tmp_path_factory.mktemp(name)
        settings = tiny.settings(folder)
        held_out = [(agent.example, agent.label())]
        store(agent, tiny.model(agent, folder), held_out, settings, folder / "weights", like=None)
        return folder / "weights"

    return made
