"""`octad review` on notebooks, by itself and as a project configures ruff."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from octad.analysers import every, ruff

Octad = Callable[..., tuple[int, str, str]]
FIRST = ["import os\n", "%matplotlib inline\n", "display(1)\n", "x = 1\n", "x"]
SECOND = ["def f():\n", "    return bug\n"]


@pytest.fixture(autouse=True)
def ruff_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(every, "ANALYSERS", (ruff.analyse,))


@pytest.fixture
def written(octad: Octad) -> str:
    cells: list[dict[str, Any]] = [
        {"cell_type": "markdown", "metadata": {}, "source": ["prose"]},
        *({"cell_type": "code", "metadata": {}, "outputs": [], "source": one} for one in (FIRST, SECOND)),
    ]
    text = json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=1)
    Path("a.ipynb").write_text(text)
    return text


@pytest.mark.parametrize("configuration", ["", '[tool.ruff.lint]\nselect = ["F", "E", "B"]\n'])
def test_findings_say_their_cell_and_lie_on_lines_of_the_file(
    octad: Octad, written: str, configuration: str
) -> None:
    Path("pyproject.toml").write_text(configuration)
    code, out, _ = octad("review", "--format", "json")
    findings = {one["rule"]: one for one in json.loads(out)["findings"]}
    assert code == 1 and findings.keys() == {"ruff/F401", "bug/word"}
    unused, bug = findings["ruff/F401"], findings["bug/word"]
    assert unused["message"].endswith("imported but unused (cell 2, line 1)") and unused["repairs"] == []
    assert bug["message"].startswith("a bug (") or "a bug (also" in bug["message"]
    assert bug["message"].endswith("(cell 3, line 2)")
    lines = written.split("\n")
    assert "import os" in lines[unused["anchor"]["line"] - 1]
    assert "return bug" in lines[bug["anchor"]["line"] - 1]
    assert {one["anchor"]["path"] for one in findings.values()} == {"a.ipynb"}


def test_what_is_known_of_a_notebook_has_no_repairs_either(octad: Octad, written: str) -> None:
    octad("review", "--write-baseline")
    code, out, _ = octad("review", "--baseline", ".octad-baseline.json", "--format", "json")
    document = json.loads(out)
    assert (code, document["findings"]) == (0, [])
    known = [one["finding"] for one in document["suppressed"]]
    assert len(known) == 2 and all(one["repairs"] == [] and "(cell " in one["message"] for one in known)


def test_a_line_of_a_notebook_is_explained(octad: Octad, written: str) -> None:
    line = next(number for number, text in enumerate(written.split("\n"), 1) if "return bug" in text)
    code, out, _ = octad("explain", f"a.ipynb:{line}")
    assert code == 0 and "bug/word" in out


def test_a_notebook_is_never_changed(octad: Octad, written: str) -> None:
    assert "nothing was fixed" in octad("review", "a.ipynb", "--fix")[2]
    assert Path("a.ipynb").read_text() == written
