"""reStructuredText becomes passages, whatever its directives and roles, and nothing that it names is read."""

from __future__ import annotations

from pathlib import Path

import pytest

from octad.read.documents import rst_parser
from octad.read.documents.restructured_text import read_restructured_text
from octad.records.document import Document

TEXT = """\
=====
Title
=====

Words with ``code``, :py:func:`shop.total`, `plain` and `link <http://x>`_, see ref_.

.. _label:

.. note:: hi there
   more ``b``

   * item

.. code-block:: python
   :linenos:

   x = 1
     y

.. testcode::
    :skipif: not HERE

    z = 1

.. function:: total(a, b)
   :noindex:

   Adds.

   :param a: the first

.. include:: /etc/passwd
.. raw:: html
   :file: /etc/passwd
.. literalinclude:: shop.py
.. unknown:: thing

   inside

>>> 1 + 1
2

.. toctree::
   :maxdepth: 2

   guide
   Shown <other/page>

.. _ref: http://y
"""


def read(text: str = TEXT) -> Document:
    return read_restructured_text(text, "docs/index.rst")


def test_roles_and_literals_stand_where_they_are_written() -> None:
    document = read()
    spans = [span for passage in document.passages for span in passage.spans]
    assert [(one.role, one.text) for one in spans] == [
        ("code", "code"), ("py:func", "shop.total"), ("", "plain"), ("code", "b"),
    ]  # fmt: skip
    for span in spans:
        place = span.anchor
        assert document.lines[place.line - 1][place.column - 1 : place.end_column - 1] == span.text


def test_directives_hold_what_is_inside_them() -> None:
    document = read()
    assert [one.name for one in document.passages if one.kind == "directive"] == [
        "note", "function", "include", "raw", "literalinclude", "unknown", "toctree",
    ]  # fmt: skip
    field = next(one for one in document.passages if one.name == "param a")
    assert (field.text, field.within) == ("the first", ("function", "field"))
    assert next(one for one in document.passages if one.text == "inside").within == ("unknown",)
    assert next(one for one in document.passages if one.text.startswith("hi there")).first == 9


def test_code_has_its_language_and_its_lines() -> None:
    document = read()
    codes = [one for one in document.passages if one.kind == "code"]
    assert [(one.name, one.language, one.first, one.text) for one in codes] == [
        ("code-block", "python", 17, "x = 1\n  y"),
        ("testcode", "python", 23, "z = 1"),
        ("doctest", "pycon", 40, ">>> 1 + 1\n2"),
    ]
    assert all(document.lines[one.first - 1].strip() == one.text.split("\n")[0] for one in codes)


def test_what_is_pointed_at_is_told_and_never_read() -> None:
    document = read()
    assert [(one.kind, one.target) for one in document.links] == [
        ("link", "http://x"), ("reference", "ref"), ("include", "/etc/passwd"), ("include", "shop.py"),
        ("document", "guide"), ("document", "other/page"), ("link", "http://y"),
    ]  # fmt: skip
    assert "partial" in document.flags
    assert not any("root:" in one.text for one in document.passages)
    assert "label" in document.labels


def test_nothing_is_included_from_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret.rst"
    secret.write_text("told\n")
    text = (
        f".. include:: {secret}\n\n.. raw:: html\n   :file: {secret}\n\n.. csv-table::\n   :file: {secret}\n"
    )
    assert not any("told" in one.text for one in read(text).passages)


@pytest.mark.parametrize(
    "text",
    [
        "=====\nTitle\n==",
        "+--+\n|a\n+-",
        ".. |a| image::\n|a|",
        "`a <b",
        ".. a::\n  :b",
        "* a\n- b\n 1. c\n==",
        "::",
    ],
)
def test_broken_markup_is_no_error(text: str) -> None:
    assert read(text).text == text


def test_a_document_that_takes_too_long_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read("a\n\n" * 50).passages
    monkeypatch.setattr(rst_parser, "MOST_STEPS", 20)
    document = read("a\n\n" * 50)
    assert (document.passages, document.flags) == ((), ("partial",))
