"""What files and standard input hold, expanded where it is compressed, within bounds."""

from __future__ import annotations

import gzip
import io
import lzma
import sys
from pathlib import Path

import pytest

from octad.errors import InputError, MissingExtra
from octad.read.contents import contents, text_of

TEXT = b"time,a\n1,2\n" * 3
ZSTD = b"\x28\xb5\x2f\xfd"
PACKED = {"gz": gzip.compress(TEXT, mtime=0), "xz": lzma.compress(TEXT)}


def refused(path: Path, limit: int = 1000) -> str:
    with pytest.raises(InputError) as caught:
        contents(path, limit)
    assert caught.value.hint and "\n" not in str(caught.value)
    return caught.value.message


@pytest.mark.parametrize("kind", PACKED)
@pytest.mark.parametrize("name", ["a.csv.{}", "a.csv"])
def test_what_is_compressed_is_known_by_its_name_or_its_beginning(
    tmp_path: Path, kind: str, name: str
) -> None:
    path = tmp_path / name.format(kind)
    path.write_bytes(PACKED[kind])
    assert contents(path) == TEXT
    path.write_bytes(PACKED[kind] * 2)
    assert contents(path) == TEXT * 2


@pytest.mark.parametrize("kind", PACKED)
def test_what_is_cut_off_or_not_compressed_or_too_large_is_refused(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"a.{kind}"
    path.write_bytes(PACKED[kind][:-9])
    assert "cut off" in refused(path)
    path.write_bytes(TEXT)
    assert "cut off" in refused(path)
    zeros = b"0" * 3_000_000
    path.write_bytes(gzip.compress(zeros, 1) if kind == "gz" else lzma.compress(zeros))
    assert "larger than 100,000 bytes when expanded" in refused(path, 100_000)


def test_zstd_needs_its_package_and_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.csv.zst"
    path.write_bytes(ZSTD)
    with monkeypatch.context() as patched:
        patched.setitem(sys.modules, "zstandard", None)
        with pytest.raises(MissingExtra, match=r"a\.csv\.zst: reading zstd needs zstandard; pip install"):
            contents(path)
    zstandard = pytest.importorskip("zstandard")
    pack = zstandard.ZstdCompressor().compress
    path.write_bytes(pack(TEXT) + pack(TEXT))
    assert contents(path) == TEXT * 2
    path.write_bytes(pack(TEXT)[:-3])
    assert "not zstd, or cut off" in refused(path)
    path.write_bytes(pack(b"0" * 100_000_000))
    assert "larger than 90,000 bytes when expanded" in refused(path, 90_000)


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    class Piped:
        def __init__(self, data: bytes, terminal: bool = False) -> None:
            self.buffer, self.isatty = io.BytesIO(data), lambda: terminal

    for data in (TEXT, PACKED["xz"]):
        monkeypatch.setattr(sys, "stdin", Piped(data))
        assert contents(Path("-")) == TEXT
    monkeypatch.setattr(sys, "stdin", Piped(b"\xef\xbb\xbfx"))
    assert text_of(Path("-")) == "x"
    monkeypatch.setattr(sys, "stdin", Piped(TEXT))
    assert refused(Path("-"), 9) == "standard input: larger than 9 bytes"
    for nothing in (None, Piped(b"", terminal=True)):
        monkeypatch.setattr(sys, "stdin", nothing)
        assert refused(Path("-")) == "standard input: nothing is piped in"
