"""What a family of languages must say: how its trees are read, and which file an import means."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from octad.records.code import Language
from octad.records.repo import Reason
from octad.repository.outline import Outline, Wanted
from octad.repository.walk import Handler

Found = tuple[str, str]
"""A file, and the member of it that is meant; no member for the file itself."""


class Files(ABC):
    """The files of a family, as its imports see them; unless it says otherwise, no file holds another."""

    @abstractmethod
    def name(self, path: str) -> str:
        """What a file is called."""

    @abstractmethod
    def find(self, path: str, wanted: Wanted) -> Found | Reason:
        """What an import in `path` means, else why there is no such file."""

    def module(self, path: str, wanted: Wanted) -> Found | None:
        """The same for a name in code, where a folder (with a slash at its end) may stand for a package."""
        found = self.find(path, wanted)
        return found if isinstance(found, tuple) else None

    def submodule(self, path: str, name: str) -> str | None:
        """The file of a module inside the package whose file, or folder, is `path`."""
        return None

    def seen(self, path: str, name: str) -> str | None:
        """The file whose `name` is seen in `path` without an import."""
        return None


@dataclass(frozen=True, slots=True)
class Family:
    """Languages that import one another; `files` is given all paths and what was read in them."""

    languages: frozenset[Language]
    handlers: Mapping[str, Handler]
    files: Callable[[frozenset[str], Mapping[str, Outline]], Files]
