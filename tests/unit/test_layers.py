"""A folder imports only folders of smaller layer numbers, or itself; nobody imports the laboratory."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

from octad import catalog
from scripts.size_limits import PACKAGES, import_cycle, imported, modules

LAYERS = (
    ("budget", "calibration.promise", "errors", "metrics", "records", "serve.faults"),
    ("host", "notes", "serve.exchange", "syntax", "templates"),
    ("audit", "render", "repository", "signals", "store"),
    ("nn", "read"),
    ("analysers", "claims", "client", "encoders", "feedback"),
    ("advice", "extensions", "fusion", "search"),
    ("heads",),
    ("rules",),
    ("agents",),
    ("catalog", "golden", "model"),
    ("engines", "mcp", "registry"),
    ("rollout", "states"),
    ("runtime",),
    ("calibration", "explain"),
    ("ask",),
    ("review",),
    ("lsp", "serve"),
    ("cli",),
    ("octad_train",),
)
"""Every folder and file of the product, as low as its imports let it be; the laboratory above all of it."""
PARTS = frozenset({"calibration.promise", "serve.exchange", "serve.faults"})
"""Files that stand lower than their folder: what they declare, declarations read."""
NUMBER = {folder: number for number, layer in enumerate(LAYERS) for folder in layer}
KNOWN = modules()
TREES = {name: ast.parse(path.read_text("utf-8")) for name, path in KNOWN.items()}
MODULES = [name for name in KNOWN if name not in ("octad", "octad_train")]
PRODUCT = [name for name in MODULES if not name.startswith("octad_train.")]
DECLARATIONS = {f"octad.agents.{entry.path.stem}" for entry in catalog.entries()}


def folder(module: str) -> str:
    """What of the table a module belongs to."""
    package, _, rest = module.partition(".")
    return package if package != "octad" else rest if rest in PARTS else rest.partition(".")[0]


def others(module: str, tree: ast.AST) -> set[str]:
    """The modules of other folders that a module imports; `octad` itself holds only the version."""
    own = folder(module)
    return {name for name in imported(tree, KNOWN) if name != "octad" and folder(name) != own}


def violations(module: str, tree: ast.AST) -> list[str]:
    """Imports of `module` that its layer does not allow."""
    number = NUMBER[folder(module)]
    return sorted(name for name in others(module, tree) if NUMBER[folder(name)] >= number)


@pytest.mark.parametrize("module", MODULES)
def test_module_imports_only_lower_layers(module: str) -> None:
    assert folder(module) in NUMBER, f"{module} has no layer: say which in test_layers.py"
    assert violations(module, TREES[module]) == []


def test_a_violation_is_seen() -> None:
    upward = ast.parse("def f():\n    from octad.cli import main\n")
    assert violations("octad.records.code", upward) == ["octad.cli.main"]
    assert violations("octad.cli.main", ast.parse("import octad_train.sources\n")) == ["octad_train.sources"]
    assert violations("octad.agents.agent", ast.parse("from octad.calibration import fit\n")) != []
    assert violations("octad.agents.agent", ast.parse("from octad.calibration import promise\n")) == []
    assert violations("octad.read.code.files", ast.parse("from octad.records.code import Code\n")) == []


def test_every_folder_has_the_smallest_number_that_fits() -> None:
    below: dict[str, set[int]] = defaultdict(set)
    for module in PRODUCT:
        below[folder(module)] |= {NUMBER[folder(name)] for name in others(module, TREES[module])}
    assert {name: NUMBER[name] for name in below} == {
        name: 1 + max(numbers, default=-1) for name, numbers in below.items()
    }
    assert set(NUMBER) == {*below, "octad_train"}


def test_no_module_imports_itself_by_way_of_others() -> None:
    assert import_cycle(TREES, KNOWN) == []


def test_an_import_cycle_is_seen() -> None:
    known = {"a": Path("a.py"), "b": Path("b.py")}
    circle = {"a": ast.parse("import b"), "b": ast.parse("def f():\n    import a")}
    assert set(import_cycle(circle, known)) == {"a", "b"}


def packages(tree: ast.AST) -> set[str]:
    """The packages that a syntax tree imports from, wherever in it."""
    nodes = list(ast.walk(tree))
    names = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    names += [node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)]
    return {name.partition(".")[0] for name in names}


def test_the_product_never_imports_the_laboratory() -> None:
    """It names it in strings, as declarations do, or not at all."""
    assert [module for module in PRODUCT if "octad_train" in packages(TREES[module])] == []
    assert packages(ast.parse("def f():\n    from octad_train.gone import x\n")) == {"octad_train"}


def test_nobody_imports_a_declaration() -> None:
    """An agent is found by its file; no other file knows it."""
    found = {module: DECLARATIONS.intersection(imported(TREES[module], KNOWN)) for module in MODULES}
    assert {module: names for module, names in found.items() if names} == {}


@pytest.mark.parametrize("module", ["octad.cli.main", *sorted(DECLARATIONS)])
def test_asking_needs_neither_laboratory_nor_torch(module: str) -> None:
    program = (
        f"import sys, {module}; "
        "sys.exit(', '.join(m for m in sys.modules if m.partition('.')[0] in ('octad_train', 'torch')) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    "path",
    [path for path in KNOWN.values() if path.name == "__init__.py" and path.parent not in PACKAGES],
    ids=lambda path: path.relative_to(PACKAGES[0].parent).as_posix(),
)
def test_packages_are_not_import_hubs(path: Path) -> None:
    body = ast.parse(path.read_text("utf-8")).body
    assert len(body) == 1 and ast.get_docstring(ast.Module(body, []))
