from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from octad.errors import RepositoryError
from octad.read.code.git import read_revision
from octad.read.code.intake import Intake
from octad.read.git import command

Git = Callable[..., str]


@pytest.fixture
def git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Git:
    """git in a new repository whose configuration would break a careless reader."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")

    def run(*arguments: str) -> str:
        identity = ("-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
        done = subprocess.run(
            ["git", *identity, *arguments], cwd=tmp_path, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    run("init", "--quiet", "--initial-branch=main")
    settings = {
        "diff.noprefix": "true", "diff.external": "false", "diff.renames": "false", "color.ui": "always",
        "core.quotepath": "true", "core.pager": "false", "diff.relative": "true", "diff.context": "9",
    }  # fmt: skip
    for name, value in settings.items():
        run("config", name, value)
    return run


def lines(*numbers: int) -> str:
    return "".join(f"x{number} = {number}\n" for number in numbers)


def commit(git: Git, root: Path, message: str = "m", **files: str | None) -> str:
    for name, content in files.items():
        path = root / f"{name}.py"
        if content is None:
            path.unlink()
        else:
            path.write_text(content)
    git("add", "-A")
    git("commit", "--quiet", "--no-verify", "-m", message)
    return git("rev-parse", "HEAD")


def changed(intake: Intake) -> dict[str, list[tuple[int, int]]]:
    return {code.path: [(one.first, one.last) for one in code.changed or ()] for code in intake.codes}


def test_working_tree_against_a_revision(git: Git, tmp_path: Path) -> None:
    commit(git, tmp_path, a=lines(*range(1, 10)), b=lines(1), gone=lines(5))
    (tmp_path / "a.py").write_text(lines(1, 2, 33, 4, 5, 6, 7, 8, 9, 10))
    (tmp_path / "gone.py").unlink()
    (tmp_path / "staged.py").write_text(lines(1, 2))
    (tmp_path / "untracked.py").write_text(lines(1))
    (tmp_path / "notes.txt").write_text("text\n")
    git("add", "staged.py", "notes.txt")
    intake = read_revision("HEAD", tmp_path)
    assert changed(intake) == {"a.py": [(3, 3), (10, 10)], "staged.py": [(1, 2)], "untracked.py": [(1, 1)]}
    assert intake.codes[0].text == (tmp_path / "a.py").read_text()
    assert intake.change is not None
    sides = [
        (file.before and file.before.path, file.after and file.after.path) for file in intake.change.files
    ]
    assert sides == [("a.py", "a.py"), ("gone.py", None), (None, "staged.py"), (None, "untracked.py")]
    assert intake.change.revision == "HEAD"
    assert intake.skipped == ()


def test_nothing_changed_is_empty(git: Git, tmp_path: Path) -> None:
    commit(git, tmp_path, a=lines(1))
    (tmp_path / "a.py").touch()
    intake = read_revision("HEAD", tmp_path)
    assert (intake.codes, intake.skipped) == ((), ())


def test_ranges_read_the_newer_version(git: Git, tmp_path: Path) -> None:
    first = commit(git, tmp_path, a=lines(1, 2, 3))
    git("checkout", "--quiet", "-b", "side")
    commit(git, tmp_path, a=lines(1, 22, 3))
    git("checkout", "--quiet", "main")
    commit(git, tmp_path, b=lines(1))
    (tmp_path / "a.py").write_text("dirty = 1\n")
    assert changed(read_revision(f"{first}..side", tmp_path)) == {"a.py": [(2, 2)]}
    two, three = read_revision("main..side", tmp_path), read_revision("main...side", tmp_path)
    assert changed(two) == changed(three) == {"a.py": [(2, 2)]}
    assert two.codes[0].text == lines(1, 22, 3)
    assert two.change is not None and three.change is not None
    assert (len(two.change.files), len(three.change.files)) == (2, 1)
    assert changed(read_revision(f"{first}..", tmp_path)) == {"b.py": [(1, 1)]}


def test_rename_keeps_only_its_changed_lines(git: Git, tmp_path: Path) -> None:
    commit(git, tmp_path, old=lines(*range(20)), same=lines(*range(50, 70)))
    git("mv", "same.py", "moved.py")
    commit(git, tmp_path, old=None, new=lines(*range(10), 99, *range(11, 20)))
    intake = read_revision("HEAD~1..HEAD", tmp_path)
    assert changed(intake) == {"new.py": [(11, 11)]}
    assert intake.change is not None
    pairs = {file.after.path: file.before.path for file in intake.change.files if file.after and file.before}
    assert pairs == {"new.py": "old.py", "moved.py": "same.py"}


def test_lines_taken_away_mark_the_line_after_them(git: Git, tmp_path: Path) -> None:
    commit(git, tmp_path, a=lines(*range(1, 10)), end=lines(1, 2, 3))
    commit(git, tmp_path, a=lines(1, 2, 5, 6, 7, 8, 9), end=lines(1, 2))
    assert changed(read_revision("HEAD~1..HEAD", tmp_path)) == {"a.py": [(3, 3)], "end.py": [(2, 2)]}


def test_content_that_looks_like_a_diff(git: Git, tmp_path: Path) -> None:
    commit(git, tmp_path, a="x\n-- old\ny\n")
    commit(git, tmp_path, a="x\n++ b/evil.py\n@@ -1 +7,9 @@\ndiff --git a/q.py b/q.py\ny\nz")
    assert changed(read_revision("HEAD~1..HEAD", tmp_path)) == {"a.py": [(2, 4), (6, 6)]}


def test_odd_names_and_subfolders(git: Git, tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    commit(git, tmp_path, a=lines(1))
    names = ["a b", "ü", 'quo"te', "tab\there", "new\nline", "sub/deep", "x b/y".replace("/", "-"), "-p"]
    commit(git, tmp_path, **{name: lines(1) for name in names})
    assert set(changed(read_revision("HEAD~1", tmp_path))) == {f"{name}.py" for name in names}
    below = changed(read_revision("HEAD~1", tmp_path / "sub"))
    assert {"deep.py", "../a b.py"} <= set(below)


def test_utf16_is_not_taken_for_binary(git: Git, tmp_path: Path) -> None:
    (tmp_path / "w.py").write_bytes("a = 1\nb = 2\n".encode("utf-16"))
    commit(git, tmp_path, a=lines(1))
    (tmp_path / "w.py").write_bytes("a = 1\nb = 3\n".encode("utf-16"))
    assert changed(read_revision("HEAD", tmp_path)) == {"w.py": [(2, 2)]}


def test_what_cannot_be_read_is_skipped_and_the_rest_is_not(git: Git, tmp_path: Path) -> None:
    commit(git, tmp_path, a=lines(1))
    (tmp_path / "link.py").symlink_to("a.py")
    (tmp_path / "binary.py").write_bytes(b"\x7fELF\0\0")
    commit(git, tmp_path, a=lines(1, 2), big=lines(*range(200)), empty="")
    for revision in ("HEAD~1", "HEAD~1..HEAD"):
        intake = read_revision(revision, tmp_path, limit=1_000)
        assert changed(intake) == {"a.py": [(2, 2)]}
        assert sorted(one.path for one in intake.skipped) == ["big.py", "binary.py", "empty.py", "link.py"]


def test_languages_select(git: Git, tmp_path: Path) -> None:
    commit(git, tmp_path, a=lines(1))
    (tmp_path / "x.js").write_text("let x = 1;\n")
    commit(git, tmp_path, a=lines(1, 2))
    assert changed(read_revision("HEAD~1", tmp_path, {"javascript"})) == {"x.js": [(1, 1)]}


def test_conflicts_are_skipped(git: Git, tmp_path: Path) -> None:
    commit(git, tmp_path, a=lines(1))
    git("checkout", "--quiet", "-b", "side")
    commit(git, tmp_path, a=lines(2))
    git("checkout", "--quiet", "main")
    commit(git, tmp_path, a=lines(3))
    with pytest.raises(subprocess.CalledProcessError):
        git("merge", "side")
    intake = read_revision("HEAD", tmp_path)
    assert len(intake.codes) + len(intake.skipped) == 1


@pytest.mark.parametrize(
    "revision", ["nope", "HEAD..nope", "-p", "--output=x", "", "  ", "a\nb", "HEAD:a.py"]
)
def test_unknown_revision_is_one_clear_line(git: Git, tmp_path: Path, revision: str) -> None:
    commit(git, tmp_path, a=lines(1))
    with pytest.raises(RepositoryError) as caught:
        read_revision(revision, tmp_path)
    assert caught.value.message == f"unknown revision {revision!r}"
    assert "\n" not in str(caught.value)
    assert caught.value.hint


def test_repository_without_commits(git: Git, tmp_path: Path) -> None:
    with pytest.raises(RepositoryError, match="unknown revision 'HEAD'"):
        read_revision("HEAD", tmp_path)


def test_no_common_history(git: Git, tmp_path: Path) -> None:
    commit(git, tmp_path, a=lines(1))
    git("checkout", "--quiet", "--orphan", "island")
    commit(git, tmp_path, a=lines(2))
    with pytest.raises(RepositoryError, match="no common history"):
        read_revision("main...island", tmp_path)


def test_no_repository_and_no_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    with pytest.raises(RepositoryError, match="no git repository here"):
        read_revision("HEAD", tmp_path)
    with pytest.raises(RepositoryError, match="folder does not exist"):
        read_revision("HEAD", tmp_path / "nope")


def test_without_git(git: Git, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(RepositoryError, match="git is not installed"):
        read_revision("HEAD", tmp_path)


def test_git_that_hangs(git: Git, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "git").write_text("#!/bin/sh\nexec sleep 9\n")
    (tmp_path / "git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setattr(command, "TIMEOUT_S", 0.05)
    with pytest.raises(RepositoryError, match="no answer"):
        read_revision("HEAD", tmp_path)


@pytest.mark.parametrize("name", ["f", "a=b", "a.b c", 'quoted"name'])
@pytest.mark.parametrize("setting", ["clean", "process", "smudge"])
def test_no_filter_of_a_repository_is_run(git: Git, tmp_path: Path, name: str, setting: str) -> None:
    """Its command would run on every changed file, whoever looks at the change."""
    commit(git, tmp_path, a=lines(1, 2))
    (tmp_path / ".gitattributes").write_text(
        f'*.py "filter={name}"\n' if " " in name else f"*.py filter={name}\n"
    )
    git("config", f"filter.{name}.{setting}", f"touch {tmp_path / 'beacon'}; cat")
    git("config", f"filter.{name}.required", "true")
    (tmp_path / "a.py").write_text(lines(1, 3))
    assert changed(read_revision("HEAD", cwd=str(tmp_path))) == {"a.py": [(2, 2)]}
    assert not (tmp_path / "beacon").exists()
