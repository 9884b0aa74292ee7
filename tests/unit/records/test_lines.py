from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from octad.records.code import Code
from octad.records.lines import lines_of, sources_of


def test_only_a_line_feed_ends_a_line() -> None:
    assert lines_of("a\x0cb\u2028c\x85\r\nd") == ["a\x0cb\u2028c\x85\r", "d"]
    assert lines_of("a\n") == ["a"]
    assert lines_of("") == []
    assert lines_of("\n\n") == ["", ""]


@settings(max_examples=20)
@given(st.lists(st.text("ab", max_size=3)))
def test_lines_come_back(lines: list[str]) -> None:
    assert lines_of("".join(f"{line}\n" for line in lines)) == lines


def test_units_are_put_where_they_stand_in_the_file() -> None:
    codes = [
        Code(path="a.py", text="d\n", first_line=4),
        Code(path="a.py", text="a\nb\n"),
        Code(path="b.py", text="x"),
    ]
    assert sources_of(codes) == {"a.py": "a\nb\n\nd\n", "b.py": "x\n"}
