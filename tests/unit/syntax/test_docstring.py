"""Docstrings of the common styles, with the places of what they say."""

from __future__ import annotations

import ast

import pytest

from octad.syntax.docstring import Docstring, Entry, docstring_of

GOOGLE = '''def f(x, y):
    """Do.

    Args:
        x (int, optional): The x. Defaults to 3.
            More of it.
        *rest: Others.

        y: The y: with a colon.

    Raises:
        errors.Gone: If gone.

    Returns:
        bool: Whether.
    """
'''
NUMPY = '''def f(x, y):
    r"""
    Do.

    Parameters
    ----------
    x, y : int, default 3
        The numbers.

        More.
    **more
        Others.

    Raises
    ------
    Gone
        If gone.

    Returns
    -------
    out : bool
        Whether.

    Notes
    -----
    z : no parameter
    """
'''
SPHINX = '''async def f(x, y):
    """Do.

    :param int x: The x,
        with more
    :param y: The y
    :type y: str
    :raises Gone: if gone
    :returns: whether
    :rtype: bool"""
'''


def read(text: str) -> tuple[Docstring, list[str]]:
    lines = text.split("\n")
    (node,) = ast.parse(text).body
    assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    found = docstring_of(node, lines)
    assert found is not None
    return found, lines


def short(entries: tuple[Entry, ...]) -> list[tuple[str, str, str]]:
    return [(one.kind, one.name, one.type) for one in entries]


@pytest.mark.parametrize(
    ("text", "style", "expected"),
    [
        (GOOGLE, "google", [("parameter", "x", "int, optional"), ("parameter", "rest", ""),
                            ("parameter", "y", ""),
                            ("raises", "errors.Gone", ""), ("returns", "", "bool")]),
        (NUMPY, "numpy", [("parameter", "x", "int, default 3"), ("parameter", "y", "int, default 3"),
                          ("parameter", "more", ""), ("raises", "Gone", "Gone"), ("returns", "out", "bool")]),
        (SPHINX, "sphinx", [("parameter", "x", "int"), ("parameter", "y", "str"), ("raises", "Gone", ""),
                            ("returns", "", "bool")]),
    ],
)  # fmt: skip
def test_each_style_says_the_same(text: str, style: str, expected: list[tuple[str, str, str]]) -> None:
    found, _ = read(text)
    assert (found.style, short(found.entries)) == (style, expected)


@pytest.mark.parametrize("text", [GOOGLE, NUMPY, SPHINX])
def test_a_name_stands_where_it_is_said_to(text: str) -> None:
    found, lines = read(text)
    for one in found.entries:
        if one.name:
            assert lines[one.line - 1][one.column - 1 :].startswith(one.name)
        assert one.line <= one.last <= found.last


def test_what_belongs_to_an_item_is_its_text() -> None:
    found, _ = read(GOOGLE)
    assert found.entries[0].text == "The x. Defaults to 3. More of it."
    assert found.entries[2].text == "The y: with a colon."


@pytest.mark.parametrize(
    "body",
    [
        '"""One line."""',
        '"""Note:\n        this: is prose.\n    """',
        "'''Example:\n\n        x: 1\n    '''",
        '"x"',
    ],
)
def test_prose_says_nothing_of_parameters(body: str) -> None:
    found, _ = read(f"def f(x):\n    {body}\n")
    assert (found.style, found.entries) == ("", ())


@pytest.mark.parametrize("body", ["pass", "1", "x = 'no docstring'", "f'{x}'"])
def test_without_a_docstring_there_is_none(body: str) -> None:
    text = f"def f(x):\n    {body}\n"
    (node,) = ast.parse(text).body
    assert isinstance(node, ast.FunctionDef)
    assert docstring_of(node, text.split("\n")) is None


def test_broken_sections_are_read_as_far_as_they_go() -> None:
    text = 'def f(x):\n    """Parameters\n    ----------\n\n    Returns\n    -------\n    """\n'
    assert read(text)[0].entries == ()
    assert read('def f(x):\n    """A.\n\n    Args:\n    """\n')[0].entries == ()
    assert read('def f(x):\n    """:param"""\n')[0].entries == ()
