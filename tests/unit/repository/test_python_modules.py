from __future__ import annotations

import pytest

from octad.records.repo import Repo
from tests.unit.repository.made import edges, repo_of

SHOP = {
    "shop/__init__.py": "",
    "shop/price.py": "TAX = 1\n",
    "shop/sub/__init__.py": "",
    "shop/sub/deep.py": "x = 1\n",
}


def targets(statement: str, path: str = "shop/cart.py", **more: str) -> list[str]:
    repo = repo_of({**SHOP, **more, path: statement + "\n"})
    return [one.target for one in repo.imports if one.source == path]


@pytest.mark.parametrize(
    ("statement", "target"),
    [
        ("import shop.price", "shop/price.py"),
        ("import shop.price as p", "shop/price.py"),
        ("from shop import price", "shop/price.py"),
        ("from shop.price import TAX", "shop/price.py"),
        ("from . import price", "shop/price.py"),
        ("from .price import TAX as T", "shop/price.py"),
        ("from .sub import deep", "shop/sub/deep.py"),
        ("from .price import *", "shop/price.py"),
        ("from . import nothing", "shop/__init__.py"),
        ("from shop.sub.deep import (\n    x,\n)", "shop/sub/deep.py"),
        ("import importlib\nimportlib.import_module('shop.price')", "shop/price.py"),
        ("__import__('shop.price')", "shop/price.py"),
    ],
)
def test_every_form_finds_its_file(statement: str, target: str) -> None:
    assert targets(statement) == [target]


def test_up_from_a_folder_below() -> None:
    assert (
        targets("from ..price import TAX\nfrom .. import price", "shop/sub/other.py") == ["shop/price.py"] * 2
    )


def test_src_layout_and_tests_beside_it() -> None:
    repo = repo_of(
        {"src/shop/__init__.py": "", "src/shop/a.py": "x = 1\n", "tests/test_a.py": "from shop.a import x\n"}
    )
    assert edges(repo) == {("tests/test_a.py", "src/shop/a.py")}
    assert [module.name for module in repo.modules] == ["shop", "shop.a", "tests.test_a"]


def test_namespace_packages() -> None:
    files = {
        "ns/one/a.py": "from ns.two import b\n",
        "ns/two/b.py": "from ..one import a\nimport ns.one.a as c\n",
    }
    assert edges(repo_of(files)) == {("ns/one/a.py", "ns/two/b.py"), ("ns/two/b.py", "ns/one/a.py")}


def test_a_folder_of_the_same_name_is_not_a_package_from_elsewhere() -> None:
    repo = repo_of({"tests/yaml/test_x.py": "x = 1\n", "tests/test_y.py": "import yaml\n"})
    assert [(one.name, one.reason) for one in repo.unresolved] == [("yaml", "external")]


def test_the_standard_library_is_not_a_file_far_away() -> None:
    repo = repo_of({"tools/json/__init__.py": "", "app/main.py": "import json\n"})
    assert repo.imports == () and repo.unresolved[0].reason == "standard library"


def test_a_script_sees_what_lies_beside_it() -> None:
    assert edges(repo_of({"bin/run.py": "import helper\n", "bin/helper.py": "x = 1\n"})) == {
        ("bin/run.py", "bin/helper.py")
    }


def reasons(repo: Repo) -> dict[str, str]:
    return {one.name: one.reason for one in repo.unresolved}


def test_what_is_not_there_has_a_reason() -> None:
    text = """\
    import os.path, numpy
    from .gone import x
    import shop.gone
    import importlib
    importlib.import_module(f"shop.{name}")
    from .... import above
    """
    found = reasons(repo_of({**SHOP, "shop/cart.py": text}))
    assert found == {
        "os.path": "standard library",
        "importlib": "standard library",
        "numpy": "external",
        ".gone.x": "missing",
        "shop.gone": "missing",
        'f"shop.{name}"': "dynamic",
        "....above": "missing",
    }


def test_marks_say_when_an_import_is_made() -> None:
    text = """\
    from typing import TYPE_CHECKING
    if TYPE_CHECKING:
        from shop import price
    else:
        import shop.sub
    try:
        import shop.sub.deep
    except ImportError:
        pass
    def f():
        from shop.price import TAX
    if __name__ == "__main__":
        from shop.sub.deep import x
    from shop.price import *
    """
    repo = repo_of({**SHOP, "shop/cart.py": text})
    assert [(one.line, *one.marks) for one in repo.imports] == [
        (3, "type-checking"), (5, "conditional"), (7, "conditional"), (11, "lazy"),
        (13, "lazy"), (14, "star"),
    ]  # fmt: skip
