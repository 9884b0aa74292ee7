"""Whatever lies under a name, reading ends, is bounded, and says in one line why nothing was read."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from octad.errors import UnreadableInput
from octad.host import files
from octad.host.files import files_in, listed, opened, read_bytes, read_text, standard_input
from tests.unit.host.hostile import ended, nothing_left

Read = Callable[[Path], bytes]
LIMIT = 1_000


def unlinked(path: Path) -> bytes:
    return read_bytes(path, LIMIT, follow=False)


def in_pieces(path: Path) -> bytes:
    with opened(path, LIMIT, follow=False) as file:
        return b"".join(iter(lambda: file.read(100), b""))


def naive(path: Path) -> bytes:
    return path.read_bytes()


def pipe(path: Path) -> None:
    os.mkfifo(path)


def bound(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(str(path))


def linked(target: str) -> Callable[[Path], None]:
    return lambda path: path.symlink_to(target)


def sparse(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(10 << 30)


def loop(path: Path) -> None:
    other = path.with_name("other")
    other.symlink_to(path)
    path.symlink_to(other)


def outside(path: Path) -> None:
    secret = path.parent.parent / "secret"
    secret.write_text("secret")
    path.symlink_to(secret)


def through_a_pipe(path: Path) -> None:
    os.mkfifo(path.with_name("pipe"))
    path.symlink_to("pipe")


HOSTILE: dict[str, tuple[Callable[[Path], None], str]] = {
    "named pipe": (pipe, "not a regular file but a named pipe"),
    "socket": (bound, "not a regular file but a socket"),
    "folder": (Path.mkdir, "not a regular file but a folder"),
    "loop of links": (loop, "symbolic link"),
    "link that leads nowhere": (linked("nowhere"), "symbolic link"),
    "link out of the folder": (outside, "symbolic link"),
    "link to a pipe": (through_a_pipe, "symbolic link"),
    "link to a device that never ends": (linked("/dev/zero"), "symbolic link"),
    "link to a terminal": (linked("/dev/tty"), "symbolic link"),
    "sparse file of 10 GB": (sparse, "larger than 1,000 bytes"),
    "a byte too much": (lambda path: path.write_bytes(bytes(LIMIT + 1)) and None, "larger than 1,000 bytes"),
    "absent": (lambda path: None, "no such file"),
}
FOLLOWED = {
    "loop of links": "too many levels of symbolic links",
    "link that leads nowhere": "no such file",
    "link to a pipe": "named pipe",
    "link to a device that never ends": "device",
}
EATS_MEMORY = {"link to a device that never ends", "sparse file of 10 GB"}


def check_refused(tmp_path: Path, kind: str, read: Read, seconds: float = 20.0) -> None:
    make, reason = HOSTILE[kind]
    path = tmp_path / "folder" / "a.py"
    path.parent.mkdir()
    make(path)
    with nothing_left(), pytest.raises(UnreadableInput, match=reason):
        ended(lambda: read(path), seconds)


@pytest.mark.parametrize("read", [unlinked, in_pieces])
@pytest.mark.parametrize("kind", HOSTILE)
def test_what_is_no_bounded_regular_file_is_refused(tmp_path: Path, kind: str, read: Read) -> None:
    check_refused(tmp_path, kind, read)


@pytest.mark.parametrize("kind", FOLLOWED)
def test_a_link_is_followed_to_a_regular_file_alone(tmp_path: Path, kind: str) -> None:
    HOSTILE[kind][0](tmp_path / "a.py")
    with nothing_left(), pytest.raises(UnreadableInput, match=FOLLOWED[kind]):
        ended(lambda: read_bytes(tmp_path / "a.py"))


@pytest.mark.parametrize("kind", sorted({*HOSTILE} - EATS_MEMORY))
def test_a_naive_reader_fails_each_of_these(tmp_path: Path, kind: str) -> None:
    """The control: read plainly, the same files hang, are read, or raise what nobody expects."""
    with pytest.raises((AssertionError, OSError, pytest.fail.Exception)):
        check_refused(tmp_path, kind, naive, 0.3)


@pytest.mark.parametrize(
    "path",
    [
        "/dev/zero", "/dev/full", "/dev/tty", "/dev/ptmx", "/proc/kmsg", "/proc/self/mem",
        "/proc/self/environ", "/proc/self/status", "/sys/kernel/mm/transparent_hugepage/enabled", "/dev/fd/0",
        "/proc/self/fd",
        "a\0b", "x" * 5_000, "",
    ],
)  # fmt: skip
def test_devices_and_files_of_the_kernel(path: str) -> None:
    with nothing_left(), pytest.raises(UnreadableInput):
        ended(lambda: read_bytes(path))


@pytest.mark.parametrize("path", ["/proc/kmsg", "/proc/self/environ", "/proc/self/mem"])
def test_a_file_of_the_kernel_has_no_end_but_its_size(path: str) -> None:
    if not os.access(path, os.R_OK):
        pytest.skip("may not be opened here")
    with nothing_left(), opened(path) as file:
        assert ended(file.read) == b""


@pytest.mark.parametrize(
    "name", ["\x1b[31mred", "bell\x07", "line\nend", "bidi\u202e", "\udcff", "-rf", "a b", "$(id)"]
)
def test_odd_names_are_names(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"x")
    assert read_bytes(tmp_path / name) == b"x" and [entry.name for entry in listed(tmp_path)] == [name]


def meanwhile(monkeypatch: pytest.MonkeyPatch, change: Callable[[Path], None]) -> None:
    """Let something happen between the look at a name and its opening."""
    before = os.open

    def late(path: Path, *given: int) -> int:
        change(Path(path))
        return before(path, *given)

    monkeypatch.setattr(os, "open", late)


def swapped(make: Callable[[Path], None]) -> Callable[[Path], None]:
    def change(path: Path) -> None:
        path.unlink()
        make(path)

    return change


@pytest.mark.parametrize(
    "change",
    [
        swapped(pipe), swapped(through_a_pipe), swapped(outside), swapped(linked("/dev/zero")),
        swapped(Path.mkdir), swapped(sparse), Path.unlink,
        lambda path: path.write_bytes(b"more than there was"),
        lambda path: path.write_bytes(b""), lambda path: os.utime(path, (1, 1)),
    ],
)  # fmt: skip
@pytest.mark.parametrize("follow", [True, False])
def test_what_changes_between_the_look_and_the_opening(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: Callable[[Path], None], follow: bool
) -> None:
    path = tmp_path / "folder" / "a.py"
    path.parent.mkdir()
    path.write_bytes(b"text")
    meanwhile(monkeypatch, change)
    with nothing_left(), pytest.raises(UnreadableInput):
        ended(lambda: read_bytes(path, LIMIT, follow=follow))


def test_a_file_that_grows_while_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each piece that is read adds another: read whole it is refused, read in pieces it ends."""
    path = tmp_path / "a.log"
    path.write_bytes(bytes(500))
    before = files._Bounded.readinto

    def growing(self: files._Bounded, buffer: bytearray) -> int:
        with path.open("ab") as file:
            file.write(bytes(500))
        return before(self, buffer)

    monkeypatch.setattr(files._Bounded, "readinto", growing)
    assert len(ended(lambda: in_pieces(path))) == 500
    path.write_bytes(bytes(500))
    looks = []

    def late(*given: object, **named: object) -> os.stat_result:
        looks.append(given)
        if len(looks) == 2:  # the one after reading
            path.write_bytes(bytes(600))
        return fstat(*given, **named)  # type: ignore[arg-type]

    fstat = os.fstat
    monkeypatch.setattr(os, "fstat", late)
    with pytest.raises(UnreadableInput, match="changed while it was read"):
        read_bytes(path)


