"""The files as they are, held against what `git diff` says of them."""

from __future__ import annotations

import os
import random
import subprocess
from pathlib import Path

import pytest

from octad.read.code.git import Repository, read_revision
from octad.read.git import blobs, work_tree
from tests.past import Past

TREE = {
    "a.py": "a = 1\nb = 2\n", "lib/b.py": "b = 1\n" * 9, "lib/c.py": "c = 1\n" * 9, "lib/d.py": "d = 1\n" * 9,
    "data/e.txt": "e\n", "data/f.bin": "\0\1\2", "run.sh": "#!/bin/sh\n", "gone/g.py": "g = 1\n",
}  # fmt: skip


@pytest.fixture(params=["sha1", "sha256"])
def past(tmp_path: Path, request: pytest.FixtureRequest) -> Past:
    past = Past(tmp_path / "repository")
    if request.param == "sha256":
        subprocess.run(["rm", "-r", str(past.root / ".git")], check=True)
        past.git("init", "--quiet", "--initial-branch=main", "--object-format=sha256")
    past.commit("one", dict(TREE))
    return past


def by_git(past: Past, *options: str) -> str:
    """What git itself says, where nothing hostile is about."""
    return past.git(
        "diff", "--no-ext-diff", "--no-textconv", "--find-renames", "--no-color", *options, "HEAD"
    )


def by_us(past: Past, *options: str) -> str:
    repository = Repository(past.root)
    ends = repository.ends(repository.resolve("HEAD"))
    output = repository.run("diff-tree", "-r", "-p", "--find-renames", *options, *ends)
    return os.fsdecode(output).replace("\r\n", "\n").replace("\r", "\n").strip()


def agrees(past: Past) -> bool:
    """Whether all that is said of files, lines and modes is the same, and of contents by their names."""
    shown = ("--unified=0", "--full-index", "--text")
    return by_us(past, *shown) == by_git(past, *shown) != ""


def test_edits_renames_deletions_links_and_modes(past: Past) -> None:
    root = past.root
    (root / "a.py").write_text("a = 1\nnew = 0\nb = 3\n")
    past.git("mv", "lib/b.py", "lib/moved.py")
    (root / "lib" / "moved.py").write_text("b = 1\n" * 8 + "b = 2\n")
    (root / "lib" / "c.py").unlink()
    past.git("rm", "--quiet", "--cached", "lib/d.py")
    (root / "data" / "e.txt").unlink()
    (root / "data" / "e.txt").symlink_to("/etc/passwd")
    (root / "data" / "f.bin").write_bytes(b"\0\2")
    (root / "run.sh").chmod(0o755)
    subprocess.run(["rm", "-r", str(root / "gone")], check=True)
    (root / "staged.py").write_text("s = 1\n")
    past.git("add", "staged.py")
    (root / "staged.py").write_text("s = 2\n")
    (root / "meant.py").write_text("m = 1\n")
    past.git("add", "-N", "meant.py")
    assert agrees(past)


@pytest.mark.parametrize("seed", range(6))
def test_edits_at_random(past: Past, seed: int) -> None:
    chance = random.Random(seed)
    for path in ("lib/b.py", "lib/c.py", "a.py"):
        lines = (past.root / path).read_text().splitlines()
        for _ in range(chance.randrange(1, 6)):
            at = chance.randrange(len(lines))
            lines[at : at + chance.randrange(2)] = chance.choices(
                ["x = 1", "b = 1", "", "\tz"], k=chance.randrange(3)
            )
            lines = lines or ["y"]
        (past.root / path).write_text("\n".join(lines) + "\n" * chance.randrange(2))
    (past.root / "run.sh").write_text("changed\n")
    assert agrees(past)


@pytest.mark.parametrize("attributes", ["", "* text=auto", "* text", "* -text", "* eol=crlf", "* crlf=input"])
@pytest.mark.parametrize("setting", ["false", "true", "input"])
def test_line_ends(tmp_path: Path, attributes: str, setting: str) -> None:
    """Stored with LF, with CRLF, both, and what looks binary, each written anew with CRLF."""
    past = Past(tmp_path)
    texts = {
        "lf": "a\nb\n",
        "crlf": "a\r\nb\r\n",
        "mixed": "a\r\nb\nc\n",
        "lone": "a\rb\n",
        "odd": "\1\2\3\n" * 9,
    }
    for name, text in texts.items():
        (past.root / f"{name}.py").write_bytes(text.encode())
    past.git("-c", "core.autocrlf=false", "add", ".")
    past.git("commit", "--quiet", "-m", "one")
    past.git("config", "core.autocrlf", setting)
    if attributes:
        (past.root / ".gitattributes").write_text(f"{attributes}\n")
    for name, text in texts.items():
        data = text.replace("\r\n", "\n").replace("\n", "\r\n") + "end\r\n"
        (past.root / f"{name}.py").write_bytes(data.encode())
    assert agrees(past)


