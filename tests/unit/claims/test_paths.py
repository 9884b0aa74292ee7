"""Paths that went away are found, in words and in drawings; what was never there may be an example."""

from __future__ import annotations

import subprocess
from pathlib import Path

from octad.claims.paths import check
from octad.claims.tree import read_tree
from tests.unit.claims.projects import said

DRAWING = """\
```
.
├── src/
│   ├── sale.py
│   ├── rate.py
│   ├── never.py
│   └── tax.py
├── docs/usage.md
├── data.db            # created by the first run
└── ci
    └── all.sh
```
"""


def once(folder: Path, text: str) -> list[tuple[int, str]]:
    """What is said of a text in a project that has lost files since: the lines, and the messages."""

    def git(*arguments: str) -> None:
        who = ("-c", "user.name=a", "-c", "user.email=a@b.c")
        subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)

    for name in ("src/old.py", "src/rate.py", "src/sale.py", "src/tax.py", "docs/usage.md", "ci/all.sh"):
        (folder / name).parent.mkdir(exist_ok=True, parents=True)
        (folder / name).write_text("x\n")
    (folder / "README.md").write_text(text)
    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "a")
    assert list(check(read_tree(str(folder)))) == []
    git("rm", "-q", "src/old.py", "src/rate.py")
    git("commit", "-qm", "b")
    found = list(check(read_tree(str(folder))))
    return [(one.anchor.line, one.message.partition(" with ")[0]) for one in found]


def test_a_file_that_went_away_is_told_once(tmp_path: Path) -> None:
    text = "The rules are in `src/old.py` and `src/never.py`.\n\nOf `src/old.py` again, and `src/sale.py`.\n"
    assert once(tmp_path, text) == [(1, "the text names `src/old.py`: the file went away")]


def test_what_is_said_to_be_gone_or_to_be_made_is_not_claimed(tmp_path: Path) -> None:
    text = "There is no `src/old.py`.\n\nCreate `src/old.py`.\n\nIt was in `src/old.py`.\n\n`other/old.py`\n"
    assert once(tmp_path, text) == []


def test_a_drawing_of_the_project(tmp_path: Path) -> None:
    assert once(tmp_path, DRAWING) == [(5, "the text names `src/rate.py`: the file went away")]


def test_a_drawing_of_something_else(tmp_path: Path) -> None:
    assert once(tmp_path, DRAWING.replace("sale.py", "a.py").replace("all.sh", "c.sh")) == []


def test_without_a_history_nothing_is_said() -> None:
    assert said(check, {"src/a.py": "", "README.md": "In `src/old.py`.\n"}) == []
