import ast
import json
import lzma
from pathlib import Path

import pytest

from octad.errors import UnreadableInput
from octad_train.data.code.great import great_texts, read_great, render

LINES = """
#NEWLINE# def_f( self , **kw ) : #NEWLINE# #INDENT# x = ( 1 . real ) #NEWLINE# if ( not x ) : #NEWLINE#
#INDENT# return g ( ** kw ) [ 0 ] #NEWLINE# #UNINDENT# return self . y ( x , 'a\\n_b' )
"""
TOKENS = [token.replace("_", " ") for token in LINES.split()]


def row(**fields: object) -> dict[str, object]:
    plain = {
        "has_bug": False, "source_tokens": TOKENS, "error_location": 0, "repair_targets": [],
        "repair_candidates": [2, 9, 20, 29], "license": "mit", "filepath": "a/b/c.py",
    }  # fmt: skip
    return plain | fields


def write(path: Path, *rows: dict[str, object]) -> Path:
    with lzma.open(path, "wt") as out:
        out.writelines(json.dumps(item) + "\n" for item in rows)
    return path


def test_tokens_become_python_and_keep_their_places() -> None:
    text, offsets = render(TOKENS)
    ast.parse(text)
    assert "    if (not x):\n        return g(** kw)[0]\n    return self.y(x, 'a\\n b')\n" in text
    for token, offset in zip(TOKENS, offsets, strict=True):
        if offset >= 0:
            assert text[offset : offset + len(token)] == token
        else:
            assert token.startswith("#")


def test_a_bug_is_labelled_at_its_token_with_the_right_name(tmp_path: Path) -> None:
    wrong = TOKENS.index("self", 5)
    (item,) = read_great(
        write(tmp_path / "r.xz", row(has_bug=True, error_location=wrong, repair_targets=[9, 20]))
    )
    assert item.label is not None
    assert (item.label.name, item.label.edit, item.label.kind) == ("x", 0, "variable-misuse")
    assert item.code.text[item.label.offset :].startswith("self.y")
    assert item.targets == {"x"}
    assert item.candidates == ("self", "x", "kw")
    (right,) = great_texts(tmp_path / "r.xz")
    assert "return x.y(x" in right


def test_a_name_that_occurs_only_as_keywords_is_found(tmp_path: Path) -> None:
    (item,) = read_great(write(tmp_path / "r.xz", row(has_bug=True, error_location=20)))
    assert item.label is not None
    assert item.label.name == "kw"
    assert not item.targets


def test_correct_rows_have_no_label(tmp_path: Path) -> None:
    (item,) = read_great(write(tmp_path / "r.xz", row()))
    assert item.label is None
    assert item.code.path == "c.py"


def test_a_damaged_file_is_an_input_error(tmp_path: Path) -> None:
    (tmp_path / "r.xz").write_bytes(b"no")
    with pytest.raises(UnreadableInput):
        list(read_great(tmp_path / "r.xz"))
