from __future__ import annotations

from pathlib import Path

import pytest

from octad.errors import InputError
from octad.read.corrections import read_corrections
from octad.records.notes import Correction


def test_a_table_for_each_commit(tmp_path: Path) -> None:
    path = tmp_path / "notes.toml"
    path.write_text('[1a2b3c4]\ntext = "Better"\nkind = "fix"\n\n[ABCDEF01]\nhide = true\nsection = "Own"\n')
    assert read_corrections(path) == (
        Correction(revision="1a2b3c4", text="Better", kind="fix"),
        Correction(revision="abcdef01", hide=True, section="Own"),
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[1a2b3c4", "no TOML"),
        ("[xyz]\nhide = true", r"\[xyz\] begins the name of no commit"),
        ('1a2b3c4 = "x"', "1a2b3c4 is no table of a commit"),
        ('[1a2b3c4]\nkind = "odd"', r"\[1a2b3c4\]: kind: Input should be"),
        ("[1a2b3c4]\nwhat = 1", r"\[1a2b3c4\]: what: Extra inputs"),
        ('[1a2b3c4]\nrevision = "1a2b3c4"', "1a2b3c4 is no table of a commit"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "notes.toml"
    path.write_text(text)
    with pytest.raises(InputError, match=rf"notes\.toml: {said}") as error:
        read_corrections(path)
    assert "\n" not in str(error.value)


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"gone\.toml: cannot be read"):
        read_corrections(tmp_path / "gone.toml")
