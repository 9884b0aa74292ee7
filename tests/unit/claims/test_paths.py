"""Paths that went away or lie elsewhere are found; what was never there may be an example."""

from __future__ import annotations

import subprocess
from pathlib import Path

from octad.claims.paths import check
from octad.claims.tree import read_tree
from tests.unit.claims.projects import said

FILES = {
    name: "" for name in ("src/shop/sale.py", "src/shop/tax.py", "src/run.py", "docs/usage.md", "ci/all.sh")
}


def of(text: str) -> list[str]:
    return said(check, {**FILES, "README.md": text})


def test_a_file_that_lies_elsewhere() -> None:
    assert of("Prices are in `src/sale.py`.\n") == [
        "README.md:1: The text names `src/sale.py`: there is no such file; `src/shop/sale.py` has that name."
    ]


def test_what_may_be_meant_otherwise() -> None:
    for text in (
        "In `src/shop/sale.py` and `shop/tax.py`.", "Create `src/sale.py`.", "It was in `src/sale.py`.",
        "In `other/sale.py`.", "In `src/gone.py`.", "In `src/*/sale.py`.", "One of `src/sale`.", "`and/or`",
    ):  # fmt: skip
        assert of(text + "\n") == []


def test_a_file_that_went_away(tmp_path: Path) -> None:
    def git(*arguments: str) -> None:
        who = ("-c", "user.name=a", "-c", "user.email=a@b.c")
        subprocess.run(["git", *who, *arguments], cwd=tmp_path, check=True, capture_output=True)

    (tmp_path / "src").mkdir()
    for name in ("README.md", "src/old.py", "src/new.py"):
        (tmp_path / name).write_text("The rules are in `src/old.py` and `src/never.py`.\n")
    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "a")
    assert list(check(read_tree(str(tmp_path)))) == []
    git("rm", "-q", "src/old.py")
    git("commit", "-qm", "b")
    (found,) = check(read_tree(str(tmp_path)))
    assert found.message.startswith("The text names `src/old.py`: the file went away with ")
    assert (found.anchor.line, found.anchor.column, found.anchor.end_column) == (1, 19, 29)


DRAWING = """\
```
.
├── src/
│   ├── shop/
│   │   ├── sale.py
│   │   ├── rate.py    # gone
│   │   └── tax.py
│   └── run.py
├── docs/usage.md
├── data.db            # created by the first run
└── ci
    └── all.sh
```
"""


def test_a_drawing_of_the_project() -> None:
    assert of(DRAWING) == [
        "README.md:6: The drawing shows `src/shop/rate.py`, and there is no such file or folder."
    ]


def test_a_drawing_of_something_else() -> None:
    text = DRAWING.replace("sale.py", "a.py").replace("tax.py", "b.py").replace("all.sh", "c.sh")
    assert of(text) == []
