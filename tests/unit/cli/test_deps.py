from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from octad.records.dependencies import Dependencies
from octad.render.formats.json import document_of

Octad = Callable[..., tuple[int, str, str]]


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "__init__.py").touch()
    (folder / "cart.py").write_text("import requests\nfrom shop import price\n")
    (folder / "price.py").write_text("def total():\n    from shop.cart import x\n")
    return folder


def test_terminal(octad: Octad, shop: Path) -> None:
    code, out, err = octad("deps")
    assert (code, err) == (0, "")
    assert "shop/price.py:2" in out and "requests" in out and "1 note" in out


def test_only_cycles_made_while_loading_fail(octad: Octad, shop: Path) -> None:
    assert octad("deps", "--fail-on-cycles")[0] == 0
    (shop / "price.py").write_text("from shop.cart import x\n")
    assert octad("deps")[0] == 0
    code, out, _ = octad("deps", "shop", "--cycles", "--fail-on-cycles")
    assert (
        code == 1
        and "`shop.cart` → `shop.price` (shop/cart.py:2) → `shop.cart` (shop/price.py:1)" in out
        and "requests" not in out
    )


def test_json_is_the_document_of_the_report(octad: Octad, shop: Path) -> None:
    code, out, _ = octad("deps", "shop", "--format", "json", "--of", "shop.price")
    assert code == 0
    document = document_of(Dependencies).model_validate_json(out)
    assert json.loads(out)["about"]["dependents"][0]["via"]["line"] == 2
    assert document.summary.notes == 1


@pytest.mark.parametrize(
    ("form", "begin"),
    [("dot", "digraph {"), ("mermaid", "flowchart LR"), ("html", "<!doctype html>"), ("sarif", "{")],
)
def test_other_formats(octad: Octad, shop: Path, form: str, begin: str) -> None:
    code, out, _ = octad("deps", "--format", form)
    assert code == 0 and out.lstrip().startswith(begin)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--of", "shop.prices"], "did you mean shop.price?"),
        (["--depth", "2"], "name it with --of"),
        (["gone"], "no such file or folder: gone"),
        (["--format", "png"], "png"),
    ],
)
def test_wrong_use_is_one_line(octad: Octad, shop: Path, arguments: list[str], message: str) -> None:
    code, out, err = octad("deps", *arguments)
    assert (code, out, err.count("\n")) == (2, "", 1) and message in err


def test_from_inside_a_package(octad: Octad, shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(shop)
    code, out, err = octad("deps", "--format", "json", ".")
    assert code == 0 and f"paths start at {shop.parent}" in err
    assert {one["source"] for one in json.loads(out)["imports"]} == {"shop/cart.py", "shop/price.py"}


def test_nothing_to_read(octad: Octad) -> None:
    code, _, err = octad("deps")
    assert code == 2 and "no source code in this folder" in err


def test_no_torch(shop: Path) -> None:
    program = (
        "import sys; from octad.cli.main import run;"
        " run(['deps', 'shop', '--output', 'out.html', '--format', 'html']);"
        " sys.exit('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=shop.parent, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
