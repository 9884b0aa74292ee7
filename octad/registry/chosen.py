"""The registry that a user, or a server, works with: the one of its folder, or an MLflow that it names."""

from __future__ import annotations

from collections.abc import Callable, Collection
from importlib.util import find_spec
from pathlib import Path

from octad.errors import InputError, MissingExtra
from octad.registry.local import LocalRegistry, nobody
from octad.registry.mlflow import MlflowRegistry
from octad.store.folders import data_folder

SETTING = "OCTAD_REGISTRY"
"""The variable that names a registry."""
PREFIX = "mlflow+"

Chosen = LocalRegistry | MlflowRegistry


def open_registry(
    address: str = "",
    folder: Path | None = None,
    *,
    actor: str = "",
    needed: Callable[[], Collection[str]] = nobody,
) -> Chosen:
    """The registry in a folder, that of `data_folder` by default, or of an address `mlflow+URI`.

    Raises StoreError, InputError for an address of another kind, MissingExtra where MLflow is not installed.
    """
    folder = folder or data_folder()
    if not address:
        return LocalRegistry(folder, actor=actor, needed=needed)
    if not address.startswith(PREFIX):
        hint = "mlflow+http://HOST:PORT or mlflow+sqlite:////PATH, or none for a folder"
        raise InputError(f"{address[:80]!r} is no registry", hint=hint)
    if find_spec("mlflow") is None or find_spec("sqlalchemy") is None:
        raise MissingExtra("this needs mlflow and sqlalchemy", hint="pip install 'octad[mlflow]'")
    return MlflowRegistry(address.removeprefix(PREFIX), folder, actor=actor, needed=needed)
