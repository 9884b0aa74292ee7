"""What is written is there whole, or what was there before is; it goes where it should, and nowhere else."""

from __future__ import annotations

import errno
import os
import resource
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from octad.host import whole_file
from octad.host.whole_file import make_folder, put, remove, replace, temporary_folder, write
from tests.unit.host.hostile import ended, nothing_left

Write = Callable[[Path, bytes], None]
OLD, NEW = b"old" * 10, b"new" * 100_000


@contextmanager
def full_disk(limit: int = 100_000) -> Iterator[None]:
    """No file may become longer than so many bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def in_place(path: Path, data: bytes) -> None:
    whole_file._overwrite(path, data)


def naive(path: Path, data: bytes) -> None:
    path.write_bytes(data)


def check_survives_a_full_disk(tmp_path: Path, into: Write) -> None:
    path = tmp_path / "report"
    path.write_bytes(OLD)
    with nothing_left(), full_disk(), pytest.raises(OSError, match="File too large"):
        into(path, NEW)
    assert path.read_bytes() == OLD and [*tmp_path.iterdir()] == [path]


@pytest.mark.parametrize("into", [replace, write, in_place])
def test_on_a_full_disk_the_old_file_stays(tmp_path: Path, into: Write) -> None:
    check_survives_a_full_disk(tmp_path, into)


def test_written_plainly_it_is_lost(tmp_path: Path) -> None:
    """The control."""
    with pytest.raises(AssertionError):
        check_survives_a_full_disk(tmp_path, naive)


@pytest.mark.parametrize("step", ["fsync", "chmod", "replace"])
@pytest.mark.parametrize(
    "error", [OSError(errno.ENOSPC, "full"), OSError(errno.EIO, "broken"), KeyboardInterrupt()]
)
def test_whatever_step_fails_the_old_file_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, error: BaseException
) -> None:
    path = tmp_path / "report"
    path.write_bytes(OLD)

    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(os, step, fail)
    with nothing_left(), pytest.raises(type(error)):
        replace(path, NEW)
    assert path.read_bytes() == OLD and [*tmp_path.iterdir()] == [path]


def test_the_bytes_are_on_the_disk_before_the_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[str] = []
    for name in ("fsync", "replace"):
        before = getattr(os, name)
        monkeypatch.setattr(
            os, name, lambda *given, name=name, before=before: (steps.append(name), before(*given))[1]
        )
    replace(tmp_path / "a", NEW)
    assert steps == ["fsync", "replace"]


KILLED = """
import sys
from pathlib import Path
from octad.host.whole_file import replace
sys.stdout.write("x"), sys.stdout.flush()
while True:
    for letter in b"ab":
        replace(Path(sys.argv[1]), bytes([letter]) * 300_000)
"""


def test_killed_at_any_moment_the_file_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"a" * 300_000)
    for round_ in range(8):
        with subprocess.Popen([sys.executable, "-c", KILLED, str(path)], stdout=subprocess.PIPE) as child:
            assert child.stdout is not None and child.stdout.read(1) == b"x"
            for _ in range(50 * round_):
                path.read_bytes()
            child.send_signal(signal.SIGKILL)
        data = path.read_bytes()
        assert data in (b"a" * 300_000, b"b" * 300_000)


def test_modes(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        replace(tmp_path / "a", b"", 0o600)
        replace(tmp_path / "b", b"")
        (tmp_path / "c").touch(0o640)
        replace(tmp_path / "c", b"")
        os.umask(0)
        replace(tmp_path / "d", b"", 0o600)
        make_folder(tmp_path / "e" / "f", 0o700)
    finally:
        os.umask(before)
    modes = {name: stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("a", "b", "c", "d", "e/f")}
    assert modes == {"a": 0o600, "b": 0o644, "c": 0o640, "d": 0o600, "e/f": 0o700}


def test_a_link_in_its_place_is_replaced_and_one_that_a_user_names_is_followed(tmp_path: Path) -> None:
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_bytes(OLD)
    link.symlink_to(target)
    replace(link, NEW, 0o600)
    assert target.read_bytes() == OLD and not link.is_symlink()
    link.unlink()
    link.symlink_to(target)
    write(link, NEW)
    assert target.read_bytes() == NEW and link.is_symlink()
    with pytest.raises(OSError, match="symbolic links"):
        put(link, OLD)
    assert target.read_bytes() == NEW
    remove(link)
    remove(link)
    assert target.read_bytes() == NEW
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    with nothing_left(), pytest.raises((OSError, RuntimeError)):
        write(loop, NEW)


def test_pipes_and_devices(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    monkeypatch.setattr(whole_file, "WAIT_S", 0.1)
    with nothing_left(), pytest.raises(OSError, match="nobody reads the pipe"):
        ended(lambda: write(pipe, NEW))
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    monkeypatch.setattr(whole_file, "WAIT_S", 20)
    ended(lambda: write(pipe, NEW))
    reader.join()
    assert read == [NEW] and stat.S_ISFIFO(pipe.stat().st_mode)
    write(Path("/dev/null"), NEW)
    with nothing_left(), pytest.raises(OSError, match="No space left"):
        write(Path("/dev/full"), NEW)
    first, second = os.pipe()
    os.close(first)
    with pytest.raises(OSError, match="pipe"):
        write(Path(f"/dev/fd/{second}"), NEW)
    os.close(second)


@pytest.mark.parametrize("name", ["\x1b[2J", "line\nend", "bidi\u202e", "\udcff", "x" * 255, "-rf", "..."])
def test_odd_names(tmp_path: Path, name: str) -> None:
    replace(tmp_path / name, NEW)
    assert (tmp_path / name).read_bytes() == NEW and len([*tmp_path.iterdir()]) == 1


@pytest.mark.parametrize("path", ["a\0b", "x" * 5_000, "absent/a", "/proc/a", "file/a"])
def test_where_nothing_can_be_written(tmp_path: Path, path: str) -> None:
    (tmp_path / "file").touch()
    for into in (replace, write, put):
        if path == "absent/a" and into is put:
            continue  # it makes the folders that it needs
        with nothing_left(), pytest.raises((OSError, ValueError)):
            into(tmp_path / path, NEW)


def test_where_no_file_may_be_made_the_old_one_is_overwritten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "report"
    path.write_bytes(NEW)
    number = path.stat().st_ino
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    write(path, OLD)
    assert path.read_bytes() == OLD and path.stat().st_ino == number


def test_a_temporary_folder_is_private_and_takes_nothing_else_with_it(tmp_path: Path) -> None:
    (tmp_path / "kept").write_bytes(OLD)
    with temporary_folder() as folder:
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        put(folder / "a" / "b.py", NEW)
        assert stat.S_IMODE((folder / "a" / "b.py").stat().st_mode) == 0o600
        (folder / "link").symlink_to(tmp_path)
        os.mkfifo(folder / "pipe")
    assert not folder.exists() and (tmp_path / "kept").read_bytes() == OLD
    with pytest.raises(KeyboardInterrupt), temporary_folder() as folder:
        raise KeyboardInterrupt
    assert not folder.exists()
