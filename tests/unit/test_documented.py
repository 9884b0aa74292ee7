"""Every public name of both packages is documented, and every `forward` states its shapes."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.size_limits import modules

Documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def public(node: ast.Module | ast.ClassDef, prefix: str = "") -> Iterator[tuple[str, Documented]]:
    """Public classes, functions and methods under a node, with their dotted names."""
    for child in node.body:
        if isinstance(child, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            if child.name.startswith("_"):
                continue
            yield prefix + child.name, child
            if isinstance(child, ast.ClassDef):
                yield from public(child, f"{prefix}{child.name}.")


def undocumented(source: str) -> list[str]:
    tree = ast.parse(source)
    missing = [] if ast.get_docstring(tree) else ["the module itself"]
    return missing + [name for name, node in public(tree) if not ast.get_docstring(node)]


def shapeless(source: str) -> list[str]:
    """Public `forward` methods whose docstring shows no shape such as `[batch, items, width]`."""
    return [
        name
        for name, node in public(ast.parse(source))
        if name.endswith(".forward") and "[" not in (ast.get_docstring(node) or "")
    ]


@pytest.mark.parametrize("path", modules().values(), ids=lambda path: "/".join(path.parts[-2:]))
def test_public_names_are_documented(path: Path) -> None:
    source = path.read_text("utf-8")
    assert undocumented(source) == []
    assert shapeless(source) == []


def test_what_is_missing_is_seen() -> None:
    assert undocumented("def f(): ...\ndef _g(): ...") == ["the module itself", "f"]
    assert undocumented('"""A."""\nclass A:\n    """A."""\n    def b(self): ...') == ["A.b"]
    assert shapeless('class A:\n    def forward(self, x):\n        """Add."""') == ["A.forward"]
