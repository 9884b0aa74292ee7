from __future__ import annotations

from pathlib import Path

import pytest

from octad.encoders.word_pieces import FILE, LONGEST_TEXT, LONGEST_WORD, WordPieces, split_identifier
from octad.errors import ArtefactError


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


def test_pieces_are_those_of_the_tokenizer_and_few(pieces: WordPieces) -> None:
    assert pieces.tokenizer.id_to_token(pieces.summary) == "[CLS]"
    assert [pieces.tokenizer.id_to_token(i) for i in pieces.of("leftNot")] == ["left", "not"]
    assert len(pieces.of("x" * 100)) == LONGEST_WORD
    assert pieces.of("leftNot") is pieces.of("leftNot")


def names(pieces: WordPieces, text: str, **most: int) -> list[str]:
    return [pieces.tokenizer.id_to_token(i) for i in pieces.of_text(text, **most)]


def test_a_text_is_its_words_in_their_order_between_marks(pieces: WordPieces) -> None:
    assert names(pieces, "return leftRight, not 1") == [
        "[CLS]", "return", "left", "right", ",", "not", "1", "[SEP]",
    ]  # fmt: skip
    assert names(pieces, "left not right") != names(pieces, "right not left")
    assert names(pieces, "") == names(pieces, " \n") == ["[CLS]", "[SEP]"]


@pytest.mark.parametrize("most", [2, 3, 5, LONGEST_TEXT])
def test_a_long_text_is_cut_and_still_ends_with_its_mark(pieces: WordPieces, most: int) -> None:
    found = names(pieces, "left right leftRight " * 100, most=most)
    assert len(found) == most and (found[0], found[-1]) == ("[CLS]", "[SEP]")
    assert found[1:-1] == (["left", "right"] * most)[: most - 2]


def test_a_folder_without_a_tokenizer_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ArtefactError, match="no tokenizer in") as caught:
        WordPieces(tmp_path)
    assert caught.value.hint
    (tmp_path / FILE).write_text("{}")
    with pytest.raises(ArtefactError, match="cannot be read"):
        WordPieces(tmp_path)
