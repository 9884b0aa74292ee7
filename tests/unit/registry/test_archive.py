"""One version as one file: always the same bytes, and nothing else is taken for one."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import tarfile
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from octad.errors import ArtefactError, OutputError
from octad.host.one_file import pack
from octad.registry import archive
from octad.registry.archive import LINEAGE
from octad.registry.base import Version
from octad.registry.local import LocalRegistry
from tests.unit.host.hostile import nothing_left
from tests.unit.host.test_database import no_room
from tests.unit.registry.artefacts import AGENT, made

Members = list[tuple[str, bytes]]


@pytest.fixture
def registry(tmp_path: Path) -> LocalRegistry:
    return LocalRegistry(tmp_path / "held")


@pytest.fixture
def version(registry: LocalRegistry, tmp_path: Path) -> Version:
    return registry.put(made(tmp_path / "a"), parent="a" * 64, note="a note")


def exported(registry: LocalRegistry, version: Version, path: Path) -> Path:
    folder, _ = registry.get(AGENT, version.digest)
    assert folder is not None
    archive.export(folder, version, path)
    return path


def test_a_version_comes_back_as_it_was(registry: LocalRegistry, version: Version, tmp_path: Path) -> None:
    path = exported(registry, version, tmp_path / "one.tar")
    other = LocalRegistry(tmp_path / "other")
    with archive.imported(path) as (folder, lineage):
        found = other.put(folder, parent=lineage.parent, note=lineage.note)
    assert not folder.exists()
    assert found == version.model_copy(update={"created": found.created})
    again = exported(other, found, tmp_path / "two.tar")
    assert again.read_bytes() == path.read_bytes()
    assert not other.verify(AGENT)


def test_any_tar_reads_it(registry: LocalRegistry, version: Version, tmp_path: Path) -> None:
    with tarfile.open(exported(registry, version, tmp_path / "one.tar")) as held:
        names = held.getnames()
        assert all(one.isreg() and (one.uid, one.mtime, one.mode) == (0, 0, 0o644) for one in held)
    assert names == [LINEAGE, "manifest.json", "core.onnx", "weights.safetensors"]


def test_a_damaged_version_is_not_exported(registry: LocalRegistry, version: Version, tmp_path: Path) -> None:
    folder, _ = registry.get(AGENT, version.digest)
    assert folder is not None
    (folder / "core.onnx").write_bytes(b"\x08 else")
    with pytest.raises(ArtefactError):
        archive.export(folder, version, tmp_path / "one.tar")
    assert not (tmp_path / "one.tar").exists()


def test_without_room_there_is_no_archive(registry: LocalRegistry, version: Version, tmp_path: Path) -> None:
    before = set(tmp_path.iterdir())
    with nothing_left(), no_room(3_000), pytest.raises(OutputError):
        exported(registry, version, tmp_path / "one.tar")
    assert set(tmp_path.iterdir()) == before


def members(path: Path) -> Members:
    with tarfile.open(path) as held:
        return [(one.name, held.extractfile(one).read()) for one in held]  # type: ignore[union-attr]


def written(path: Path, held: Iterable[tuple[tarfile.TarInfo | str, bytes]]) -> None:
    """An archive as others write it."""
    with tarfile.open(path, "w", format=tarfile.USTAR_FORMAT) as file:
        for name, data in held:
            info = name if isinstance(name, tarfile.TarInfo) else tarfile.TarInfo(name)
            info.size = len(data)
            file.addfile(info, io.BytesIO(data))


def changed(path: Path, change: Callable[[Members], Members]) -> None:
    pack(path, change(members(path)))


def _bomb(path: Path) -> None:
    path.write_bytes(gzip.compress(bytes(50_000_000)))


def _zip(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("../../evil", bytes(10_000_000))


def _link(path: Path) -> None:
    info = tarfile.TarInfo("core.onnx")
    info.type, info.linkname = tarfile.SYMTYPE, "/etc/passwd"
    held = members(path)
    written(path, [*held[:2], (info, b""), *held[3:]])


def _sparse(path: Path) -> None:
    info = tarfile.TarInfo("core.onnx")
    info.type = tarfile.GNUTYPE_SPARSE
    held = members(path)
    written(path, [*held[:2], (info, b""), *held[3:]])


def _flip(at: int) -> Callable[[Path], None]:
    def attack(path: Path) -> None:
        data = bytearray(path.read_bytes())
        data[at] ^= 1
        path.write_bytes(data)

    return attack


def _resized(path: Path) -> None:
    """A header that says that the first file is the largest there can be."""
    data = path.read_bytes()
    info = tarfile.TarInfo(LINEAGE)
    info.size, info.mode = 8**11 - 1, 0o644
    path.write_bytes(info.tobuf(tarfile.USTAR_FORMAT) + data[512:])


def _said(**fields: object) -> Callable[[Path], None]:
    def change(held: Members) -> Members:
        return [(LINEAGE, json.dumps(json.loads(held[0][1]) | fields).encode()), *held[1:]]

    return lambda path: changed(path, change)


def _foreign(path: Path) -> None:
    """A pickle in the place of a graph, with digests that agree."""

    def change(held: Members) -> Members:
        data = b"\x80\x04\x95" + bytes(60)
        raw = json.loads(held[1][1])
        raw["files"]["core.onnx"] = hashlib.sha256(data).hexdigest()
        text = json.dumps(raw).encode()
        lineage = json.loads(held[0][1]) | {"digest": hashlib.sha256(text).hexdigest()}
        said = json.dumps(lineage).encode()
        return [(LINEAGE, said), ("manifest.json", text), ("core.onnx", data), held[3]]

    changed(path, change)


ATTACKS: dict[str, Callable[[Path], object]] = {
    "empty": lambda path: path.write_bytes(b""),
    "noise": lambda path: path.write_bytes(os.urandom(20_000)),
    "gzip bomb": _bomb,
    "zip": _zip,
    "cut off": lambda path: os.truncate(path, path.stat().st_size - 700),
    "no end": lambda path: os.truncate(path, path.stat().st_size - 1),
    "more behind": lambda path: path.write_bytes(path.read_bytes() + b"\0"),
    "a link": _link,
    "a hole": _sparse,
    "a place outside": lambda path: changed(path, lambda held: [*held[:2], ("../../evil", b"x"), *held[3:]]),
    "an absolute place": lambda path: changed(path, lambda held: [("/tmp/evil", b"x"), *held[1:]]),
    "a file more": lambda path: changed(path, lambda held: [*held, ("evil.pkl", b"x")]),
    "a file less": lambda path: changed(path, lambda held: held[:-1]),
    "twice": lambda path: changed(path, lambda held: [*held, held[-1]]),
    "another order": lambda path: changed(path, lambda held: [held[0], held[1], held[3], held[2]]),
    "of somebody": lambda path: written(path, members(path)) or _flip(100)(path),
    "a size beyond": _resized,
    "a bit of a header": _flip(8),
    "a bit of the manifest": _flip(512 * 3 + 20),
    "a bit of a file": _flip(-512 * 3),
    "another digest": _said(digest="b" * 64),
    "a parent elsewhere": _said(parent="../../etc"),
    "a later format": _said(format=2),
    "fields that are not known": _said(evil=1),
    "a pickle": _foreign,
    "a folder": lambda path: path.unlink() or path.mkdir(),
    "a pipe": lambda path: path.unlink() or os.mkfifo(path),
    "gone": Path.unlink,
}


@pytest.mark.parametrize("name", ATTACKS)
def test_whatever_else_is_refused_in_one_line(
    registry: LocalRegistry, version: Version, tmp_path: Path, name: str
) -> None:
    path = exported(registry, version, tmp_path / "one.tar")
    ATTACKS[name](path)
    other = LocalRegistry(tmp_path / "other")
    with pytest.raises(ArtefactError) as caught, nothing_left(), archive.imported(path) as (folder, _):
        other.put(folder)
    assert "\n" not in str(caught.value)
    assert not other.versions(AGENT) and not list((tmp_path / "other" / "artefacts").iterdir())
    assert not (tmp_path / "evil").exists() and not Path("/tmp/evil").exists()


def test_no_single_bit_may_be_another(registry: LocalRegistry, version: Version, tmp_path: Path) -> None:
    path = exported(registry, version, tmp_path / "one.tar")
    whole = path.read_bytes()
    for at in range(0, len(whole), 97):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 4]) + whole[at + 1 :])
        try:
            with archive.imported(path) as (_, lineage):
                assert (lineage.parent, lineage.note) != (version.parent, version.note), at
        except ArtefactError:
            continue
