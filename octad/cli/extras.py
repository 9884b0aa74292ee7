"""Optional dependencies, and the laboratory, asked for by the verb that needs them."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from octad.errors import MissingExtra


def require(extra: str, *modules: str) -> None:
    """Raise MissingExtra, with the command that helps, where a module is not installed."""
    absent = [module for module in modules if find_spec(module) is None]
    if absent:
        raise MissingExtra(f"this needs {', '.join(absent)}", hint=f"pip install 'octad[{extra}]'")


def laboratory(module: str) -> Any:
    """A module of the laboratory, a package of its own that is not always there."""
    return import_module(f"octad_train.{module}")
