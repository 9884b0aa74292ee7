"""Functions before they were mended, and functions that survived, of one part of the set."""

from __future__ import annotations

import json
import lzma
from pathlib import Path
from typing import Any

import pytest

from octad.errors import InputError
from octad.records.code import LineRange
from octad_train.data.code.real_fixes import CLEAN, FIXES, real_functions

FIXED = {
    "split": "valid",
    "path": "p/a.py",
    "line": 10,
    "before": "def f(a):\n    return -a\n",
    "repo": "p",
}
SURVIVED = {"split": "valid", "path": "p/b.py", "line": 3, "text": "def g(a):\n    return a\n", "repo": "q"}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OCTAD_DATA", str(tmp_path))
    (tmp_path / "real_fixes").mkdir()
    return tmp_path


def write(path: Path, *rows: dict[str, Any]) -> None:
    with lzma.open(path, "wt", encoding="utf-8") as out:
        out.writelines(json.dumps(row) + "\n" for row in rows)


def test_functions_of_a_part_with_the_lines_that_were_mended(folder: Path) -> None:
    write(
        folder / FIXES,
        FIXED | {"lines_before": [[2, 2]]},
        FIXED | {"split": "test", "lines_before": [[1, 1]]},
    )
    write(folder / CLEAN, SURVIVED, SURVIVED | {"split": "train"})
    fixed, survived = real_functions()
    assert (fixed.code.path, fixed.code.text, fixed.code.first_line) == ("p/a.py", FIXED["before"], 10)
    assert (fixed.mended, fixed.project) == ((LineRange(first=11, last=11),), "p")
    assert (survived.code.text, survived.mended, survived.project) == (SURVIVED["text"], (), "q")
    assert [one.code.path for one in real_functions("test")] == ["p/a.py"]


def test_a_fix_that_only_inserts_is_between_two_lines(folder: Path) -> None:
    write(folder / FIXES, FIXED | {"lines_before": [[2, 1], [2, 2]]})
    write(folder / CLEAN)
    (one,) = real_functions()
    assert one.mended == (LineRange(first=10, last=11), LineRange(first=11, last=11))


def test_without_the_set_it_is_said(folder: Path) -> None:
    with pytest.raises(InputError, match="real_fixes"):
        next(real_functions())
