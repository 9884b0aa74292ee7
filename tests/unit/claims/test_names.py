"""Names that documentation speaks of, held against the modules and classes of a project."""

from __future__ import annotations

import pytest

from octad.claims.names import check
from octad.claims.tree import Tree, tree_of
from octad.records.report import Finding

CART = '''"""Carts."""
import os

class Base:
    def kept(self): ...

class Cart(Base):
    size = 1
    def add(self, item):
        self.items = [item]

class Other(os.PathLike):
    pass

def total(cart): ...
'''


def findings(text: str, path: str = "docs/use.rst", **others: str) -> list[Finding]:
    files = {"shop/__init__.py": "from shop.cart import Cart\n", "shop/cart.py": CART, path: text, **others}
    data = {name: one.encode() for name, one in files.items()}
    tree: Tree = tree_of(tuple(sorted(data)), data.__getitem__)
    return list(check(tree))


def names(text: str, path: str = "docs/use.rst", **others: str) -> list[str]:
    return [one.message.split("`")[1] for one in findings(text, path, **others)]


@pytest.mark.parametrize(
    "text",
    [
        "See :func:`shop.cart.sum`.\n",
        "See :py:meth:`~shop.cart.Cart.remove`.\n",
        "See :class:`the basket <shop.basket.Basket>`.\n",
        "Call ``shop.cart.sum()``.\n",
        "A ``shop.cart.Basket`` holds items.\n",
        ".. autofunction:: shop.cart.sum\n",
        ".. autofunction:: shop.cart::sum\n",
        ".. currentmodule:: shop.cart\n\n.. autoclass:: Basket\n",
        "Call :meth:`Cart.remove` then.\n",
    ],
)
def test_what_is_not_there_is_named(text: str) -> None:
    (found,) = findings(text)
    line = text.split("\n")[found.anchor.line - 1]
    named = line[found.anchor.column - 1 : found.anchor.end_column - 1].removesuffix("()").lstrip("~")
    said = found.message.split("`")[1]
    assert found.rule == "docs/name" and said.endswith(named.replace("::", ".")) and named


@pytest.mark.parametrize(
    "text",
    [
        "See :func:`shop.cart.total`, :class:`shop.Cart`, :meth:`shop.Cart.add`, :mod:`shop.cart`.\n",
        "See :meth:`Cart.kept` and ``Cart.items``, and :meth:`shop.cart.Other.anything`.\n",
        "See ``shop.toml``, ``shop.example.com`` and ``shop.cart.py``.\n",
        "``shop.cart.sum()`` was removed.\n",
        "Before 2.0 there was :func:`shop.cart.sum`.\n",
        ".. deprecated:: 2.0\n   Use :func:`shop.cart.sum`.\n",
        "Migration guide\n===============\n\nSee :func:`shop.cart.sum`.\n",
        "See :func:`numpy.sum_of`, :class:`Other.thing` and ``config.value()``.\n",
        "The key ``shop.colour`` is a setting.\n",
        ".. module:: shop\n\n.. class:: Basket\n\nSee :class:`shop.Basket`.\n",
        ".. autofunction:: shop.cart::total\n",
        ".. autoclass:: shop.cart.Cart\n\n   .. automethod:: remove\n",
    ],
)
def test_what_is_there_or_may_be_is_left_alone(text: str) -> None:
    assert names(text) == []


def test_a_place_that_has_it_is_shown() -> None:
    (found,) = findings("See :class:`shop.basket.Cart`.\n")
    (found,) = findings("See :func:`shop.total`.\n")
    assert (
        found.message
        == "the text speaks of `shop.total`, and shop has no total; there is one in shop/cart.py"
    )
    assert (found.evidence[0].anchor.line, found.evidence[0].text) == (15, "def total(cart): ...")


def test_markdown_docstrings_and_comments_are_read() -> None:
    assert names("Call `shop.cart.sum()`.\n", "README.md") == ["shop.cart.sum"]
    text = 'def f():\n    """See :func:`shop.cart.sum`."""\n    # as in :class:`~shop.cart.Basket`\n'
    found = findings(text, "shop/item.py")
    assert [(one.anchor.line, one.anchor.column) for one in found] == [(2, 19), (3, 22)]


@pytest.mark.parametrize(
    "text",
    ["def __getattr__(name): ...\n", "from other import *\n", "globals()['Basket'] = 1\n", "def f(:\n"],
)
def test_a_module_that_may_have_any_name_is_left_alone(text: str) -> None:
    assert names("See :class:`shop.item.Basket`.\n", **{"shop/item.py": text}) == []


def test_a_folder_of_tests_is_not_what_a_text_means() -> None:
    tests = {"Tests/other/__init__.py": "", "other/__init__.py": ""}
    assert names("See :mod:`other.thing`.\n", **{"Tests/other/__init__.py": ""}) == []
    assert names("See :mod:`other.thing`.\n", **tests) == ["other.thing"]


def test_a_model_is_named_by_its_application() -> None:
    text = "Set it to ``shop.Order``.\n"
    assert names(text, **{"shop/models/orders.py": "class Order: ...\n"}) == []
    assert names(text, **{"shop/orders.py": "class Order: ...\n"}) == ["shop.Order"]


def test_a_changelog_is_of_the_past() -> None:
    assert names("# Changes\n\n- `shop.cart.sum()` is new.\n", "CHANGELOG.md") == []


def test_what_is_no_text_is_nothing() -> None:
    assert names("\x00\x01" * 100, "README.md") == [] and names("`" * 5000, "README.md") == []
