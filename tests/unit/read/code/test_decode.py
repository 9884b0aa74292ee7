from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from octad.errors import UnreadableInput
from octad.read.code.decode import MAX_LINE, Decoded, decode, is_binary


@pytest.mark.parametrize(
    ("data", "text", "flags"),
    [
        (b"x = 1\n", "x = 1\n", ()),
        (b"", "", ()),
        ("x = 'ü'\n".encode(), "x = 'ü'\n", ()),
        (b"\xef\xbb\xbfx\n", "x\n", ("bom",)),
        (b"x\r\ny\r\n", "x\ny\n", ("crlf",)),
        (b"x\ry\r", "x\ny\n", ("crlf",)),
        (b"x = '\r'\ny\n", "x = '\r'\ny\n", ()),
        ("x = 1\n".encode("utf-16"), "x = 1\n", ("bom", "utf-16")),
        (b"\xfe\xff" + "x\n".encode("utf-16-be"), "x\n", ("bom", "utf-16")),
        ("x = 12\n".encode("utf-16-le"), "x = 12\n", ("utf-16",)),
        ("x = 12\n".encode("utf-16-be"), "x = 12\n", ("utf-16",)),
        (b"x = '\xff'\n", "x = '\ufffd'\n", ("invalid-utf8",)),
        (b"x = '\0'\n", "x = '\ufffd'\n", ("nul",)),
        ("# \u202e abc\n".encode(), "# \u202e abc\n", ("bidi",)),
        ("p\u0430ssword = 1\n".encode(), "p\u0430ssword = 1\n", ("homoglyph",)),
        ("имя = 1  # Δx Größe\n".encode(), "имя = 1  # Δx Größe\n", ()),
    ],
)
def test_every_oddity_is_repaired_and_flagged(data: bytes, text: str, flags: tuple[str, ...]) -> None:
    assert decode(data, "python") == Decoded(text, flags)


@pytest.mark.parametrize(
    ("cookie", "language", "text", "flags"),
    [
        ("latin-1", "python", "é", ()),
        ("latin-1", "java", "\ufffd", ("invalid-utf8",)),
        ("no-such-code", "python", "\ufffd", ("encoding", "invalid-utf8")),
        ("rot13", "python", "\ufffd", ("encoding", "invalid-utf8")),
        ("utf-16", "python", "\ufffd", ("encoding", "invalid-utf8")),
        ("unicode_escape", "python", "\ufffd", ("encoding", "invalid-utf8")),
        ("ascii", "python", "\ufffd", ("invalid-utf8",)),
    ],
)
def test_python_may_declare_its_encoding(
    cookie: str, language: str, text: str, flags: tuple[str, ...]
) -> None:
    head = f"#!/usr/bin/python\n# -*- coding: {cookie} -*-\nx = '"
    decoded = decode(head.encode() + b"\xe9'\n", language)  # type: ignore[arg-type]
    assert decoded == Decoded(f"{head}{text}'\n", flags)


def test_declaration_counts_only_in_two_lines_of_comments() -> None:
    for head in (b"\n\n# coding: latin-1\n", b"x = 1\n# coding: latin-1\n"):
        assert decode(head + b"# \xe9\n", "python").flags == ("invalid-utf8",)


@pytest.mark.parametrize(
    "data",
    [
        b"\x7fELF" + b"a" * 99,
        b"\x89PNG\r\n",
        b"PK\x03\x04",
        bytes(range(256)),
        b"\0" * 50,
        "x".encode("utf-32"),
    ],
)
def test_binary_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableInput, match=r"binary|UTF-32"):
        decode(data)


def test_giant_line_is_refused_and_a_long_file_is_not() -> None:
    with pytest.raises(UnreadableInput, match="1,000,000 characters"):
        decode(b"x" * (MAX_LINE + 1))
    assert decode(b"xxxxxxxxx\n" * (MAX_LINE // 9)).flags == ()


@settings(max_examples=20)
@given(st.binary(max_size=200))
def test_any_bytes_give_text_or_a_reason(data: bytes) -> None:
    try:
        text, flags = decode(data, "python")
    except UnreadableInput:
        return
    assert "\0" not in text and "\r\n" not in text
    assert len(set(flags)) == len(flags)
    text.encode("utf-8")


@settings(max_examples=20)
@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=80))
def test_clean_text_goes_through(text: str) -> None:
    if text.startswith("\ufeff") or ("#" in text and "coding" in text):
        return
    data = text.encode()
    assert is_binary(data) is data.startswith((b"%PDF-", b"GIF8"))
    if not is_binary(data):
        assert decode(data, "python").text == text
