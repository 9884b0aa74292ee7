"""Which file an import of Python means: packages, namespaces, `src` layouts, scripts."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from functools import cached_property
from posixpath import dirname, join

from octad.records.repo import Reason
from octad.repository.language_family import Family, Files, Found
from octad.repository.outline import Outline, Wanted
from octad.repository.python import HANDLERS

SOURCES = frozenset({"src", "lib", "python"})
"""Folders whose contents are imported by their own name, wherever such a folder lies."""


class PythonFiles(Files):
    """The files of Python, found by their dotted names."""

    def __init__(self, paths: frozenset[str], _outlines: Mapping[str, Outline]) -> None:
        self.paths = paths
        self._found: dict[str, str | None] = {}

    def name(self, path: str) -> str:
        """The dotted name that others import a file by."""
        root = self._root(path)
        if dirname(path) not in self._packages:
            root = next((one for one in _up(dirname(path)) if one.rpartition("/")[2] in SOURCES), "")
        parts = path[len(root) :].strip("/").rsplit(".", 1)[0].split("/")
        return ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)

    def find(self, path: str, wanted: Wanted) -> Found | Reason:
        """The file and the member of it that an import in `path` means, else the reason why there is none."""
        return self._resolved(path, wanted, folders=False)

    def module(self, path: str, wanted: Wanted) -> Found | None:
        """The same, or a namespace, which has no file and is its folder with a slash."""
        found = self._resolved(path, wanted, folders=True)
        return found if isinstance(found, tuple) else None

    def _resolved(self, path: str, wanted: Wanted, *, folders: bool) -> Found | Reason:
        if wanted.level < 0:
            return "dynamic"
        parts = tuple(wanted.module.split(".")) if wanted.module else ()
        if wanted.level:
            up = [*_up(dirname(path)), *[""] * wanted.level][wanted.level - 1]
            return self._member(self.at(join(up, *parts)), wanted.member, folders) or "missing"
        first = parts[0] if parts else ""
        for root in self._roots(path, first):
            found = self._member(self.at(join(root, *parts)), wanted.member, folders)
            if found is not None:
                return found
            if len(parts) > 1 and self._is_package(join(root, first)):
                return "missing"
        return "standard library" if first in sys.stdlib_module_names else "external"

    def submodule(self, path: str, name: str) -> str | None:
        """The file of a module inside the package whose file, or folder, is `path`."""
        folder, _, file = path.rpartition("/")
        return self.at(join(folder, name)) if not file or file.startswith("__init__.") else None

    def at(self, stem: str) -> str | None:
        """The file of a module at a path without its ending, or the folder of a namespace."""
        if stem not in self._found:
            candidates = (join(stem, "__init__.py"), f"{stem}.py", join(stem, "__init__.pyi"), f"{stem}.pyi")
            folder = f"{stem}/" if stem in self._folders else None
            self._found[stem] = next((one for one in candidates if one in self.paths), folder)
        return self._found[stem]

    def _member(self, base: str | None, member: str, folders: bool) -> Found | None:
        """The submodule that a member is, or the member of the module itself."""
        if base is None:
            return None
        if member not in ("", "*"):
            inner = self.submodule(base, member)
            if inner is not None and (folders or not inner.endswith("/")):
                return inner, ""
        return (base, member) if folders or not base.endswith("/") else None

    def _is_package(self, stem: str) -> bool:
        """Whether a name is a module of these files; a folder alone may be a namesake of something else."""
        found = self.at(stem)
        return found is not None and not found.endswith("/")

    def _roots(self, path: str, first: str) -> Iterator[str]:
        """Folders that `path` may import from, nearest first; names of Python itself are not sought far."""
        yield from _up(self._root(path))
        if first not in sys.stdlib_module_names:
            yield from self._tops

    def _root(self, path: str) -> str:
        """The folder above the outermost package around a file."""
        folders = list(_up(dirname(path)))
        return next((folder for folder in folders if folder not in self._packages), "")

    @cached_property
    def _packages(self) -> frozenset[str]:
        return frozenset(
            dirname(path) for path in self.paths if path.rpartition("/")[2].startswith("__init__.")
        )

    @cached_property
    def _folders(self) -> frozenset[str]:
        return frozenset(folder for path in self.paths for folder in _up(dirname(path)))

    @cached_property
    def _tops(self) -> tuple[str, ...]:
        """Folders above packages, and those that hold sources by their name; the shallow ones first."""
        tops = {self._root(join(folder, "_")) for folder in self._packages}
        tops |= {folder for folder in self._folders if folder.rpartition("/")[2] in SOURCES}
        return tuple(sorted(tops, key=lambda folder: (folder.count("/"), folder)))


def _up(folder: str) -> Iterator[str]:
    """A folder and those above it, the topmost last."""
    yield folder
    while folder.strip("/"):
        folder = dirname(folder)
        yield folder


PYTHON = Family(frozenset({"python"}), HANDLERS, PythonFiles)
