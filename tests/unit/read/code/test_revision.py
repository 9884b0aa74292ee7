"""Files of a revision, read from the objects of a repository."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from octad.errors import RepositoryError
from octad.read.code.revision import api_at, texts_at
from octad.read.git.sealed import Sealed


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two commits; the work tree has a third state."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    (tmp_path / "shop").mkdir()
    run(tmp_path, "init", "--quiet", "--initial-branch=main")
    for text in ("def old(): ...\n", "def new(): ...\n"):
        (tmp_path / "shop" / "__init__.py").write_text(text)
        (tmp_path / "shop" / "data.bin").write_bytes(b"\x00\x01\x02" * 100)
        (tmp_path / "other.py").symlink_to("shop/__init__.py") if "old" in text else None
        run(tmp_path, "add", ".")
        run(tmp_path, "commit", "--quiet", "-m", "x")
    (tmp_path / "shop" / "__init__.py").write_text("def later(): ...\n")
    return tmp_path


def run(folder: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
    command = ["git", *identity, *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout.strip()


def test_the_texts_are_those_of_the_commit(repository: Path) -> None:
    git, old = Sealed(repository), run(repository, "rev-parse", "HEAD~1")
    assert texts_at(git, old, lambda path: True) == {"shop/__init__.py": "def old(): ...\n"}
    assert texts_at(git, old, lambda path: path.endswith(".md")) == {}


def test_the_interface_is_that_of_the_commit(repository: Path) -> None:
    git = Sealed(repository)
    sides = [set(api_at(git, run(repository, "rev-parse", name)).names) for name in ("HEAD~1", "HEAD")]
    assert sides == [{"shop", "shop.old"}, {"shop", "shop.new"}]


def test_a_commit_that_is_not_there_is_an_error(repository: Path) -> None:
    with pytest.raises(RepositoryError):
        api_at(Sealed(repository), "0" * 40)
