"""A sweep of a project's documentation: which project, which files, now or at both ends of a change."""

from __future__ import annotations

from pathlib import Path

import pytest

from octad.claims import sweep
from octad.claims.sweep import swept
from octad.claims.tree import Tree
from octad.errors import InputError, RepositoryError
from octad.records.report import Anchor, Evidence, Finding, Repair
from octad.records.sweep import Sweep
from tests.past import Past

OLD = """
def pay(price):
    'Pay the price.'
    return price


def give():
    'Give.'
    return 1
"""
NEW = OLD.replace("return price", "return round(price, 2)").replace("return 1", "return 1  # one")


def asked(*paths: str, diff: str = "") -> Sweep:
    return swept({"paths": tuple(map(Path, paths)), "diff": diff, "run": False})


def every_document(tree: Tree) -> list[Finding]:
    found = []
    for one in tree.documents:
        anchor = Anchor(path=one.path, line=1, end_line=1, end_column=2)
        found.append(
            Finding(
                rule="docs/link",
                level="note",
                message="m",
                probability=None,
                anchor=anchor,
                evidence=(Evidence(anchor=anchor, text="", weight=1),),
                repairs=(Repair(anchor=anchor, replacement="", description="d"),),
            )
        )
    return found


@pytest.fixture
def past(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Past:
    monkeypatch.setattr(sweep, "CHECKS", {"documents": lambda tree: iter(every_document(tree))})
    made = Past(tmp_path / "project")
    made.commit(
        "one", {"README.md": "# Shop\n", "docs/a.md": "A.\n", "src/shop.py": OLD, "src/x.js": "f()\n"}
    )
    made.commit("two", {"src/shop.py": NEW, "docs/b.md": "B.\n", "docs/a.md": None}, day=1)
    monkeypatch.chdir(made.root)
    return made


def test_a_whole_project_and_what_of_it_is_asked_about(past: Past, monkeypatch: pytest.MonkeyPatch) -> None:
    assert [one.anchor.path for one in asked().findings] == ["README.md", "docs/b.md"]
    assert [one.anchor.path for one in asked("docs").findings] == ["docs/b.md"]
    assert [one.anchor.path for one in asked("README.md", "src").findings] == ["README.md"]
    assert {one.path for one in asked("src").codes} == {"src/shop.py", "src/x.js"}
    monkeypatch.chdir(past.root / "docs")
    (found,) = asked().findings
    assert found.anchor.path == found.evidence[0].anchor.path == found.repairs[0].anchor.path == "b.md"
    assert [one.anchor.path for one in asked("..").findings] == ["../README.md", "b.md"]


def test_without_a_repository_the_folder_is_the_project(
    past: Past, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = tmp_path / "alone"
    alone.mkdir()
    (alone / "README.md").write_text("# Alone\n")
    monkeypatch.chdir(alone)
    assert [one.anchor.path for one in asked().findings] == ["README.md"]
    with pytest.raises(InputError, match=r"no such file or folder: gone\.md"):
        asked("gone.md")
    with pytest.raises(RepositoryError):
        asked(diff="HEAD")


def test_where_nothing_can_be_read_silence_is_no_praise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match="no documents and no code to read; name"):
        asked()
    (tmp_path / "README.md").write_text("word " * 500_000)
    with pytest.raises(InputError, match=r"to read: README\.md: larger than"):
        asked()


@pytest.mark.parametrize("diff", ["HEAD~1", "HEAD~1..HEAD"])
def test_a_docstring_that_stayed_while_its_code_changed_is_a_case(past: Past, diff: str) -> None:
    (case,) = asked(diff=diff).cases
    assert case["text"].text == "Pay the price."
    assert (case["before"].text, case["after"].text) == (
        "def pay(price):\n    return price\n",
        "def pay(price):\n    return round(price, 2)\n",
    )
    assert (case["place"].path, case["place"].line) == ("src/shop.py", 3)
    assert asked("docs", diff=diff).cases == ()


def test_the_later_end_of_a_range_is_judged(past: Past) -> None:
    (past.root / "docs/b.md").unlink()
    assert [one.anchor.path for one in asked(diff="HEAD~1..HEAD~1").findings] == ["README.md", "docs/a.md"]
    assert [one.anchor.path for one in asked(diff="HEAD~1").findings] == ["README.md"]
    with pytest.raises(RepositoryError, match="unknown revision"):
        asked(diff="nowhere")


def test_what_no_parser_survives_is_no_case(past: Past) -> None:
    deep = f'def f():\n    """Deep."""\n    return {"+".join(["1"] * 5_000)}\n'
    past.commit("deep", {"src/shop.py": deep, "src/bad.py": "def f(:\n"}, day=2)
    (past.root / "src/shop.py").write_text(deep.replace("return 1", "return 2"))
    (past.root / "src/bad.py").write_text('def f():\n    """F."""\n    return 1\n')
    assert asked(diff="HEAD").cases == ()
