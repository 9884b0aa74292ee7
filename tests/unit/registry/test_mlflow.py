"""The contract, of the registry in a real MLflow over SQLite; passed over where that is not installed."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from octad.errors import ArtefactError, StoreError
from tests.unit.registry.artefacts import AGENT, made
from tests.unit.registry.contract import Contract

# What MLflow imports warns of what it uses of itself.
pytestmark = pytest.mark.filterwarnings("ignore")
pytest.importorskip("mlflow", exc_type=ImportError)
pytest.importorskip("sqlalchemy")

from octad.registry.mlflow import MlflowRegistry  # noqa: E402


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The database of an MLflow that holds nothing: making its tables takes seconds."""
    path = tmp_path_factory.mktemp("mlflow") / "mlflow.db"
    MlflowRegistry(f"sqlite:///{path}", path.parent).versions(AGENT)
    return path


@pytest.fixture
def registry(empty: Path, tmp_path: Path) -> MlflowRegistry:
    shutil.copy(empty, tmp_path / "mlflow.db")
    (tmp_path / "held").mkdir(mode=0o700)
    return MlflowRegistry(f"sqlite:///{tmp_path}/mlflow.db", tmp_path / "held", actor="tester")


class TestMlflow(Contract):
    """The contract, of the registry in MLflow."""


def test_what_mlflow_shows_is_what_was_put(registry: MlflowRegistry, tmp_path: Path) -> None:
    version = registry.put(made(tmp_path / "a"), note="the first")
    registry.point(AGENT, "candidate", version.digest, actor="me")
    with closing(sqlite3.connect(tmp_path / "mlflow.db")) as base:
        assert base.execute("SELECT key, value FROM metrics").fetchall() == [("auc", 0.5)]
        assert base.execute("SELECT key, value FROM params").fetchall() == [("seed", "0")]
        assert base.execute("SELECT name, alias FROM registered_model_aliases").fetchall() == [
            (f"octad.{AGENT}", "candidate")
        ]
    assert [one.action for one in registry.audit.entries()] == ["promote", "put"]


def test_files_that_were_changed_there_are_found_and_not_fetched(
    registry: MlflowRegistry, tmp_path: Path
) -> None:
    version = registry.put(made(tmp_path / "a"))
    (stored,) = (tmp_path / "octad-artefacts").rglob("core.onnx")
    stored.write_bytes(b"\x08" + bytes(51))
    assert [one.subject for one in registry.verify()] == [f"{AGENT} {version.digest}"]
    with pytest.raises(ArtefactError):
        registry.get(AGENT, version.digest)


def test_an_mlflow_that_is_not_there_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "mlflow.db").write_bytes(b"no database " * 100)
    with pytest.raises(StoreError, match="MLflow"):
        MlflowRegistry(f"sqlite:///{tmp_path}/mlflow.db", tmp_path).versions(AGENT)
