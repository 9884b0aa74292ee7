from __future__ import annotations

from octad.records.code import Code
from octad.signals.kept_docstrings import documented, kept_docstrings

BEFORE = '''import x


class Shop:
    @cached
    def stock(self, path):
        """Read the stock.

        Twice.
        """
        return read(path)

    def same(self):
        """Stay."""
        return 1

    def told(self, a):
        """Take a."""
        return a


def bare(a):
    return a
'''


def code(text: str) -> Code:
    return Code(path="shop/a.py", text=text)


def test_code_that_changed_under_a_docstring_that_stayed() -> None:
    after = BEFORE.replace("read(path)", "read(path, 2)").replace("bare(a)", "bare(b)")
    after = "# One line more.\n" + after.replace("Take a.", "Take it.").replace("return a\n", "return [a]\n")
    (case,) = kept_docstrings(code(BEFORE), code(after))
    assert case["text"].text == "Read the stock.\n\nTwice."
    place = case["place"]
    lines = after.split("\n")
    assert lines[place.line - 1][place.column - 1 :].startswith('"""Read')
    assert (place.end_line, place.end_column) == (place.line, len(lines[place.line - 1]) + 1)
    assert case["after"].text == "    @cached\n    def stock(self, path):\n        return read(path, 2)\n"
    assert lines[case["after"].first_line - 1] == "    @cached"
    assert "read(path)" in case["before"].text and "Twice" not in case["before"].text


def test_layout_is_no_change() -> None:
    after = BEFORE.replace("return read(path)", "return   read(path)")
    assert not list(kept_docstrings(code(BEFORE), code(after)))


def test_nothing_is_said_of_a_name_that_is_there_twice_or_of_what_does_not_parse() -> None:
    twice = BEFORE + BEFORE.replace("read(path)", "other(path)").partition("class")[2].join(("class", ""))
    wide = Code(path="a.py", text='def f():\n    """Größe é."""\n    return 1\n')
    assert documented(wide)["f."].place.end_column == len('    """Größe é."""') + 1
    assert "Shop.stock." not in documented(code(twice)) and documented(code("def f(:")) == {}
    assert list(documented(code(BEFORE))) == ["Shop.stock.", "Shop.same.", "Shop.told."]
