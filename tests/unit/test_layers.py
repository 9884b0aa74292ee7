"""A folder imports only folders of smaller layer numbers, or itself."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from scripts.house_numbers import imported, modules

LAYERS = (
    ("errors", "folders", "records"),
    ("history", "signals", "syntax", "templates"),
    ("read", "render", "data", "metrics", "losses", "nn", "store", "analysers", "advice", "repository"),
    ("backbones", "modalities"),
    ("fusion", "search"),
    ("heads",),
    ("agent",),
    ("model", "agents"),
    ("engines",),
    ("catalog", "runtime"),
    ("evaluate", "compress", "explain"),
    ("train", "inspection", "judgement"),
    ("serve", "cli"),
)
NUMBER = {folder: number for number, layer in enumerate(LAYERS) for folder in layer}
KNOWN = modules()
MODULES = {name: path for name, path in KNOWN.items() if name != "octad"}


def folder(module: str) -> str:
    return module.split(".")[1]


def violations(module: str, source: str) -> list[str]:
    """Imports of `module` that its layer does not allow; `octad` itself holds only the version."""
    own = folder(module)
    others = {name for name in imported(ast.parse(source), KNOWN) if name != "octad"}
    return sorted(name for name in others if folder(name) != own and NUMBER[folder(name)] >= NUMBER[own])


@pytest.mark.parametrize("module", MODULES)
def test_module_imports_only_lower_layers(module: str) -> None:
    assert folder(module) in NUMBER, f"{module} has no layer: say which in test_layers.py"
    assert violations(module, MODULES[module].read_text("utf-8")) == []


def test_a_violation_is_seen() -> None:
    assert violations("octad.records.code", "def f():\n    from octad.cli import main\n") != []
    assert violations("octad.read.files", "from octad.analysers import merge\n") != []
    assert violations("octad.read.files", "from octad.records.code import Code\n") == []


@pytest.mark.parametrize("path", [path for path in MODULES.values() if path.name == "__init__.py"], ids=str)
def test_packages_are_not_import_hubs(path: Path) -> None:
    body = ast.parse(path.read_text("utf-8")).body
    assert len(body) == 1 and ast.get_docstring(ast.Module(body, []))
