"""What is known of units, each source in its place, and nothing of what is held out in training."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import pytest

from octad.records.code import Code
from octad.records.used_definition import UsedDefinition
from octad_train.data.code import code_sets
from octad_train.data.code.bug_stream import Injected
from octad_train.data.code.definition_use_pairs import Distant, write
from octad_train.data.code.rows import Row, write_rows
from octad_train.data.code.sven import SecurityPair
from octad_train.data.mixture import Part

TEXT = "def f{0}(first, second):\n    return first.low < second.high{0}\n"


def pair(fold: int) -> SecurityPair:
    code = Code(path=f"{fold}.py", text="x = 1\n")
    return SecurityPair(f"f{fold}", "CWE-89", code, code, (1,), f"g{fold}", fold)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("OCTAD_DATA", raising=False)
    for part, start in (("train", 0), ("valid", 100), ("test", 200)):
        rows = [Row("p", f"{part}{i}.py", 1, TEXT.format(start + i)) for i in range(6)]
        write_rows(tmp_path / f"{part}.jsonl.xz", rows, preset=0)
    return tmp_path


def test_without_labelled_sets_there_are_injected_bugs_alone(folder: Path) -> None:
    found = list(islice(code_sets.training(folder).stream(0, 0, 1), 20))
    assert all(isinstance(unit, Injected) and unit.code.path.startswith("train") for unit in found)
    held = code_sets.held_out(folder, "valid", 4)
    assert len(held) == 4
    assert all(isinstance(unit, Injected) and unit.code.path.startswith("valid") for unit in held)
    assert held == code_sets.held_out(folder, "valid", 4)


def test_distant_uses_are_in_the_stream_where_the_corpus_has_them(folder: Path) -> None:
    code = Code(path="far.py", text="f(1)\n")
    context = (UsedDefinition(name="f", sort="function", code=Code(path="far.py", text="def f(a):\n")),)
    row = Distant(package="p", kind="released", code=code, context=context)
    for part in ("train", "valid"):
        write(folder / f"{part}-distant.jsonl.xz", [row])
    assert row in islice(code_sets.training(folder).stream(0, 0, 1), 60)
    assert row in code_sets.held_out(folder, "valid", 4) and row not in code_sets.held_out(folder, "test", 4)


def test_statements_and_hard_negatives_are_in_the_stream(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    negative = "def g(first):\n    for low, high in first.values():\n        yield low + high * low\n"
    rows = [Row("p", f"train{i}.py", 1, TEXT.format(i)) for i in range(6)]
    write_rows(folder / "train.jsonl.xz", [*rows, Row("p", "negative.py", 1, negative)], preset=0)
    outside = [Row("p", "s.py", 1, "x = a + b\ny = x - b\n")]
    write_rows(folder / "train-statements.jsonl.xz", outside, preset=0)
    monkeypatch.setattr(code_sets, "Part", lambda share, *makers: Part(1.0, *makers))
    seen = list(islice(code_sets.training(folder).stream(0, 0, 1), 150))
    assert sum(unit.code.path == "s.py" for unit in seen) > 30
    negatives = [unit.bug is None for unit in seen if unit.code.path == "negative.py"]
    assert len(negatives) > 30 and sum(negatives) / len(negatives) > 0.7


def test_what_is_held_out_is_not_trained_on(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(code_sets, "security_pairs", lambda: [pair(fold) for fold in range(5)])
    monkeypatch.setattr(code_sets, "Part", lambda share, *makers: Part(1.0, *makers))
    seen = list(islice(code_sets.training(folder).stream(0, 0, 1), 300))
    trained = {unit.pair.name for unit in seen if isinstance(unit, code_sets.Half)}
    assert trained == {"f2", "f3", "f4"}
    for part, fold in code_sets.FOLDS.items():
        held = code_sets.held_out(folder, part, 2)
        assert [unit.before for unit in held if isinstance(unit, code_sets.Half)] == [True, False]
        assert {unit.pair.name for unit in held if isinstance(unit, code_sets.Half)} == {f"f{fold}"}
