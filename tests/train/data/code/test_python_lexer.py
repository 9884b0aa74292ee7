from __future__ import annotations

from octad_train.data.code.python_lexer import count, read_tokens


def test_tokens_of_any_python_are_read() -> None:
    assert read_tokens("print >>f, 'a' 'b', 0x1F, x **= 2 # no") == [
        "print", ">>", "f", ",", '""', '""', ",", "0", ",", "x", "**=", "0",
    ]  # fmt: skip
    assert read_tokens("'never closed") == ["'", "never", "closed"]


def test_items_of_strings_and_comments_are_bounded() -> None:
    assert count("x = '''" + "word " * 500 + "'''") == 10
    assert count("# " + "word " * 500) == 4