def test_a_disk_that_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a").write_bytes(b"x")

    class Broken(files.io.FileIO):
        def read(self, *_: object) -> bytes:
            raise OSError(5, "Input/output error")

        def readinto(self, *_: object) -> int:
            raise OSError(5, "Input/output error")

    monkeypatch.setattr(files.io, "FileIO", Broken)
    for read in (unlinked, in_pieces):
        with pytest.raises(UnreadableInput, match="cannot be read: input/output error"):
            read(tmp_path / "a")


def test_text_that_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"\xff")
    with pytest.raises(UnreadableInput, match="not in UTF-8"):
        read_text(tmp_path / "a")
    (tmp_path / "a").write_text("é")
    assert read_text(tmp_path / "a") == "é"


def test_folders(tmp_path: Path) -> None:
    (tmp_path / "b.py").touch()
    (tmp_path / "_c.py").touch()
    (tmp_path / "inner.py").mkdir()
    (tmp_path / "link").symlink_to("/")
    assert [entry.name for entry in listed(tmp_path)] == ["_c.py", "b.py", "inner.py", "link"]
    assert [path.name for path in files_in(tmp_path, ".py")] == ["b.py"]
    assert not [
        entry for entry in listed(tmp_path) if entry.name == "link" and entry.is_dir(follow_symlinks=False)
    ]
    with pytest.raises(UnreadableInput, match="holds more than 3"):
        listed(tmp_path, 3)
    for wrong in (tmp_path / "b.py", tmp_path / "absent", Path("a\0b")):
        with pytest.raises(UnreadableInput):
            listed(wrong)


def test_standard_input_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    with open("/dev/zero") as endless:
        monkeypatch.setattr("sys.stdin", endless)
        with pytest.raises(UnreadableInput, match="larger than 1,000 bytes"):
            ended(lambda: standard_input(LIMIT))
    monkeypatch.setattr("sys.stdin", None)
    with pytest.raises(UnreadableInput, match="nothing is piped in"):
        standard_input(LIMIT)