def test_a_file_is_read_where_its_state_is_new(past: Past, monkeypatch: pytest.MonkeyPatch) -> None:
    hour_ago = 1_700_000_000
    for name in TREE:
        os.utime(past.root / name, (hour_ago, hour_ago))
    past.git("add", ".")
    past.git("update-index", "--refresh")
    read: list[str] = []
    named = blobs.Blobs.of

    def seen(self: blobs.Blobs, data: bytes) -> str:
        read.append(data.decode())
        return named(self, data)

    monkeypatch.setattr(blobs.Blobs, "of", seen)
    assert Repository(past.root).work_tree.tree and read == []
    (past.root / "a.py").write_text("a = 1\nb = 3\n")
    os.utime(past.root / "a.py", (hour_ago, hour_ago))  # of the same size and time: the ctime tells
    # Git itself may miss it within a second: most are built to compare whole ones.
    assert "+b = 3" in by_us(past) and set(read) == {"a = 1\nb = 3\n"}


def test_a_file_of_the_time_of_the_index_is_read(past: Past) -> None:
    """It may have changed after the index was written, within one tick of the clock."""
    index = past.root / ".git" / "index"
    (past.root / "a.py").write_text("a = 1\nb = 4\n")
    past.git("add", "a.py")
    state = os.stat(past.root / "a.py")
    os.utime(index, ns=(state.st_mtime_ns, state.st_mtime_ns))
    assert agrees(past)


def test_no_link_is_followed(past: Past, tmp_path: Path) -> None:
    """Neither for a file, nor for a folder in which files are tracked."""
    out = tmp_path / "out"
    out.mkdir()
    (out / "b.py").write_text("SECRET = 1\n")
    subprocess.run(["rm", "-r", str(past.root / "lib")], check=True)
    (past.root / "lib").symlink_to(out)
    intake = read_revision("HEAD", past.root)
    assert "SECRET" not in intake.model_dump_json()
    assert agrees(past)


def test_what_is_no_file_and_what_is_too_large(past: Past, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work_tree, "LARGEST", 30)
    (past.root / "a.py").unlink()
    os.mkfifo(past.root / "a.py")
    (past.root / "lib" / "b.py").write_text("b = 2\n" * 9)
    intake = read_revision("HEAD", past.root, limit=30)
    assert {one.path: one.reason for one in intake.skipped} == {
        "a.py": "not a regular file but a named pipe", "lib/b.py": "larger than 30 bytes",
    }  # fmt: skip


def test_a_sparse_checkout(past: Past) -> None:
    past.git("sparse-checkout", "set", "--no-cone", "/a.py")
    assert not (past.root / "lib").exists()
    (past.root / "a.py").write_text("a = 3\n")
    assert agrees(past)


def test_what_git_ignores_is_not_new(past: Past, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "mine"))
    (tmp_path / "mine").write_text(f"[core]\n\texcludesFile = {tmp_path}/ignored\n")
    (tmp_path / "ignored").write_text("mine.py\n")
    (past.root / ".gitignore").write_text("build/\n*.tmp.py\n!kept.tmp.py\n")
    (past.root / ".git" / "info" / "exclude").write_text("own.py\n")
    names = [
        "mine.py", "own.py", "lib/own.py", "x.tmp.py", "kept.tmp.py", "build/x.py", "lib/build/y.py",
        "new.py", "fresh/new.py", "fresh/deep/new.py", "other/x.py", "lib/é.py",
    ]  # fmt: skip
    for name in names:
        (past.root / name).parent.mkdir(parents=True, exist_ok=True)
        (past.root / name).write_text("x = 1\n")
    (past.root / "lib" / "link.py").symlink_to("b.py")
    subprocess.run(["git", "init", "--quiet", "other"], cwd=past.root, check=True)
    asked = ["git", "ls-files", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(asked, cwd=past.root, capture_output=True, check=True).stdout
    wanted = [name for name in listed.decode().split("\0") if name.endswith(".py")]
    repository = Repository(past.root)
    assert [entry.path for entry in repository.untracked(lambda name: name.endswith(".py"))] == wanted
    assert {"new.py", "kept.tmp.py", "lib/link.py"} < {*wanted} and "mine.py" not in wanted
