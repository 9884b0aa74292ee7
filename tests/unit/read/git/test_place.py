from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from octad.errors import RepositoryError
from octad.read.code.git import Repository, read_revision
from octad.read.git.sealed import Sealed
from octad.read.history.log import read_log
from tests.past import Past


@pytest.fixture
def past(tmp_path: Path) -> Past:
    past = Past(tmp_path / "in")
    past.commit("one", {"a.py": "x = 1\n", "lib/b.py": "y = 1\n"})
    return past


def changed(folder: Path, revision: str = "HEAD") -> list[str]:
    return [code.path for code in read_revision(revision, folder).codes]


def refused(folder: Path, said: str) -> None:
    with pytest.raises(RepositoryError, match=said) as caught:
        read_revision("HEAD", folder)
    assert "\n" not in str(caught.value) and caught.value.hint


def test_a_work_tree_that_is_elsewhere(past: Past, tmp_path: Path) -> None:
    (tmp_path / "secret").mkdir()
    for place in (tmp_path, tmp_path / "secret", past.root / "lib"):
        past.git("config", "core.worktree", str(place))
        refused(past.root, "the work tree of this repository is elsewhere")
    past.git("config", "core.worktree", "..")
    (past.root / "a.py").write_text("x = 2\n")
    assert changed(past.root / "lib") == ["../a.py"]


@pytest.mark.parametrize("how", ["file", "link"])
def test_a_repository_of_another_folder(past: Past, tmp_path: Path, how: str) -> None:
    out = tmp_path / "out"
    out.mkdir()
    if how == "file":
        (out / ".git").write_text(f"gitdir: {past.root / '.git'}\n")
    else:
        (out / ".git").symlink_to(past.root / ".git")
    refused(out, "leads to .*, which does not know this folder")


@pytest.mark.parametrize("part", ["objects", "refs", "config"])
def test_parts_of_another_repository(past: Past, tmp_path: Path, part: str) -> None:
    out = Past(tmp_path / "out")
    os.rename(out.root / ".git" / part, tmp_path / part)
    (out.root / ".git" / part).symlink_to(past.root / ".git" / part)
    refused(out.root, "leads out of its repository")


def test_what_is_shared_with_another_repository(past: Past, tmp_path: Path) -> None:
    out = Past(tmp_path / "out")
    (out.root / ".git" / "commondir").write_text(str(past.root / ".git"))
    refused(out.root, "leads out of its repository")


def test_a_linked_work_tree(past: Past, tmp_path: Path) -> None:
    past.git("worktree", "add", "--quiet", "-b", "side", str(tmp_path / "side"))
    (tmp_path / "side" / "a.py").write_text("x = 2\n")
    (past.root / ".git" / "info" / "exclude").write_text("ignored.py\n")
    for name in ("new.py", "ignored.py"):
        (tmp_path / "side" / name).write_text("n = 1\n")
    assert changed(tmp_path / "side") == ["a.py", "new.py"]
    assert changed(tmp_path / "side" / "lib", "main") == ["../a.py", "../new.py"]
    (tmp_path / "other").mkdir()
    os.rename(tmp_path / "side" / ".git", tmp_path / "other" / ".git")
    refused(tmp_path / "other", "does not know this folder")


def test_a_submodule(past: Past, tmp_path: Path) -> None:
    above = Past(tmp_path / "above")
    above.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(past.root), "sub")
    above.commit("with it", {"top.py": "t = 1\n"})
    (above.root / "sub" / "a.py").write_text("x = 2\n")
    (above.root / "sub" / "new.py").write_text("n = 1\n")
    assert changed(above.root) == []
    assert changed(above.root / "sub") == ["a.py", "new.py"]


def test_a_bare_repository_has_a_past_and_no_files(past: Past, tmp_path: Path) -> None:
    past.git("clone", "--quiet", "--bare", str(past.root), str(tmp_path / "bare"))
    refused(tmp_path / "bare", "must be run in a work tree")
    refused(past.root / ".git", "must be run in a work tree")
    assert [one.message for one in read_log(tmp_path / "bare")] == ["one"]
    past.git("config", "core.bare", "true")
    refused(past.root, "must be run in a work tree")


def test_what_is_somebody_elses(past: Past, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "mine"))
    monkeypatch.delenv("SUDO_UID", raising=False)
    mine = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: mine + 1)
    refused(past.root, "belongs to another user")
    (tmp_path / "mine").write_text(f"[safe]\n\tdirectory = {past.root}\n")
    assert changed(past.root) == []
    past.git("config", "safe.directory", "*")
    (tmp_path / "mine").write_text("[safe]\n\tdirectory = /elsewhere\n")
    refused(past.root, "belongs to another user")


@pytest.mark.parametrize("content", ["", "gitdir: nowhere", "gitdir: \0", "\xff" * 9, "gitdir: ."])
def test_a_pointer_to_nothing(tmp_path: Path, content: str) -> None:
    (tmp_path / ".git").write_text(content)
    refused(tmp_path, "names no repository")


def test_a_pipe_among_its_files(past: Past) -> None:
    """None is waited for: it is no name of a commit, no setting and no index."""
    for name in ("refs/heads/pipe", "ORIG_HEAD", "shallow", "info/attributes", "packed-refs"):
        os.mkfifo(past.root / ".git" / name)
    os.mkfifo(past.root / ".gitattributes")
    os.mkfifo(past.root / "pipe.py")
    (past.root / "a.py").write_text("x = 2\n")
    assert changed(past.root) == ["a.py"]


def test_names_of_commits(past: Past) -> None:
    """In files and in lists, of other names, of the past, and of the branch that another follows."""
    first = past.git("rev-parse", "HEAD")
    past.git("tag", "-a", "-m", "t", "v1")
    past.git("pack-refs", "--all")
    second = past.commit("two", {"a.py": "x = 2\n"}, day=1)
    past.git("update-ref", "refs/remotes/origin/main", first)
    past.git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main")
    for name, value in {
        "remote.origin.url": "nowhere", "remote.origin.fetch": "+refs/heads/*:refs/remotes/origin/*",
        "branch.main.remote": "origin", "branch.main.merge": "refs/heads/main",
    }.items():  # fmt: skip
        past.git("config", name, value)
    repository = Repository(past.root)
    for name in ("v1", "origin", "origin/main", "HEAD~1", "main@{1}", "@{u}", "main^{/one}", first[:8]):
        assert repository.commit(name, name) == first, name
    assert {repository.commit(name, name) for name in ("main", "HEAD", "@", second[:9])} == {second}


def test_replaced_objects_are_not_believed(past: Past) -> None:
    old = past.git("rev-parse", "HEAD")
    new = past.commit("two", {"a.py": "x = 2\n"}, day=1)
    past.git("replace", new, old)
    assert [one.message for one in read_log(past.root)] == ["one", "two"]


def test_our_folder_goes_with_the_object(past: Past) -> None:
    repository = Sealed(past.root)
    home = Path(repository.home)
    assert (home / "git" / "config").exists() and home.stat().st_mode & 0o77 == 0
    del repository
    assert not home.exists()


def test_a_repository_of_a_later_format(past: Past) -> None:
    past.git("config", "core.repositoryformatversion", "1")
    past.git("config", "extensions.unheard", "true")
    with pytest.raises(RepositoryError, match="unknown repository extension"):
        read_log(past.root)
    assert subprocess.run(["git", "log"], cwd=past.root, capture_output=True, check=False).returncode != 0
