from __future__ import annotations

from pathlib import Path

import pytest

from octad.modalities.pieces import LONGEST, Pieces, split_identifier


@pytest.mark.parametrize(
    ("word", "spaced"),
    [
        ("parseHTTPReply_v2", "parse HTTP Reply v2"),
        ("snake_case", "snake case"),
        ("plain", "plain"),
        ("MAX_SIZE", "MAX SIZE"),
        ("HTTP2Server", "HTTP2 Server"),
        ("__init__", "init"),
        ("_", "_"),
        ("<=", "<="),
        ("is not", "is not"),
        ("großeZahl", "große Zahl"),
    ],
)
def test_identifiers_become_words(word: str, spaced: str) -> None:
    assert split_identifier(word) == spaced


def test_pieces_are_those_of_the_tokenizer_and_few(pieces: Pieces) -> None:
    assert pieces.tokenizer.id_to_token(pieces.summary) == "[CLS]"
    assert [pieces.tokenizer.id_to_token(i) for i in pieces.of("leftNot")] == ["left", "not"]
    assert len(pieces.of("x" * 100)) == LONGEST
    assert pieces.of("leftNot") is pieces.of("leftNot")


def test_a_folder_without_a_tokenizer_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Pieces(tmp_path)
