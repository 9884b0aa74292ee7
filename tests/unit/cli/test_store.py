"""`octad store`: versions are kept, compared, promoted, checked and carried away, and bad ones are not."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from octad import catalog
from octad.cli.main import run
from octad.store.artefact import is_shipped, shipped
from tests.unit.registry.artefacts import edit, made

NAME = min(
    (one.name for one in catalog.entries() if is_shipped(one.name)),
    key=lambda name: (shipped(name) / "weights.safetensors").stat().st_size,
)
"""The agent of the smallest weights that come with the package."""
Octad = Callable[..., tuple[int, str, str]]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the store of a test lies."""
    monkeypatch.setenv("OCTAD_STORE", str(tmp_path / "store"))
    monkeypatch.setenv("OCTAD_ACTOR", "tester")
    monkeypatch.delenv("OCTAD_REGISTRY", raising=False)
    return tmp_path / "store"


@pytest.fixture
def octad(capsys: pytest.CaptureFixture[str]) -> Octad:
    def asked(*arguments: object) -> tuple[int, str, str]:
        code = run(["store", *map(str, arguments)])
        return code, *capsys.readouterr()

    return asked


@pytest.fixture
def better(tmp_path: Path) -> Path:
    """Weights that answer, of which another figure is said than of those they are a copy of."""
    shutil.copytree(shipped(NAME), tmp_path / "better")
    edit(tmp_path / "better", metrics=lambda held: dict.fromkeys(held, 0.123), thresholds={"a/b": 0.5})
    return tmp_path / "better"


def held(octad: Octad, *arguments: object) -> Any:
    code, out, _ = octad(*arguments, "--json")
    assert code == 0
    return json.loads(out)


def test_a_version_goes_through_its_life(octad: Octad, better: Path, folder: Path, tmp_path: Path) -> None:
    came = held(octad, "list", NAME)[0]["digest"]
    digest = held(octad, "put", better, "--note", "better", "--parent", "shipped")["digest"]
    listed = held(octad, "list", NAME)
    assert [(one["digest"], one["aliases"]) for one in listed] == [
        (digest, []),
        (came, ["stable"]),
    ]
    assert (listed[0]["parent"], listed[0]["note"]) == (came, "better")
    code, out, _ = octad("promote", NAME, digest[:8])
    assert (code, out) == (0, f"{NAME}: previous {came[:12]}, stable {digest[:12]}\n")
    shown = octad("show", NAME, "stable")[1]
    assert digest in shown and "0.1230" in shown and f"parent   {came}" in shown
    path = Path(octad("get", NAME, "stable")[1].strip())
    assert path == folder / "artefacts" / digest
    assert octad("get", NAME, "stable", "--output", tmp_path / "copy")[0] == 0
    assert (tmp_path / "copy" / "manifest.json").read_bytes() == (better / "manifest.json").read_bytes()
    assert octad("promote", NAME, "previous")[0] == 0
    assert octad("promote", NAME, "none", "--as", "previous")[1] == f"{NAME}: stable {came[:12]}\n"
    code, out, said = octad("gc", "--keep", 0)
    assert (code, "--yes" in said, len(held(octad, "list", NAME))) == (0, True, 2)
    assert digest[:12] in out
    assert held(octad, "gc", "--keep", 0, "--yes") == {"removed": [digest]}
    assert not path.exists()
    log = (folder / "audit.jsonl").read_text()
    assert log.count('"actor":"tester"') == log.count("\n") == 5


def test_what_differs_is_shown(octad: Octad, better: Path) -> None:
    octad("put", better)
    digest = held(octad, "list", NAME)[0]["digest"]
    code, out, _ = octad("diff", NAME, "shipped", digest)
    assert code == 0 and "metrics:\n" in out and "→  0.1230" in out
    found = held(octad, "diff", NAME, digest)
    assert {one["section"] for one in found} == {"metrics", "thresholds"}
    assert next(one for one in found if one["name"] == "a/b")["before"] == 0.5
    assert octad("diff", NAME, "shipped")[:2] == (0, "they are the same\n")


