"""A tokenizer, prepared units, and artefacts of random weights, each made once."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import pytest

from octad.encoders.code import CodeEncoder
from octad.encoders.prepared import Prepared
from octad.encoders.word_pieces import WordPieces
from octad.fusion.fusion import ONE_STREAM
from octad.records.code import Code

# Tiny models: threads that wait for each other cost more than they save, the more so on a busy machine.
os.environ.setdefault("OMP_NUM_THREADS", "1")

# No test may leave anything in the cache of whoever runs it, nor read what they said of findings.
CACHE = tempfile.TemporaryDirectory(prefix="octad-tests-")
os.environ["OCTAD_CACHE"] = CACHE.name
os.environ["OCTAD_STORE"] = os.path.join(CACHE.name, "store")

Prepare = Callable[..., Prepared]
Stored = Callable[[str], Path]


@pytest.fixture(scope="session")
def pieces(tmp_path_factory: pytest.TempPathFactory) -> WordPieces:
    from tests import tiny

    folder = tmp_path_factory.mktemp("pieces")
    tiny.tokenizer().save(str(folder / "tokenizer.json"))
    return WordPieces(folder)


@pytest.fixture(scope="session")
def prepare(pieces: WordPieces) -> Prepare:
    """A text as a prepared unit."""

    def made(text: str, **fields: object) -> Prepared:
        code = Code.model_validate({"path": "a.py", "text": text, **fields})
        return ONE_STREAM.prepare(SimpleNamespace(code=code), {"code": CodeEncoder()}, pieces)

    return made


@pytest.fixture(scope="session")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Stored:
    """The folder of an agent's artefact; beside it lies the backbone that the weights were drawn over."""

    @cache
    def made(name: str) -> Path:
        from octad import catalog
        from octad_train.train.finish import store
        from tests import tiny

        agent, folder = catalog.load(name), tmp_path_factory.mktemp(name)
        settings = tiny.settings(folder)
        held_out = [(agent.example, agent.label())]
        store(agent, tiny.model(agent, folder), held_out, settings, folder / "weights")
        return folder / "weights"

    return made
