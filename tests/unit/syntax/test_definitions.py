"""What the parts of a file refer to: only what is certain, with the head of its definition."""

from __future__ import annotations

import pytest

from octad.records.code import Code
from octad.syntax.definitions import LONGEST, MOST, Definitions
from octad.syntax.units import units

TEXT = '''import os

LIMIT = 3
NAMES: dict[str, int] = {}


def fetch(
    url: str,
    times: int = LIMIT,
) -> str:
    """Fetch."""
    return url


@cached
def wrapped(a): ...


class Base:
    kind = "base"

    def shown(self):
        return self.kind


class Client(Base):
    def __init__(self, url):
        self.url = url
        self.left, self.right = 1, 2

    @property
    def size(self):
        return 1

    def get(self, fetch_it=None):
        own = LIMIT
        wrapped(own)
        return fetch(self.url), self.shown(), self.kind, self.size, self.gone, self.right

    def other(self, LIMIT):
        return [LIMIT for fetch in NAMES]


def made():
    os.getcwd()
    return Client("a"), Unknown()
'''
CODE = Code(path="a.py", text=TEXT)


def context(name: str) -> dict[str, tuple[str, int, str]]:
    (unit,) = (one for one in units(CODE) if f"def {name}(" in one.text)
    found = Definitions(CODE).of(unit)
    assert len({(one.name, one.sort) for one in found}) == len(found)
    for one in found:
        lines = TEXT.split("\n")[one.code.first_line - 1 :]
        assert one.code.text.rstrip("\n").split("\n") == lines[: one.code.text.count("\n")]
    return {one.name: (one.sort, one.code.first_line, one.code.text) for one in found}


def test_calls_fields_and_constants_are_found_with_their_heads() -> None:
    found = context("get")
    assert {name: sort for name, (sort, *_) in found.items()} == {
        "Client": "owner", "LIMIT": "constant", "fetch": "function", "url": "field", "shown": "method",
        "kind": "field", "size": "field", "right": "field",
    }  # fmt: skip
    assert found["fetch"][1:] == (7, "def fetch(\n    url: str,\n    times: int = LIMIT,\n) -> str:\n")
    assert found["Client"][2] == "class Client(Base):\n"
    assert found["right"][2] == "        self.left, self.right = 1, 2\n"
    assert found["kind"][2] == '    kind = "base"\n'


def test_a_class_that_is_called_stands_for_its_init() -> None:
    assert context("made") == {"Client": ("class", 27, "    def __init__(self, url):\n")}


def test_what_a_function_binds_itself_refers_to_nothing_else() -> None:
    assert set(context("other")) == {"NAMES"}


@pytest.mark.parametrize(
    "text", ["def f(:\n", "x = " + "(" * 20_000, "\0", "", "class A:\n" + "    x = 1\n" * 3]
)
def test_no_text_breaks_it(text: str) -> None:
    code = Code(path="a.py", text=text)
    definitions = Definitions(code)
    for unit in units(code):
        assert definitions.of(unit) == ()


def test_what_is_bound_twice_is_not_known() -> None:
    code = Code(
        path="a.py", text="try:\n    X = 1\nexcept E:\n    X = 2\nY = 3\n\n\ndef f():\n    return X + Y\n"
    )
    (unit,) = (one for one in units(code) if "def f" in one.text)
    assert [one.name for one in Definitions(code).of(unit)] == ["Y"]


def test_heads_are_short_and_not_too_many() -> None:
    table = "T = {\n" + "    1: 2,\n" * 500 + "}\n"
    names = "".join(f"N{i} = {i}\n" for i in range(2 * MOST))
    text = table + names + "\n\ndef f():\n    return T, " + ", ".join(f"N{i}" for i in range(2 * MOST)) + "\n"
    code = Code(path="a.py", text=text)
    found = Definitions(code).of(units(code)[-1])
    assert len(found) == MOST
    assert max(one.code.text.count("\n") for one in found) <= LONGEST


@pytest.mark.parametrize(
    ("head", "body", "is_closed"),
    [
        ("class A:", "", True),
        ("class A(Base):", "", True),
        ("@dataclass(frozen=True)\nclass A:", "", True),
        ("class A(Elsewhere):", "", False),
        ("class AMixin:", "", False),
        ("@registered\nclass A:", "", False),
        ("class A:", "    def __getattr__(self, name):\n        return name\n", False),
        ("class A:", "    def set(self, name):\n        setattr(self, name, 1)\n", False),
    ],
)
def test_only_of_a_closed_class_it_is_said_what_it_lacks(head: str, body: str, is_closed: bool) -> None:
    text = f"class Base:\n    x = 1\n\n\n{head}\n{body}    def get(self):\n        return self.gone\n"
    code = Code(path="a.py", text=text)
    (unit,) = (one for one in units(code) if "def get" in one.text)
    assert [one.sort for one in Definitions(code).of(unit)] == (["owner"] if is_closed else [])


def test_a_field_may_be_assigned_elsewhere() -> None:
    text = (
        "class A:\n    def get(self):\n        return self.late, self.below\n\n\n"
        "class B(A):\n    below = 1\n\n\ndef made():\n    one = A()\n    one.late = 1\n    return one\n"
    )
    code = Code(path="a.py", text=text)
    (unit,) = (one for one in units(code) if "def get" in one.text)
    found = {one.name: one.code.text.strip() for one in Definitions(code).of(unit) if one.sort == "field"}
    assert found == {"late": "one.late = 1", "below": "below = 1"}
