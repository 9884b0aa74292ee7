from __future__ import annotations

from octad.records.repo import Repo
from tests.unit.repository.made import called, repo_of, used

CART = """\
from __future__ import annotations
from dataclasses import dataclass
from shop import Money, prices
from shop.prices import total as sum_of

RATE = prices.DEFAULT

@dataclass
class Base:
    money: Money
    def shared(self): return self.money.cents()

class Cart(Base):
    def __init__(self):
        super().__init__()
        self.last = Money()
    @property
    def best(self) -> Money: ...
    @classmethod
    def make(cls): return cls()
    def pay(self, other: Money | None):
        self.shared()
        self.last.cents()
        self.best.cents()
        other.cents()
        sum_of(RATE)
        prices.total(2)

def run(total):
    cart = Cart.make()
    total()
    Cart().pay(None)
    with Money() as money:
        money.cents()
"""
PRICES = """\
DEFAULT = 1
class Money:
    def __enter__(self): return self
    def cents(self) -> int: return total(self)
def total(x): return x
"""
FILES = {"shop/__init__.py": "from .prices import *\n", "shop/prices.py": PRICES, "shop/cart.py": CART}


def test_methods_types_and_imported_names() -> None:
    repo = repo_of(FILES)
    assert called(repo, "Cart.pay") == {"Base.shared", "Money.cents", "total"}
    lines = {one.line for one in repo.references if one.within == "Cart.pay" and one.name == "Money.cents"}
    assert lines == {23, 24, 25}
    assert called(repo, "Base.shared") == {"Money.cents"}


def test_a_class_is_called_where_it_is_made() -> None:
    repo = repo_of(FILES)
    assert called(repo, "run") == {"Cart.make", "Cart", "Cart.__init__", "Cart.pay", "Money", "Money.cents"}
    assert called(repo, "Cart.make") == {"Cart", "Cart.__init__"}


def test_re_exports_are_followed_to_the_definition() -> None:
    assert ("shop/prices.py", "Money") in used(repo_of(FILES), "shop/cart.py")
    assert not any(path == "shop/__init__.py" for path, _ in used(repo_of(FILES), "shop/cart.py"))


def test_a_parameter_hides_the_function_of_its_name() -> None:
    assert "total" not in called(repo_of(FILES), "run")


def test_variables_are_read_through_modules() -> None:
    repo = repo_of(FILES)
    assert ("shop/prices.py", "DEFAULT") in used(repo, "shop/cart.py")
    assert ("shop/cart.py", "RATE") in used(repo, "shop/cart.py")


def test_names_that_go_round_in_a_circle_stand_for_nothing() -> None:
    files = {
        "a.py": "from b import x\nfrom b import *\nclass A(B): pass\ny = x.z\n"
        "def f():\n    x()\n    missing()\n    A().m()\n",
        "b.py": "from a import x\nfrom a import *\nclass B(A): pass\n",
    }
    assert called(repo_of(files), "f") == {"A"}


def test_several_values_at_once() -> None:
    text = """\
    class A:
        def go(self): ...
    class B:
        def __init__(self):
            self.a, self.n = A(), 1
        def f(self):
            a, n = self.a, self.n
            a.go()
    """
    assert called(repo_of({"a.py": text}), "B.f") == {"A.go"}


def test_a_property_gives_what_it_says() -> None:
    text = """\
    class A:
        def go(self): ...
    class B:
        @property
        def a(self) -> "A": ...
        def get(self) -> Optional[A]: ...
    def f(b: B):
        b.a.go()
    def g(b: B):
        b.get().go()
    """
    repo = repo_of({"a.py": text})
    assert called(repo, "f") == {"A.go"} and called(repo, "g") == {"A.go", "B.get"}


def test_the_record_goes_through_json() -> None:
    repo = repo_of(FILES)
    assert Repo.model_validate_json(repo.model_dump_json()) == repo
