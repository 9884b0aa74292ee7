"""Findings per thousand lines of released packages."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest

from octad.errors import UnreadableInput
from octad.records.code import Code
from octad.records.report import Anchor, Finding
from octad_train.evaluate.noise import noise, released


def _wheel(folder: Path, name: str, files: dict[str, str]) -> None:
    with zipfile.ZipFile(folder / f"{name}-1.0-py3-none-any.whl", "w") as archive:
        archive.writestr(
            f"{name}-1.0.dist-info/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n"
        )
        for path, text in files.items():
            archive.writestr(path, text)


def _find(codes: Sequence[Code]) -> list[Finding]:
    """One finding on each line that says `bad`."""
    return [
        Finding(
            rule=f"bug/{line.split()[1]}", level="error", message="", probability=1.0,
            anchor=Anchor(path=code.path, line=number, end_line=number, end_column=1),
        )
        for code in codes
        for number, line in enumerate(code.text.split("\n"), start=1)
        if line.startswith("bad ")
    ]  # fmt: skip


def test_findings_per_thousand_lines(tmp_path: Path) -> None:
    _wheel(
        tmp_path,
        "one",
        {"one/a.py": "bad x\n" * 3 + "bad y\n" + "ok\n" * 96, "one/tests/test_a.py": "bad x\n"},
    )
    _wheel(tmp_path, "two", {"two/a.py": "ok\n" * 300})
    one, two, every = noise(released(tmp_path), _find)
    assert (one.package, one.files, one.lines, one.findings, one.per_thousand) == ("one 1.0", 1, 100, 4, 40)
    assert (two.findings, two.per_thousand) == (0, 0)
    assert (every.package, every.lines, every.findings) == ("all", 400, 4)
    assert every.by_rule == one.by_rule == (("bug/x", 3), ("bug/y", 1))
    assert every.per_thousand == 10


def test_a_folder_without_wheels_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UnreadableInput, match="wheels"):
        released(tmp_path)
    assert noise({}, _find)[0].per_thousand == 0
