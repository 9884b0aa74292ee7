"""A project is the same wherever it lies."""

from __future__ import annotations

import subprocess
from pathlib import Path

from octad.feedback.project import project_of


def git(folder: Path, *arguments: str) -> None:
    names = ["-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "init.defaultBranch=main"]
    subprocess.run(["git", "-C", str(folder), *names, *arguments], check=True, capture_output=True)


def commit(folder: Path, text: str) -> None:
    (folder / "a.py").write_text(text)
    git(folder, "add", "a.py")
    git(folder, "commit", "-q", "-m", text)


def test_a_clone_elsewhere_is_the_same_project_and_another_repository_is_not(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        git(tmp_path / name, "init", "-q")
        commit(tmp_path / name, name)
    commit(tmp_path / "one", "later")
    git(tmp_path, "clone", "-q", "one", "copy")
    (tmp_path / "copy" / "sub").mkdir()
    first = project_of(tmp_path / "one")
    assert first == project_of(tmp_path / "copy") == project_of(tmp_path / "copy" / "sub")
    assert first != project_of(tmp_path / "two")


def test_without_a_first_commit_the_name_of_the_folder_says_it(tmp_path: Path) -> None:
    for path in ("a/shop/sub", "b/shop"):
        (tmp_path / path).mkdir(parents=True)
        (tmp_path / path.removesuffix("/sub") / "pyproject.toml").write_text("")
    name = project_of(tmp_path / "a" / "shop")
    assert name == project_of(tmp_path / "b" / "shop") == project_of(tmp_path / "a" / "shop" / "sub")
    (tmp_path / "empty" / "shop").mkdir(parents=True)
    git(tmp_path / "empty" / "shop", "init", "-q")
    assert project_of(tmp_path / "empty" / "shop") == name
    (tmp_path / "full").mkdir()
    git(tmp_path / "full", "init", "-q")
    commit(tmp_path / "full", "one")
    commit(tmp_path / "full", "two")
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{tmp_path}/full", "cut/shop")
    assert project_of(tmp_path / "cut" / "shop") == name


def test_a_history_that_is_merged_later_changes_nothing(tmp_path: Path) -> None:
    """Of two beginnings the older is the merged one's, and the last that git lists."""
    folder = tmp_path / "shop"
    folder.mkdir()
    git(folder, "init", "-q")
    git(folder, "commit", "-q", "--allow-empty", "--date", "2001-01-01T00:00:00Z", "-m", "other")
    git(folder, "branch", "other")
    git(folder, "checkout", "-q", "--orphan", "own")
    commit(folder, "own")
    before = project_of(folder)
    git(folder, "merge", "-q", "--allow-unrelated-histories", "-m", "both", "other")
    assert project_of(folder) == before
