"""`octad train` refuses early what would fail late."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from octad import catalog
from octad.cli import extras, train
from octad.data.rows import read_rows

Octad = Callable[..., tuple[int, str, str]]
NAME = catalog.entries()[0].name


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ([], "name what to learn from"),
        (["--repo", ".", "--data", "."], "name what to learn from"),
        (["--repo", "."], "runs/train holds a run already; --resume goes on with it"),
        (["--examples", "0"], "--examples"),
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
    assert (code, err) == (
        2,
        "octad: error: this needs torch, transformers; pip install 'octad[train]'\n",
    )


def test_a_folder_becomes_a_corpus(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for number in range(60):
        verb = "abcdefghij"[number % 10] * 3
        body = " + ".join(f"{verb}.{letter * 2}" for letter in "klmnopqrst"[: 3 + number // 10])
        (tmp_path / f"m{number}.py").write_text(
            f"def {verb}_{number}({verb}):\n    x = {body}\n    return x\n"
        )
    corpus = train.corpus_of(catalog.load(NAME), tmp_path, tmp_path / "corpus")
    assert "cases to train" in capsys.readouterr().err
    assert len(list(read_rows(corpus / "train.jsonl.xz"))) > 20
