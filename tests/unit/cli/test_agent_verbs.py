"""An agent of one's own, in a folder that OCTAD_AGENTS names, is listed and has a verb."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from octad import catalog
from octad.cli.dependencies import Dependencies
from octad.cli.main import run
from octad.encoders.word_pieces import WordPieces
from tests import plain

FOLDER = Path(__file__).parents[2] / "contract" / "agents"
Octad = Callable[..., tuple[int, str, str]]


@pytest.fixture(autouse=True)
def _ninth(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCTAD_AGENTS", str(FOLDER))


def test_it_is_listed(octad: Octad) -> None:
    code, out, err = octad("list")
    assert (code, err) == (0, "")
    (line,) = (line for line in out.splitlines() if line.startswith("commit-kind "))
    assert "octad kind" in line and "no weights yet" in line and "what a commit is for" in line
    rows = json.loads(octad("list", "--json")[1])
    assert [row["name"] for row in rows] == [entry.name for entry in catalog.entries()]
    (row,) = (row for row in rows if row["name"] == "commit-kind")
    assert (row["verb"], row["weights"]) == ("kind", False)


def test_without_its_folder_it_is_not_there(octad: Octad, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OCTAD_AGENTS")
    assert "commit-kind" not in octad("list")[1]
    assert octad("kind")[0] == 2


def test_its_verb_has_help(octad: Octad) -> None:
    assert "Say what a commit is for." in octad("--help")[1]
    code, out, err = octad("kind", "--help")
    assert (code, err) == (0, "") and out.startswith("Usage: octad kind")
    assert "Say what a commit is for." in out and "--message" in out and "Its message." in out
    assert all(option in out for option in ("--format", "--min-probability", "--fail-on", "--weights"))


def test_it_is_described(octad: Octad) -> None:
    code, out, err = octad("describe", "commit-kind")
    assert (code, err) == (0, "")
    assert "message: Text, optional" in out and "kind (classes)" in out
    assert "weights: none shipped; make them with `octad train commit-kind`" in out


def test_it_answers(pieces: WordPieces, capsys: pytest.CaptureFixture[str]) -> None:
    def load(name: str, weights: Path | None) -> Any:
        return plain.runner(catalog.load(name), pieces, thresholds={"kind/repair": 0.3})

    options = ["--message", "Do not lose the key.", "--format", "json", "--no-cache"]
    assert run(["kind", *options], Dependencies(load)) == 0
    (finding,) = json.loads(capsys.readouterr().out)["findings"]
    assert finding["rule"] == "kind/repair" and finding["probability"] == pytest.approx(1 / 3)
    assert run(["kind", *options, "--fail-on", "note"], Dependencies(load)) == 1


def test_without_weights_it_says_so_in_one_line(octad: Octad, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["kind", "--message", "x"]) == 2
    err = capsys.readouterr().err
    assert "no weights for commit-kind" in err and "octad train commit-kind" in err and err.count("\n") == 1
