"""Examples that do not parse, or take what the project has not, are found; parts of programs are not."""

from __future__ import annotations

import pytest

from octad.claims.code_blocks import check
from tests.unit.claims.projects import said

SHOP = {
    "shop/__init__.py": "from shop.basket import total\nfrom .more import *\n__version__ = '1'\n",
    "shop/basket.py": "def total(): ...\ntry:\n    import x as fast\nexcept ImportError:\n    fast = None\n",
    "shop/more.py": "def extra(): ...\n",
    "shop/lazy.py": "def __getattr__(name): ...\n",
    "shop/ext.pyx": "",
}


def of(text: str, **more: str) -> list[str]:
    return said(check, {**SHOP, **more, "README.md": text})


def python(code: str, label: str = "python") -> str:
    return f"# A\n\n```{label}\n{code}\n```\n"


def test_names_that_a_module_has_not() -> None:
    assert of(python("from shop.basket import total, tally\nimport shop.gone")) == [
        "README.md:4: the example takes `tally` from `shop.basket`, which has no such name",
        "README.md:5: the example takes `gone` from `shop`, which has no such name",
    ]
    assert of(python(">>> import shop\n>>> shop.totl()\n3", "pycon")) == [
        "README.md:5: the example takes `totl` from `shop`, which has no such name"
    ]
    assert of(python("from shop import lonely"), **{"shop/far.py": "def lonely(): ...\n"}) == [
        "README.md:4: the example takes `lonely` from `shop`, which has no such name; "
        "`shop/far.py` defines it"
    ]


@pytest.mark.parametrize(
    "code",
    [
        "from shop import total, extra, basket, __version__, ext\nfrom shop.basket import fast",
        "shop = 1\nshop.x",
        "from shop.lazy import anything\nimport shop.lazy\nshop.lazy.other",
        "from other import gone\nimport json\njson.gone",
        "import shop\nshop.basket.total()\nshop = make()\nshop.whatever",
        "from shop import MyPlugin  # your own",
        "# before\nfrom shop import removed_name",
        "from shop._version import version",
    ],
)
def test_names_that_may_be_there(code: str) -> None:
    assert of(python(code)) == []


def test_code_that_does_not_parse() -> None:
    assert of(python("def total()\n    return 1")) == [
        "README.md:4: the example is labelled python and does not parse: expected ':'"
    ]
    assert of(python('{\n  "a": 1,\n}', "json")) == [
        "README.md:6: the example is labelled json and is none: "
        "expecting property name enclosed in double quotes"
    ]
    assert len(of(python("a: 1\nb: 'x\nc: 2\n", "yaml"))) == 1
    assert len(of(python("[a]\nb = 1\nc: 2\n", "toml"))) == 1


@pytest.mark.parametrize(
    ("label", "code"),
    [
        ("python", "'SCOPES': {\n    'read': 'Read',\n    ...\n},"),
        ("python", "some.only(First [, Second ...])"),
        ("python", "Parcel().price: float\nParcel().all(): list"),
        ("python", "def total(a, b) -> int"),
        ("python", "@decorated(1)"),
        ("python", "routes = [\n    ...\n    Route(1)\n]"),
        ("python", "total(<amount>)"),
        ("python", "$ pip install shop"),
        ("python", "type Price = int"),
        ("python", "GET /a HTTP/1.1\nHost: b"),
        ("python", "total(1)\n  -> 2…"),
        ("sh", "def total()"),
        ("json", '"a": 1'),
        ("json", '{"a": 1, ...}'),
        ("json", '{"a": 1} // b'),
        ("yaml", "a: {{ b }}"),
        ("toml", "a = 1\na = 2"),
        ("ini", "{"),
    ],
)
def test_parts_and_other_languages_are_none_of_it(label: str, code: str) -> None:
    assert of(python(code, label)) == []


def test_words_after_an_example_may_say_that_it_is_wrong() -> None:
    wrong = python('{"a": [1, 2,]}', "json")
    assert len(of(wrong)) == 1
    assert of(f"{wrong}\n\nThis will fail.\n") == []
    assert of(wrong.replace("# A", "# A\n\nAn invalid file:")) == []


def test_a_language_of_the_projects_own_is_not_python() -> None:
    wrong = [python(f"x = 1\nfor line in !(ls {n}): y(line)\nz = 2") for n in range(8)]
    assert len(of("\n".join(wrong[:3]))) == 3
    assert of("\n".join(wrong)) == []
