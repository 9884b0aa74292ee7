"""Lines and tokens that a repair changes."""

from __future__ import annotations

import pytest

from octad_train.data.code.fix_lines import changed_lines, edited_tokens, read_tokens

BEFORE = """def f(a):
    # sum up
    total = 0
    for x in a:
        total -= x

    return total
"""


@pytest.mark.parametrize(
    ("old", "new", "lines"),
    [
        ("total -= x", "total += x", (5,)),
        ("total = 0", "total = 0  # starts empty", ()),
        ("    # sum up\n", "", ()),
        ("    total = 0\n", "", (3,)),
        ("        total -= x\n", "        total -= x\n        total -= 1\n", (5, 7)),
        ("def f(a):", "import os\ndef f(a):", (1,)),
        ("    return total\n", "    return total\nf([])\n", (7,)),
    ],
)
def test_changed_lines(old: str, new: str, lines: tuple[int, ...]) -> None:
    assert changed_lines(BEFORE, BEFORE.replace(old, new)) == lines


@pytest.mark.parametrize(
    ("before", "after", "edits"),
    [
        ("a < b", "a <= b", 1),
        ("x = f(a, b)", "x = f(b, a)", 2),
        ("if a", "if not a", 1),
        ("  a", "a", 0),
        ("s = 'a b'", "s = 'a c'", 1),
        ("a # b", "a # c", 0),
        ("a(", "a()", 1),
    ],
)
def test_edited_tokens(before: str, after: str, edits: int) -> None:
    assert edited_tokens(before, after) == edits == edited_tokens(after, before)


def test_tokens_of_broken_code_carry_their_lines() -> None:
    assert read_tokens("a **= 'x\n)#") == [("a", 1), ("**=", 1), ("'", 1), ("x", 1), (")", 2)]