@pytest.mark.parametrize("form", ["--output", "--hugging-face"])
def test_a_version_is_carried_to_another_store(
    octad: Octad, better: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    digest = held(octad, "put", better, "--note", "better")["digest"]
    assert octad("export", NAME, digest, form, tmp_path / "out")[0] == 0
    monkeypatch.setenv("OCTAD_STORE", str(tmp_path / "other"))
    assert held(octad, "import", tmp_path / "out")["digest"] == digest
    assert octad("verify", NAME)[0] == 0


def test_what_is_wrong_is_told_and_fails(octad: Octad, better: Path, folder: Path) -> None:
    digest = held(octad, "put", better)["digest"]
    assert octad("verify")[0] == 0
    (folder / "artefacts" / digest / "core.onnx").write_bytes(b"\x08")
    code, out, _ = octad("verify")
    assert code == 1 and digest in out
    code, out, _ = octad("verify", "--json")
    assert (code, json.loads(out)[0]["subject"]) == (1, f"{NAME} {digest}")
    assert octad("promote", NAME, digest)[0] == 2
    assert octad("export", NAME, digest, "--output", folder / "out")[0] == 2
    assert octad("put", better)[0] == octad("verify")[0] == 0


def test_a_damaged_index_is_repaired_on_demand(octad: Octad, better: Path, folder: Path) -> None:
    digest = held(octad, "put", better)["digest"]
    (folder / "registry.sqlite").write_bytes(b"noise" * 1000)
    code, _, said = octad("promote", NAME, digest)
    assert code == 2 and "verify --repair" in said
    assert octad("verify")[0] == 1
    assert octad("verify", "--repair")[0] == 0
    assert octad("promote", NAME, digest)[0] == 0


def weights_that_do_not_answer(tmp_path: Path) -> Iterator[tuple[object, ...]]:
    """Bad input of every verb."""
    wrong = tmp_path / "wrong"
    shutil.copytree(shipped(NAME), wrong)
    edit(wrong, golden=lambda told: told | {"answer": "[]"})
    pickled = tmp_path / "pickled"
    shutil.copytree(shipped(NAME), pickled)
    (pickled / "model.pt").write_bytes(b"PK\x03\x04")
    yield from [("put", wrong), ("put", pickled), ("put", tmp_path / "none"), ("put", made(tmp_path / "odd"))]
    (tmp_path / "bomb.tar").write_bytes(b"\x1f\x8b\x08" + bytes(1_000))
    yield from [("import", wrong), ("import", tmp_path / "bomb.tar"), ("import", tmp_path / "none")]
    yield from [("list", "nobody"), ("show", NAME, "x"), ("get", NAME, "00000000"), ("diff", NAME, "x")]
    yield from [("promote", NAME, "x"), ("promote", NAME, "shipped", "--as", "shipped"), ("verify", "nobody")]
    yield from [("export", NAME, "shipped"), ("export", NAME, "shipped", "--output", tmp_path)]
    yield from [("gc", "--keep", -1), ("nothing",), ("--registry", "ftp://x", "list")]


def test_bad_input_is_one_clear_line_and_keeps_nothing(octad: Octad, tmp_path: Path, folder: Path) -> None:
    for arguments in weights_that_do_not_answer(tmp_path):
        code, out, said = octad(*arguments)
        assert (code, out, said.count("\n")) == (2, "", 1), arguments
        assert said.startswith("octad: error: ") and "internal" not in said
    assert all(one["note"] == "shipped" for one in held(octad, "list"))
    assert not list((folder / "artefacts").iterdir())


def test_an_mlflow_that_is_not_installed_is_named(octad: Octad, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("octad.registry.chosen.find_spec", lambda name: None)
    code, _, said = octad("--registry", "mlflow+sqlite:///x.db", "list")
    assert code == 2 and "pip install 'octad[mlflow]'" in said


def test_help_says_what_there_is(octad: Octad) -> None:
    code, out, _ = octad()
    assert code == 2
    for verb in ("list", "show", "put", "get", "promote", "verify", "diff", "gc", "export", "import"):
        assert f"\n  {verb} " in out
        assert octad(verb, "--help")[0] == 0
