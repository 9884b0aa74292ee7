from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from octad.errors import UnreadableInput
from octad.host.files import read_bytes
from octad.read.code import files
from octad.read.code.files import read_paths
from octad.read.code.intake import Intake


def put(path: Path, content: str | bytes = "x = 1\n") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)


def paths(intake: Intake) -> list[str]:
    return [code.path for code in intake.codes]


def reasons(intake: Intake) -> dict[str, str]:
    return {one.path: one.reason for one in intake.skipped}


def test_folder_is_walked_in_order_and_other_files_are_not_selected(tmp_path: Path) -> None:
    for name in ("b.py", "a/z.py", "a/b/c.pyi", "a.js", "readme.md", "data.json"):
        put(tmp_path / name)
    assert paths(read_paths(["."], {"python"}, cwd=tmp_path)) == ["b.py", "a/z.py", "a/b/c.pyi"]
    assert paths(read_paths(["."], cwd=tmp_path)) == ["a.js", "b.py", "a/z.py", "a/b/c.pyi"]
    assert read_paths(["."], {"rust"}, cwd=tmp_path) == Intake()


def test_code_knows_its_language_text_and_flags(tmp_path: Path) -> None:
    put(tmp_path / "a.py", b"\xef\xbb\xbfx\r\n")
    [code] = read_paths(["a.py"], cwd=tmp_path).codes
    assert (code.language, code.text, code.flags, code.changed) == ("python", "x\n", ("bom", "crlf"), None)


def test_hidden_and_foreign_folders_are_left_out(tmp_path: Path) -> None:
    names = ".hidden/a.py .a.py node_modules/a.js env/pyvenv.cfg env/lib/a.py __pycache__/a.py ok.py"
    for name in names.split():
        put(tmp_path / name)
    assert paths(read_paths(["."], cwd=tmp_path)) == ["ok.py"]
    assert paths(read_paths([".hidden"], cwd=tmp_path)) == [".hidden/a.py"]


def test_gitignore_at_every_level_and_exclude(tmp_path: Path) -> None:
    put(tmp_path / ".git/info/exclude", "secret.py\n")
    put(tmp_path / ".gitignore", "build/\n*_gen.py\n/top.py\n")
    put(tmp_path / "src/.gitignore", "!keep_gen.py\nlocal.py\n")
    for name in (
        "build/a.py", "a_gen.py", "top.py", "secret.py",
        "src/keep_gen.py", "src/b_gen.py", "src/local.py", "src/top.py", "src/deep/local.py", "local.py",
    ):  # fmt: skip
        put(tmp_path / name)
    expected = ["local.py", "src/keep_gen.py", "src/top.py"]
    assert paths(read_paths(["."], cwd=tmp_path)) == expected
    # The rules of the repository hold when the walk starts further down, or elsewhere.
    assert paths(read_paths(["."], cwd=tmp_path / "src")) == ["keep_gen.py", "top.py"]
    assert paths(read_paths([tmp_path / "src"], cwd=tmp_path)) == expected[1:]


def test_what_is_named_is_read_although_ignored(tmp_path: Path) -> None:
    put(tmp_path / ".git/HEAD")
    put(tmp_path / ".gitignore", "build/\nlocal.py\n")
    put(tmp_path / "build/a.py")
    put(tmp_path / "local.py")
    assert paths(read_paths(["build", "local.py"], cwd=tmp_path)) == ["build/a.py", "local.py"]


def test_explosive_ignore_pattern_takes_no_time(tmp_path: Path) -> None:
    put(tmp_path / ".git/HEAD")
    put(tmp_path / ".gitignore", "*a" * 40 + "b\n")
    put(tmp_path / ("a" * 200 + ".py"))
    assert len(read_paths(["."], cwd=tmp_path).codes) == 1


def test_bad_files_are_skipped_with_a_reason_and_the_rest_is_read(tmp_path: Path) -> None:
    put(tmp_path / "ok.py")
    put(tmp_path / "binary.py", b"\x7fELF\0\0\0")
    put(tmp_path / "big.py", "x = 1\n" * 1_000)
    put(tmp_path / "empty.py", "")
    put(tmp_path / "bom.py", b"\xef\xbb\xbf\n")
    os.mkfifo(tmp_path / "pipe.py")
    intake = read_paths(["."], {"python"}, cwd=tmp_path, limit=500)
    assert paths(intake) == ["ok.py"]
    assert reasons(intake) == {
        "binary.py": "binary file",
        "big.py": "larger than 500 bytes",
        "empty.py": "empty file",
        "bom.py": "empty file",
        "pipe.py": "not a regular file but a named pipe",
    }


