import logging
from pathlib import Path

import pytest

from octad.errors import InputError
from octad_train.data.code.archives import archives
from octad_train.data.code.corpus import Pin, build, extract, pins
from octad_train.data.code.rows import read_rows
from tests.train.data.code.test_archives import wheel

FUNCTION = """\
def {name}(path, limit):
    rows = {name}_all(path)
    if len(rows) > limit:
        raise ValueError(path)
    return rows
"""


def text(*names: str) -> str:
    return "\n".join(FUNCTION.format(name=name) for name in names)


def test_splits_share_no_package_and_no_function(tmp_path: Path) -> None:
    wheel(tmp_path, "one", {"one/a.py": text("load", "fetch"), "one/test_a.py": text("check_load")})
    wheel(tmp_path, "two", {"two/a.py": text("load", "store")})
    wheel(tmp_path, "three", {"three/a.py": text("store")})
    packages = [
        Pin("one", "1.0", "MIT", "train"),
        Pin("two", "1.0", "MIT", "test"),
        Pin("three", "1.0", "MIT", "held-out"),
    ]
    totals = build(packages, tmp_path, tmp_path / "out", near=[text("fetch")], preset=0)
    assert totals == {
        f"{split}{kind}": int(split in ("held-out", "test") and not kind)
        for split in ("held-out", "test", "valid", "train")
        for kind in ("", "-statements")
    }
    (row,) = read_rows(tmp_path / "out" / "test.jsonl.xz")
    assert (row.package, row.path, row.first_line) == ("two", "two/a.py", 1)
    assert row.code.text == text("load").rstrip("\n")


def test_marks_and_tests_of_a_package(tmp_path: Path) -> None:
    many = text(*(f"name_{chr(97 + i)}" for i in range(7)))
    wheel(tmp_path, "one", {"one/a.py": many, "one/tests/b.py": text("x", "y", "z", "w")})
    rows = extract(archives(tmp_path)["one", "1.0"])
    assert sum(row.path == "one/tests/b.py" for row in rows) == 3
    assert sum(row.path == "one/a.py" for row in rows) == 7
    wheel(
        tmp_path,
        "two",
        {"two/a.py": "import os\n\n" + text("load").replace("ValueError(path)", "ValueError(limit == None)")},
    )
    (row,) = extract(archives(tmp_path)["two", "1.0"])
    assert row.marks == ((6, "E711"),)


def test_statements_outside_functions_are_a_split_of_their_own(tmp_path: Path) -> None:
    table = "if not limits:\n    limits = {name: 2 * size + 1 for name, size in sizes.items()}\n\n\n"
    wheel(tmp_path, "one", {"one/a.py": "import os\n\n\n" + table + text("load")})
    totals = build([Pin("one", "1.0", "MIT", "test")], tmp_path, tmp_path / "out", preset=0)
    assert (totals["test"], totals["test-statements"]) == (1, 1)
    (row,) = read_rows(tmp_path / "out" / "test-statements.jsonl.xz")
    assert row.text.endswith(table.rstrip("\n")) and row.first_line == 1


def test_a_package_without_permissive_licence_is_refused(tmp_path: Path) -> None:
    wheel(tmp_path, "one", {"one/a.py": text("load")}, licence="GPL-3.0-only")
    with pytest.raises(InputError, match="licence"):
        extract(archives(tmp_path)["one", "1.0"])


def test_a_missing_package_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"gone 2\.0"):
        build([Pin("gone", "2.0", "MIT", "train")], tmp_path, tmp_path / "out")


def test_the_pinned_list_reads_and_names_the_noise_packages() -> None:
    found = pins()
    assert len({pin.name for pin in found}) == len(found) > 100
    assert {pin.name for pin in found if pin.split == "held-out"} == {
        "attrs",
        "httpx",
        "packaging",
        "requests",
        "rich",
    }


def test_a_malformed_pin_is_shown(tmp_path: Path) -> None:
    (tmp_path / "pins.txt").write_text("# only a comment\nflask MIT train\n")
    with pytest.raises(InputError, match="flask"):
        pins(tmp_path / "pins.txt")
    assert logging.getLogger("octad_train.data.code.corpus").name
