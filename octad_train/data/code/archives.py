"""Python files of a released package: from a wheel, or from an installed distribution."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from email.parser import HeaderParser
from importlib.metadata import distributions
from pathlib import Path, PurePosixPath

from octad.errors import UnreadableInput

#: Directories that hold other people's code, whose licence the package's metadata does not state.
VENDORED = re.compile(
    r"(^|/)(_?vendor(ed)?|_vendored_packages|third_?party|extern(als?)?|site-packages|node_modules|"
    r"bundled|_?libs|cextern|src_vendor|_distutils|vendor_?libs?|deps)(/|$)",
    re.I,
)
#: Directories and files that a program wrote.
GENERATED = re.compile(
    r"(_pb2(_grpc)?\.py|/aaz/|/migrations/|/migration/versions/|/alembic/versions/|/graph_objs/|/validators/_|"
    r"/vendored_sdks/|_generated/|/generated/|/openapi_client/|(^|/)(parsetab|lextab|_?version)\.py)"
)
GENERATED_MARK = re.compile(
    r"do not (edit|modify)|@generated|auto-?generated|generated (by|from|with|file|code)|"
    r"code generated|this file (was|is) generated",
    re.I,
)
TEST = re.compile(
    r"(^|/)(_?tests?|testing|unittests)(/|$)|(^|/)(test_[^/]*|[^/]*_tests?|conftest)\.py$", re.I
)

MAX_BYTES = 600_000
MAX_LINE = 600


@dataclass(frozen=True, slots=True)
class Source:
    """One Python file of a package; `path` is relative to the package's root."""

    path: str
    text: str

    @property
    def is_test(self) -> bool:
        """Whether the file tests the package."""
        return TEST.search(self.path) is not None


class Archive:
    """A released package: name, version, metadata and Python files."""

    def __init__(self, name: str, version: str, metadata: Message) -> None:
        self.name = normal(name)
        self.version = version.partition("+")[0]  # the same release built for another processor
        self.metadata = metadata

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Yield path and bytes of every file ending in `.py`."""
        raise NotImplementedError

    def sources(self) -> Iterator[Source]:
        """Yield the files worth learning from: own, written by hand, UTF-8, of sane length."""
        for path, data in self.files():
            if wanted(path) and len(data) <= MAX_BYTES and (source := _decode(path, data)):
                yield source


class Wheel(Archive):
    """A wheel on disk."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with zipfile.ZipFile(path) as archive:
            inside = min((n for n in archive.namelist() if n.endswith(".dist-info/METADATA")), default="")
            if not inside:
                raise UnreadableInput(f"{path.name} is no wheel", hint="give wheels only")
            text = archive.read(inside).decode("utf-8", "replace")
        metadata = HeaderParser().parsestr(text)
        super().__init__(str(metadata["Name"]), str(metadata["Version"]), metadata)

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Yield path and bytes of every file ending in `.py`."""
        with zipfile.ZipFile(self.path) as archive:
            for info in sorted(archive.infolist(), key=lambda info: info.filename):
                if info.filename.endswith(".py") and info.file_size <= MAX_BYTES:
                    yield _strip_data(info.filename), archive.read(info)


class Installed(Archive):
    """A distribution installed beside Octad."""

    def __init__(self, root: Path, name: str, version: str, metadata: Message, paths: list[str]) -> None:
        super().__init__(name, version, metadata)
        self.root = root
        self.paths = paths

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Yield path and bytes of every file ending in `.py`."""
        for path in sorted(self.paths):
            if path.endswith(".py") and not path.startswith("..") and (self.root / path).is_file():
                yield path, (self.root / path).read_bytes()


def archives(folder: Path, installed: Path | None = None) -> dict[tuple[str, str], Archive]:
    """All packages in a folder of wheels, and of a site-packages folder, by (name, version)."""
    found: dict[tuple[str, str], Archive] = {}
    if installed is not None:
        for item in distributions(path=[str(installed)]):
            paths = [str(path) for path in item.files or []]
            metadata = HeaderParser().parsestr(item.read_text("METADATA") or "")
            package = Installed(installed, item.name, item.version, metadata, paths)
            found[package.name, package.version] = package
    for path in sorted(folder.glob("*.whl")):
        wheel = Wheel(path)
        found[wheel.name, wheel.version] = wheel
    return found


def normal(name: str) -> str:
    """The name of a package as registries compare it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def wanted(path: str) -> bool:
    """Whether a path looks like the package's own handwritten code."""
    return not (VENDORED.search(str(PurePosixPath(path).parent)) or GENERATED.search("/" + path))


def _strip_data(path: str) -> str:
    return re.sub(r"^[^/]+\.data/(purelib|platlib|data|scripts)/", "", path)


def _decode(path: str, data: bytes) -> Source | None:
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        return None
    if "\r" in text or "\x00" in text or GENERATED_MARK.search(text[:1500]):
        return None
    if max(map(len, text.split("\n")), default=0) > MAX_LINE:
        return None
    return Source(path, text)
