from __future__ import annotations

import gzip
import os
import random
import zlib
from pathlib import Path

import pytest

from octad.errors import UnreadableInput
from octad.read.code.decode import MAX_LINE
from octad.read.logs import stream
from octad.read.logs.clocks import Noticed
from octad.read.logs.files import read_lines, read_logs
from octad.read.logs.messages import MAX_MESSAGE


def timestamped(hour: int, lines: int = 60, zone: str = "") -> str:
    return "".join(f"2024-03-12T{hour:02}:{at:02}:00{zone} INFO served {at} items\n" for at in range(lines))


def read(data: bytes) -> tuple[list[str], set[str]]:
    noticed = Noticed()
    return [line.message for line in read_lines([data], "x.log", noticed=noticed)], noticed.conclusions()


def test_templates_of_several_files(tmp_path: Path) -> None:
    (tmp_path / "cart.log").write_text(timestamped(12))
    with gzip.open(tmp_path / "pay.log.gz", "wt") as file:
        file.write(timestamped(12, 30))
    logs = read_logs([tmp_path / "cart.log", tmp_path / "pay.log.gz"])
    assert (logs.lines, logs.flags) == (90, ())
    assert {(one.template, one.service, one.level, one.count) for one in logs.templates} == {
        ("served <*> items", "cart", "info", 60),
        ("served <*> items", "pay", "info", 30),
    }


def test_empty_log_has_no_templates(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_bytes(b"")
    assert read_logs([tmp_path / "a.log"]).lines == 0
    assert read(b"\xef\xbb\xbf") == ([], set())


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_pieces_of_any_size_give_the_same(size: int) -> None:
    data = (timestamped(12) + "naïve ☃\n").encode() * 2
    pieces = [data[at : at + size] for at in range(0, len(data), size)]
    assert list(read_lines(pieces, "x.log")) == list(read_lines([data], "x.log"))


def test_binary_is_refused_at_the_beginning_and_flagged_later() -> None:
    with pytest.raises(UnreadableInput, match=r"x\.log, line 1: binary data"):
        read(bytes(range(256)) * 20)
    assert read(b"a\nb\0c\n") == (["a", "b\ufffdc"], {"binary"})
    assert read(b"\0" * 5000 + b"a\n") == (["a"], {"binary"})


def test_encodings_colours_and_line_ends() -> None:
    assert read("a\r\nb\r\n".encode("utf-16"))[0] == ["a", "b"]
    assert read(b"\x1b[32mINFO\x1b[0m caf\xe9\n")[0] == ["caf\ufffd"]


def test_giant_lines_are_cut_in_bounded_memory() -> None:
    longest = 0

    def pieces() -> object:
        for _ in range(12):
            yield b"x" * MAX_LINE
        yield b"\nnext\n"

    noticed = Noticed()
    for line in read_lines(pieces(), "x.log", noticed=noticed):  # type: ignore[arg-type]
        longest = max(longest, len(line.message))
        last = line
    assert (longest, last.message, last.line, noticed.flags) == (MAX_MESSAGE, "next", 2, {"truncated"})


def test_compressed_log_that_breaks_off_or_explodes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole, path = gzip.compress(random.Random(0).randbytes(50_000).hex("\n").encode()), tmp_path / "a.log.gz"
    path.write_bytes(whole[: len(whole) // 2])
    logs = read_logs([path])
    assert logs.lines > 0 and "truncated" in logs.flags
    path.write_bytes(b"no gzip")
    with pytest.raises(UnreadableInput, match=r"a\.log\.gz: cannot be read"):
        read_logs([path])
    monkeypatch.setattr(stream, "_ALLOWANCE", 1 << 20)
    bomb = zlib.compressobj(9, wbits=31)
    path.write_bytes(bomb.compress(b"a" * (1 << 23)) + bomb.flush())
    with pytest.raises(UnreadableInput, match="expands to more than 500 times"):
        read_logs([path])


def test_what_is_no_file_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(UnreadableInput, match="is a folder"):
        read_logs([tmp_path])
    with pytest.raises(UnreadableInput, match="cannot be read: no such file"):
        read_logs([tmp_path / "absent.log"])
    os.mkfifo(tmp_path / "pipe.log")
    with pytest.raises(UnreadableInput, match=r"pipe\.log: not a regular file but a named pipe"):
        read_logs([tmp_path / "pipe.log"])


def test_log_without_times_is_flagged(tmp_path: Path) -> None:
    assert flags(tmp_path, cart="one\ntwo\n") == {"no-times"}


def flags(folder: Path, **texts: str) -> set[str]:
    for name, text in texts.items():
        (folder / f"{name}.log").write_text(text)
    return set(read_logs([folder / f"{name}.log" for name in texts]).flags)


def test_clocks_that_disagree_are_flagged(tmp_path: Path) -> None:
    assert flags(tmp_path, cart=timestamped(12), pay=timestamped(12)) == set()
    assert flags(tmp_path, cart=timestamped(12), pay=timestamped(14)) == {"clock-skew"}
    assert flags(tmp_path, cart=timestamped(12, zone="Z"), pay=timestamped(13, zone="+01:00")) == {
        "mixed-zones"
    }
    assert flags(tmp_path, cart=timestamped(12, zone="Z") + timestamped(13)) == {"mixed-zones"}


@pytest.mark.parametrize(
    ("inner", "flag"), [("12:00", set()), ("12:03", {"clock-skew"}), ("14:00", {"mixed-zones"})]
)
def test_runtime_and_program_have_clocks_of_their_own(tmp_path: Path, inner: str, flag: set[str]) -> None:
    text = "".join(
        f"2024-03-12T12:00:{at:02}.5Z stdout F 2024-03-12 {inner}:{at:02} INFO served\n" for at in range(20)
    )
    assert flags(tmp_path, cart=text) == flag
