"""A tree holds what git does not ignore, its documents and its code, and says what it left out."""

from __future__ import annotations

from pathlib import Path

from octad.budget import Budget, running
from octad.claims.code_blocks import check as check_code
from octad.claims.links import check as check_links
from octad.claims.paths import check as check_paths
from octad.claims.tree import FOREIGN, Tree, fact, read_tree
from tests.unit.claims.projects import project

GERMAN = "Die Einstellungen sind in der Datei und werden mit dem Programm für die Nutzer nicht geändert. " * 4


def test_files_documents_and_code(tmp_path: Path) -> None:
    for name, text in {
        "README.md": "# A\n", "src/a.py": "x = 1\n", ".github/ci.yml": "a: 1\n", "build/b.md": "# B\n",
        ".gitignore": "build/\n*.log\n", "x.log": "", "node_modules/y/README.md": "# C\n",
        "liesmich.md": GERMAN,
    }.items():  # fmt: skip
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    (tmp_path / "big.md").write_bytes(b"a b\n" * 2_500_000)
    (tmp_path / "link").symlink_to("/")
    tree = read_tree(str(tmp_path))
    assert tree.files == (
        ".gitignore",
        "README.md",
        "big.md",
        "liesmich.md",
        "link",
        ".github/ci.yml",
        "src/a.py",
    )
    assert [one.path for one in tree.documents] == ["README.md", "liesmich.md"]
    assert [one.path for one in tree.codes] == ["src/a.py"]
    assert {one.path: one.reason for one in tree.skipped} == {
        "big.md": "larger than 2,000,000 bytes", "liesmich.md": FOREIGN,
    }  # fmt: skip
    assert tree.folders == {"", ".github", "src"}
    assert tree.text(".github/ci.yml") == "a: 1\n"
    assert tree.text("gone") is None and tree.text("link") is None
    assert tree.ignores("build/gone.md") and tree.ignores("src/z.log") and not tree.ignores("src/z.py")


def test_a_fact_is_found_out_once() -> None:
    asked: list[Tree] = []

    @fact
    def count(tree: Tree) -> int:
        asked.append(tree)
        return len(tree.files)

    one, other = project({"a": ""}), project({})
    assert [count(one), count(one), count(other)] == [1, 1, 0]
    assert asked == [one, other]


def test_nothing_is_read_without_time(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("[a](gone.md)\n")
    budget = Budget(1, clock=iter((0.0, *[9.0] * 100)).__next__)
    with running(budget):
        tree = read_tree(str(tmp_path))
        assert [one.reason for one in tree.skipped] == ["not looked at: the deadline of 1 s was reached"]
        assert list(check_links(tree)) == []


def test_hostile_documents_are_no_error() -> None:
    texts = {
        "a.md": "[" * 50_000
        + "\n```python\n"
        + "(" * 5_000
        + "\n```\n```json\n"
        + "[" * 5_000
        + "]" * 5_000
        + "\n```\n",
        "b.rst": "+-" * 20_000 + "\n\n" + "`" * 9_000 + "\n\n" + ".. note::\n\n" * 500,
        "c.md": "```yaml\n" + "- " * 3_000 + "\n```\n<a href='" + "../" * 4_000 + "x.md'>\n",
        "d.1": "\\f" * 5_000,
        "e.md": "├── a\n" * 2_000 + "```\n" + "│   " * 500 + "├── a\n```\n",
        "src/f.py": "def (",
        "p/__init__.py": "from . import *\nfrom p import *\n",
        "g.md": "```python\nfrom p import x\nimport p.q.r.s\nfrom src.f import y\n```\n",
    }
    tree = project(texts)
    for check in (check_links, check_paths, check_code):
        assert isinstance(list(check(tree)), list)
