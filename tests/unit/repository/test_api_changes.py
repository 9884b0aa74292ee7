"""What changed between two interfaces."""

from __future__ import annotations

import pytest

from octad.records.api import ApiChange
from octad.repository.api import api_of
from octad.repository.api_changes import api_changes

Files = dict[str, str] | str


def changes(before: Files, after: Files) -> tuple[ApiChange, ...]:
    """Between two trees; a text alone is `shop/cart.py`."""
    sides = [{"shop/cart.py": one} if isinstance(one, str) else one for one in (before, after)]
    first, second = (api_of({"shop/__init__.py": "", **one}) for one in sides)
    return api_changes(first, second)


def told(before: Files, after: Files) -> list[tuple[str, str, str]]:
    return [
        (one.change, one.name.removeprefix("shop.cart."), one.parameter) for one in changes(before, after)
    ]


def test_the_same_is_no_change() -> None:
    text = "class A:\n    def f(self, x=1): raise ValueError\n"
    assert told(text, f"# more lines\n\n{text}") == []


@pytest.mark.parametrize(
    ("before", "after", "kind", "parameter"),
    [
        ("x, y", "x", "parameter-removed", "y"),
        ("x, y", "x, z", "parameter-renamed", "y"),
        ("x, y", "y, x", "parameter-moved", "y"),
        ("x, y", "x, z=0, y=1", "parameter-moved", "y"),
        ("x, y=1", "x, y", "parameter-required", "y"),
        ("x", "x, y", "parameter-required", "y"),
        ("x", "x, *, y", "parameter-required", "y"),
        ("x, y=1", "x, y=2", "default", "y"),
        ("x, y=1", "x, *, y=1", "parameter-kind", "y"),
        ("x, y=1", "x, y=1, /", "parameter-kind", "x"),
        ("x, **more", "x", "parameter-removed", "more"),
        ("x", "x, y=None", "parameter-added", "y"),
    ],
)
def test_parameters(before: str, after: str, kind: str, parameter: str) -> None:
    assert (kind, "f", parameter) in told(f"def f({before}): ...\n", f"def f({after}): ...\n")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("x, /", "x"),
        ("*, x=1", "x=1"),
        ("x, y=1", "*args, **kwargs"),
        ("*, y=1", "**kwargs"),
        ("*args", "*rest"),
        ("x='a'", 'x="a"'),
        ("x=(1,2)", "x=(1, 2)"),
    ],
)
def test_what_every_caller_may_still_give_is_no_break(before: str, after: str) -> None:
    assert not any(one.is_breaking for one in changes(f"def f({before}): ...\n", f"def f({after}): ...\n"))


def test_what_went_is_told_once_with_all_its_members() -> None:
    assert told("class A:\n    def f(self): ...\nB = 1\n", "B = 1\n") == [("removed", "A", "")]


def test_a_module_that_went_is_told_once() -> None:
    before = {"shop/cart.py": "class A: ...\n", "shop/item.py": "x = 1\n"}
    assert told(before, {"shop/cart.py": "class A: ...\n"}) == [("removed", "shop.item", "")]


def test_what_moved_and_is_handed_on_is_no_change() -> None:
    before = {"shop/__init__.py": "from .cart import A\n", "shop/cart.py": "class A:\n    def f(self): ...\n"}
    after = {
        "shop/__init__.py": "from ._impl import A\n",
        "shop/_impl.py": "class A:\n    def f(self): ...\n",
    }
    assert told(before, after) == [("removed", "shop.cart", "")]


def test_what_a_module_still_imports_is_not_gone() -> None:
    after = {"shop/cart.py": "from shop.item import A\n", "shop/item.py": "class A: ...\n"}
    assert not any(one.is_breaking for one in changes("class A: ...\n", after))


def test_a_name_is_renamed_where_one_alone_can_be_meant() -> None:
    (found,) = changes("def get_price(item): ...\n", "def get_prices(item): ...\n")
    assert (found.change, found.before, found.after) == (
        "renamed",
        "shop.cart.get_price",
        "shop.cart.get_prices",
    )
    assert found.sentence == "`shop.cart.get_price` is now `shop.cart.get_prices`"
    both = told("def get_price(item): ...\n", "def get_prices(item): ...\ndef get_pricex(item): ...\n")
    assert {one[0] for one in both} == {"removed", "added"}


def test_a_method_that_is_inherited_now_is_compared_with_that_one() -> None:
    base = "class Base:\n    def f(self, x{}): ...\n"
    before = base.format("") + "class A(Base):\n    def f(self, x): ...\n"
    assert told(before, base.format("") + "class A(Base): ...\n") == []
    found = told(before, base.format(", y") + "class A(Base): ...\n")
    assert ("parameter-required", "A.f", "y") in found


def test_what_may_be_there_unwritten_is_not_called_gone() -> None:
    lazy = "def __getattr__(name):\n    return {'A': 1}[name]\n"
    assert told("class A: ...\n", lazy) == []
    assert told("import o\nclass A:\n    def f(self): ...\n", "import o\nclass A(o.B): ...\n") == []
    assert told("class A: ...\n", "class A(:\n") == []
    assert told("class A: ...\n", "for one in 'AB':\n    globals()[one] = one\n") == []
    assert told("class A: ...\n", "globals().update(A=1)\n") == []
    assert told("class A: ...\n", "print(globals()['B'])\n") == [("removed", "A", "")]


def test_a_decorator_that_speaks_of_a_parameter_takes_it() -> None:
    after = "import d\n@d.renamed('old', 'new')\ndef f(new): ...\n"
    assert told("def f(old): ...\n", after) == []
    without = after.replace("@d.renamed('old', 'new')\n", "")
    assert told("def f(old): ...\n", without) == [("parameter-renamed", "f", "old")]


def test_bases_kinds_exceptions_and_what_is_returned() -> None:
    before = "class B: ...\nclass A(B): ...\nclass C: ...\ndef f() -> int:\n    raise KeyError\n"
    after = "class B: ...\nclass A: ...\ndef C(): ...\ndef f() -> str:\n    raise ValueError\n"
    assert told(before, after) == [
        ("base-removed", "A", ""), ("kind", "C", ""),
        ("raises", "f", ""), ("raises-no-more", "f", ""), ("returns", "f", ""),
    ]  # fmt: skip
    assert [one.is_breaking for one in changes(before, after)] == [True, True, False, False, False]


def test_a_dataclass_has_methods_that_nobody_wrote() -> None:
    before = "class A:\n    def __eq__(self, other): ...\n    def f(self): ...\n"
    after = "import dataclasses\n@dataclasses.dataclass\nclass A:\n    size: int = 0\n"
    assert ("removed", "A.__eq__", "") not in told(before, after)
    assert ("removed", "A.f", "") in told(before, after)


def test_a_new_base_from_elsewhere_may_bring_the_old_one() -> None:
    before = "import o\nclass A(o.B): ...\n"
    assert told(before, "import o\nclass A(o.C): ...\n") == []
    assert told(before, "class A: ...\n") == [("base-removed", "A", "")]


def test_a_base_further_up_is_a_base() -> None:
    text = "class B: ...\nclass M(B): ...\nclass A({}): ...\n"
    assert told(text.format("B"), text.format("M")) == []


def test_every_sentence_names_what_it_is_about() -> None:
    found = changes("def f(x, y=1): ...\nclass A: ...\n", "def f(z, y=2): ...\nB = 1\n")
    assert all(f"`{one.name}`" in one.sentence for one in found) and len(found) >= 3
