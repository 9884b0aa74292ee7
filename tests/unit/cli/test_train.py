"""`octad train` refuses early what would fail late."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from octad import catalog
from octad.cli import extras, train
from octad_train.data.code.rows import read_rows
from octad_train.train.settings import Settings
from octad_train.train.whole import Run

Octad = Callable[..., tuple[int, str, str]]
NAME = catalog.entries()[0].name
AGENT = catalog.load(NAME)
Learned = tuple[Path, Settings, bool]


@pytest.fixture
def learned(monkeypatch: pytest.MonkeyPatch) -> list[Learned]:
    """What was to be learned from, and how: nothing is, and it gets better by a tenth."""
    asked: list[Learned] = []

    def learn(agent: Any, corpus: Path, settings: Settings, report: Any, *, from_shipped: bool) -> Run:
        asked.append((corpus, settings, from_shipped))
        return Run(settings.folder / "weights", {agent.primary: 0.5}, {agent.primary: 0.6})

    monkeypatch.setattr("octad_train.train.whole.learn", learn)
    return asked


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ([], "name one thing to learn from"),
        (["--repo", ".", "--data", "."], "name one thing to learn from"),
        (["--repo", "."], "runs/train holds a run already; --resume goes on with it"),
        (["--examples", "0"], "--examples"),
        (
            ["--repo", ".", "--out", "other", "--encoder", "convolutional"],
            "the shipped weights have no convolutional encoder to go on with; learn from --data FOLDER",
        ),
    ],
)
def test_refusals(octad: Octad, options: list[str], said: str) -> None:
    Path("runs/train").mkdir(parents=True)
    Path("runs/train", train.STATE).touch()
    code, out, err = octad("train", NAME, *options)
    assert (code, out) == (2, "") and said in err and err.count("\n") == 1


def test_an_extra_that_is_not_installed(octad: Octad, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extras, "find_spec", lambda module: None)
    code, _, err = octad("train", NAME, "--repo", ".")
    needs = "octad_train, torch, transformers, onnx, onnxscript"
    assert (code, err) == (2, f"octad: error: this needs {needs}; pip install 'octad[train]'\n")


def test_a_folder_becomes_a_corpus(octad: Octad, tmp_path: Path, learned: list[Learned]) -> None:
    folder = tmp_path / "repository"
    folder.mkdir()
    for number in range(60):
        verb = "abcdefghij"[number % 10] * 3
        body = " + ".join(f"{verb}.{letter * 2}" for letter in "klmnopqrst"[: 3 + number // 10])
        (folder / f"m{number}.py").write_text(f"def {verb}_{number}({verb}):\n    x = {body}\n    return x\n")
    code, out, err = octad("train", NAME, "--repo", "repository", "--out", "run")
    assert code == 0 and "cases to train" in err and "weights in run/weights" in err
    assert AGENT.primary in out and "0.500" in out and "0.600" in out
    ((corpus, settings, from_shipped),) = learned
    assert from_shipped and settings.examples == train.OWN and settings.folder == Path("run")
    assert len(list(read_rows(corpus / "train.jsonl.xz"))) > 20


def test_a_missed_gate_is_said_and_fails(octad: Octad, learned: list[Learned]) -> None:
    code, _, err = octad("train", NAME, "--data", ".", "--examples", "8", "--seed", "3")
    assert code == 1 and f"the weights miss their gates: {AGENT.gates[0].metric} at least" in err
    ((corpus, settings, from_shipped),) = learned
    assert (corpus, settings.examples, settings.seed, from_shipped) == (Path(), 8, 3, False)