def test_named_files_that_cannot_be_reviewed_are_reported(tmp_path: Path) -> None:
    put(tmp_path / "notes.txt")
    put(tmp_path / "a.js")
    put(tmp_path / "script", "#!/usr/bin/env python3\nx = 1\n")
    put(tmp_path / "other", "x = 1\n")
    intake = read_paths(["notes.txt", "a.js", "script", "other", "/dev/null"], {"python"}, cwd=tmp_path)
    assert paths(intake) == ["script"]
    assert list(reasons(intake).values()) == [
        "not source code in a known language",
        "javascript is not reviewed by this agent",
        "not source code in a known language",
        "not source code in a known language",
    ]


def test_path_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UnreadableInput, match=r"no such file or folder: nope/x\.py"):
        read_paths(["nope/x.py"], cwd=tmp_path)
    with pytest.raises(UnreadableInput, match="NUL"):
        read_paths(["a\0b"], cwd=tmp_path)


def test_symbolic_links(tmp_path: Path) -> None:
    put(tmp_path / "outside/secret.py")
    work = tmp_path / "work"
    put(work / "a.py")
    put(work / "sub/b.py")
    (work / "alias.py").symlink_to("a.py")
    (work / "twin").symlink_to("sub")
    (work / "sub/up").symlink_to("..")
    (work / "out").symlink_to("../outside")
    (work / "out.py").symlink_to("../outside/secret.py")
    (work / "out.txt").symlink_to("../outside/secret.py")
    (work / "loop.py").symlink_to("loop.py")
    intake = read_paths(["."], cwd=work)
    assert paths(intake) == ["a.py", "sub/b.py"]
    assert reasons(intake) == {
        "loop.py": "symbolic link that leads nowhere or in a circle",
        "out": "symbolic link that leaves the folder",
        "out.py": "symbolic link that leaves the folder",
        "sub/up": "symbolic link that leads back to a folder above it",
    }
    assert paths(read_paths(["out.py"], cwd=work)) == ["out.py"]
    assert reasons(read_paths(["loop.py"], cwd=work)) == {
        "loop.py": "cannot be read: too many levels of symbolic links"
    }


def test_each_file_is_read_once(tmp_path: Path) -> None:
    put(tmp_path / "a.py")
    assert paths(read_paths(["a.py", ".", tmp_path / "a.py", "./a.py"], cwd=tmp_path)) == ["a.py"]


def test_paths_are_relative_to_the_current_folder(tmp_path: Path) -> None:
    put(tmp_path / "x/a.py")
    (tmp_path / "y").mkdir()
    assert paths(read_paths([tmp_path / "x"], cwd=tmp_path / "y")) == ["../x/a.py"]


def test_name_that_is_no_text_is_shown_with_replacements(tmp_path: Path) -> None:
    put(Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.py")))
    [code] = read_paths(["."], cwd=tmp_path).codes
    assert code.path == "\ufffd.py"
    code.model_dump_json()


def test_unreadable_folder_and_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path / "a.py")

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(files.os, "open", refuse)
    assert reasons(read_paths(["a.py"], cwd=tmp_path)) == {"a.py": "cannot be read: permission denied"}
    monkeypatch.setattr(files.os, "scandir", refuse)
    assert reasons(read_paths(["."], cwd=tmp_path)) == {".": "cannot be read: permission denied"}


def test_file_that_changes_while_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path / "a.py")
    opened = os.open

    def growing(path: str, flags: int) -> int:
        put(tmp_path / "a.py", "x = 1\ny = 2\n")
        return opened(path, flags)

    monkeypatch.setattr(files.os, "open", growing)
    assert reasons(read_paths(["a.py"], cwd=tmp_path)) == {"a.py": "changed while it was read"}


def test_pipe_that_takes_the_place_of_a_file_does_not_block(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.py"
    put(path)
    opened = os.open

    def swapped(name: str, flags: int) -> int:
        path.unlink()
        os.mkfifo(path)
        return opened(name, flags)

    monkeypatch.setattr(files.os, "open", swapped)
    with pytest.raises(UnreadableInput):
        read_bytes(str(path))


def test_sockets_and_folders_are_no_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("s.py")
        for path, kind in (("s.py", "socket"), (".", "folder"), ("/dev/null", "device")):
            with pytest.raises(UnreadableInput, match=kind):
                read_bytes(path)
