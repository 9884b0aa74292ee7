from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from octad.cli.main import run
from tests.unit.search.made import JAVA, READ, RENAMED, SUM


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OCTAD_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "cache"))
    source = tmp_path / "source"
    source.mkdir()
    for name, text in {"sums.py": SUM, "other.py": RENAMED, "Sums.java": JAVA, "read.py": READ}.items():
        (source / name).write_text(text, "utf-8")
    (source / "again.py").write_text(SUM, "utf-8")
    monkeypatch.chdir(source)
    return source


def test_search_says_where_and_why(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["search", "read configuration"]) == 0
    first = capsys.readouterr().out
    assert first.split("\n")[0].split() == [first.split()[0], "load_settings", "read.py:1"]
    assert "same words: " in first and "5 functions · 5 computed, 0 remembered" in first
    assert run(["search", "read configuration"]) == 0
    again = capsys.readouterr().out
    assert again == first.replace("5 computed, 0 remembered", "0 computed, 5 remembered")


def test_no_cache_leaves_nothing(folder: Path) -> None:
    assert run(["search", "even", "--no-cache"]) == 0
    assert not (folder.parent / "cache").exists()


def test_json(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["search", "total of even numbers", "--format", "json", "--top", "2"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["question"] == "total of even numbers" and len(found["matches"]) == 2
    assert {"place", "score", "parts", "traces", "alike"} == found["matches"][0].keys()
    assert found["matches"][0]["parts"]["structure"] is None


def test_similar_and_clones(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["similar", "sums.py:4", "--top", "1"]) == 0
    out = capsys.readouterr().out
    assert "like sum_of_even  sums.py:2" in out and "again.py:2" in out and "same steps" in out
    assert run(["similar", "--clones", "--format", "json"]) == 0
    groups = json.loads(capsys.readouterr().out)["groups"]
    assert ("identical", {"sums.py", "again.py"}) in [
        (group["kind"], {place["path"] for place in group["members"]}) for group in groups
    ] or {"sums.py", "again.py"} <= {place["path"] for place in groups[0]["members"]}
    assert run(["similar", "--clones", "--fail-on-clones"]) == 1
    assert run(["similar", "read.py", "--clones", "--fail-on-clones"]) == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["search", " "], "nothing to search for"),
        (["search", "a", "gone"], "no such file or folder: gone"),
        (["search", "even", "empty"], "no source code in empty"),
        (["similar"], "no function to compare with"),
        (["similar", "."], ". is a folder"),
        (["similar", "sums.py:99"], "no function at line 99"),
        (["similar", "sums.py:1", "--fail-on-clones"], "--fail-on-clones looks for clones"),
    ],
)
def test_errors_are_one_line(
    folder: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    (folder / "empty").mkdir()
    assert run(arguments) == 2
    err = capsys.readouterr().err
    assert message in err and err.count("\n") == 1


def test_nothing_of_torch_is_loaded(folder: Path) -> None:
    script = (
        "import sys; from octad.cli.main import run; run(['similar', '--clones', '--no-cache']);"
        "sys.exit('torch' in sys.modules or 'scipy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script], capture_output=True, check=False).returncode == 0
