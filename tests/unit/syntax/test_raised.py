"""Exceptions that functions raise by name."""

from __future__ import annotations

import ast

from octad.syntax.raised import dotted, raised

TEXT = """
class Shop:
    def buy(self, item):
        self.check(item)

    def check(self, item):
        if not item:
            raise errors.Missing("item")
        helper(item)

def helper(item):
    try:
        raise KeyError(item)
    except KeyError:
        raise ValueError from None

def again():
    try:
        work()
    except (OSError, EOFError) as error:
        raise

def anything(error):
    raise error

def inner():
    def later():
        raise TypeError
    return later

def swallowed():
    try:
        raise OSError
    except Exception:
        pass
"""


def names(text: str, name: str) -> set[str]:
    return set(raised(ast.parse(text))[name].names)


def test_what_the_functions_called_in_the_same_file_raise_is_raised() -> None:
    assert names(TEXT, "Shop.check") == {"errors.Missing", "ValueError"}
    assert names(TEXT, "Shop.buy") == {"errors.Missing", "ValueError"}


def test_what_is_caught_is_not_raised() -> None:
    assert names(TEXT, "helper") == {"ValueError"}
    assert names(TEXT, "swallowed") == set()


def test_raising_again_raises_what_was_caught() -> None:
    assert names(TEXT, "again") == {"OSError", "EOFError"}


def test_an_exception_held_by_a_variable_is_not_known() -> None:
    found = raised(ast.parse(TEXT))
    assert found["anything"].is_open and not found["helper"].is_open


def test_what_a_function_inside_raises_is_not_raised_by_the_outer_one() -> None:
    assert names(TEXT, "inner") == set()


def test_functions_that_call_each_other_end() -> None:
    text = "def a():\n    b()\n    raise E1\ndef b():\n    a()\n    raise E2\n"
    assert names(text, "a") == names(text, "b") == {"E1", "E2"}


def test_dotted_names() -> None:
    assert dotted(ast.parse("a.b.C", mode="eval").body) == "a.b.C"
    assert dotted(ast.parse("a().C", mode="eval").body) == ""
