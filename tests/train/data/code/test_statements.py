"""Runs of statements outside functions, as a reviewer of the file sees them."""

from __future__ import annotations

from octad_train.data.code.statements import statements

FUNCTION = "def f(first, second):\n    return first + second\n"
TABLE = (
    "LIMITS = {name: size + 1 for name, size in SIZES.items()}\nif not LIMITS:\n    LIMITS = OTHERS or {}\n"
)


def test_what_lies_between_functions_keeps_its_lines() -> None:
    text = f"import os\n\n\n{FUNCTION}\n\n{TABLE}\n\n@cache\n{FUNCTION}"
    (found,) = statements(text)
    assert (found.first_line, found.last_line) == (8, 10)
    assert found.text == TABLE.rstrip("\n")


def test_the_body_of_a_class_above_its_methods_counts_and_methods_do_not() -> None:
    head = "class A:\n    low = 1 + OFFSET\n    high = low * 2 if WIDE else low\n\n"
    text = head + "".join(f"    {line}\n" for line in FUNCTION.split("\n"))
    (found,) = statements(text)
    assert (found.first_line, found.last_line) == (1, 3)


def test_imports_prose_and_what_does_not_parse_are_left_out() -> None:
    imports = "".join(f"from package.module{i} import name{i}, other{i}\n" for i in range(6))
    assert statements(imports) == []
    assert statements('"""A long text about nothing at all, of many more words than twelve."""\n') == []
    assert statements("print 'two'\n" + TABLE) == []
