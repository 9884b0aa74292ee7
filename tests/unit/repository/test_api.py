"""The public interface of a tree, from its texts."""

from __future__ import annotations

import pytest

from octad.records.api import Api, Place
from octad.repository.api import api_of, modules_of


def names(**texts: str) -> set[str]:
    return set(api(**texts).names)


def api(**texts: str) -> Api:
    """The interface of files given as `shop__cart` for `shop/cart.py`; an `__init__` is always there."""
    files = {f"{path.replace('__', '/')}.py": text for path, text in texts.items()}
    return api_of({"shop/__init__.py": files.pop("shop.py", ""), **files})


def test_underscores_are_not_public() -> None:
    found = names(
        shop__cart="class Cart:\n    def add(self): ...\n    def _sum(self): ...\n_x = 1\n",
        shop___db="y = 1\n",
    )
    assert found == {"shop", "shop.cart", "shop.cart.Cart", "shop.cart.Cart.add"}


def test_all_decides_where_there_is_one() -> None:
    found = names(shop__cart="__all__ = ['_Cart']\nclass _Cart: ...\nclass Other: ...\n")
    assert "shop.cart._Cart" in found and "shop.cart.Other" not in found


def test_all_that_is_put_together_is_followed() -> None:
    found = names(
        shop="from .cart import *\nfrom . import cart\n__all__ = cart.__all__ + ['Y']\nY = 1\nZ = 2\n",
        shop__cart="__all__ = ['X']\nX = 1\nW = 2\n",
    )
    assert {"shop.X", "shop.Y"} <= found and not {"shop.W", "shop.Z"} & found


def test_a_package_hands_on_what_it_takes_from_its_own_tree_alone() -> None:
    found = api(shop="from os import path\nfrom ._cart import Cart\n", shop___cart="class Cart:\n    x = 1\n")
    assert set(found.names) == {"shop", "shop.Cart", "shop.Cart.x"}
    assert found.names["shop.Cart"] == "shop._cart.Cart"


def test_imports_of_a_module_are_its_own_affair_but_can_be_found() -> None:
    found = api(shop__cart="from shop.item import Item\n", shop__item="class Item: ...\n")
    assert "shop.cart.Item" not in found.names and "shop.cart.Item" in found.hidden


def test_a_second_name_of_a_class_is_that_class() -> None:
    found = api(shop__cart="class Cart: ...\nBasket = Cart\n")
    assert found.names["shop.cart.Basket"] == "shop.cart.Cart"


def test_signatures_places_and_exceptions() -> None:
    text = "import a\n\n@a.deco\nasync def f(x, /, y: int = 1, *z, k, **w) -> str:\n    raise a.Gone('x')\n"
    found = api(shop__cart=text).definitions["shop.cart.f"]
    assert [(one.name, one.kind, one.default, one.annotation) for one in found.parameters] == [
        ("x", "positional", None, ""), ("y", "either", "1", "int"), ("z", "arguments", None, ""),
        ("k", "keyword", None, ""), ("w", "keywords", None, ""),
    ]  # fmt: skip
    assert (found.returns, found.raises, found.decorators) == ("str", ("a.Gone",), ("a.deco",))
    assert found.place == Place(path="shop/cart.py", line=3)
    assert [one.name for one in found.parameters if one.is_required] == ["x", "k"]


def test_a_dataclass_is_made_with_its_fields() -> None:
    text = "from dataclasses import dataclass\n@dataclass\nclass Cart:\n    size: int\n    name: str = ''\n"
    found = api(shop__cart=text).definitions["shop.cart.Cart.__init__"]
    assert [(one.name, one.default) for one in found.parameters] == [
        ("self", None),
        ("size", None),
        ("name", "''"),
    ]


def test_members_of_a_hidden_base_are_members_of_the_class() -> None:
    found = api(shop__cart="class _Base:\n    def add(self, x): ...\nclass Cart(_Base): ...\n")
    assert found.names["shop.cart.Cart.add"] == "shop.cart._Base.add"
    assert found.definitions["shop.cart.Cart"].bases == ("shop.cart._Base",)


def test_a_class_that_inherits_from_elsewhere_is_open() -> None:
    found = api(shop__cart="import other\nclass A(other.B): ...\nclass C(object): ...\n").definitions
    assert found["shop.cart.A"].is_open and not found["shop.cart.C"].is_open


def test_a_module_that_answers_to_any_name_may_have_those_it_speaks_of() -> None:
    text = "def __getattr__(name):\n    if name == 'Old':\n        return 1\n    raise AttributeError\n"
    assert "shop.cart.Old" in api(shop__cart=text).hidden


@pytest.mark.parametrize("text", ["def f(:\n", "x = '\0'\n", "(" * 5000 + ")" * 5000, "-" * 100_000 + "1"])
def test_what_cannot_be_parsed_is_said_and_nothing_more(text: str) -> None:
    found = api(shop__cart=text, shop__item="x = 1\n")
    assert found.unread == {"shop.cart"} and "shop.item.x" in found.names


def test_modules_that_take_from_each_other_end() -> None:
    found = names(
        shop="from .cart import *\n",
        shop__cart="from .item import *\nA = 1\n",
        shop__item="from .cart import *\nB = 2\n",
    )
    assert {"shop.A", "shop.B", "shop.cart.A", "shop.item.B"} <= found


def test_classes_that_inherit_from_each_other_end() -> None:
    assert "shop.cart.A.x" in names(shop__cart="class A(B):\n    x = 1\nclass B(A):\n    y = 2\n")


def test_tests_examples_and_copies_of_others_are_no_part() -> None:
    paths = [
        "src/a/__init__.py",
        "src/a/b.py",
        "src/a/tests/c.py",
        "src/a/_vendor/six.py",
        "Tests/__init__.py",
    ]
    more = ["docs/conf.py", "setup.py", "src/a/test_b.py", "examples/__init__.py", "build/lib/a/b.py"]
    assert modules_of(frozenset(paths + more)) == {"src/a/__init__.py": "a", "src/a/b.py": "a.b"}


def test_a_module_alone_is_an_interface_where_there_is_no_package() -> None:
    assert modules_of(frozenset(["six.py", "setup.py", "tools/x.py"])) == {"six.py": "six"}
    assert modules_of(frozenset(["src/x.py", "noxfile.py"])) == {"src/x.py": "x"}


def test_it_goes_round_through_json() -> None:
    found = api(shop__cart="def f(x=1): ...\n")
    assert Api.model_validate_json(found.model_dump_json()) == found
