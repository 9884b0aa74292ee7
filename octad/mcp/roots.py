"""Folders that tools may read, and whether a path lies in one of them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from octad.errors import InputError

LONGEST = 4_096
"""Characters of a path."""


class Roots:
    """Folders that were named by who started the program; nothing outside them is read.

    The first is meant where none is said. Two of one name are told apart by a number.
    """

    def __init__(self, folders: Sequence[Path]) -> None:
        self._by_name: dict[str, Path] = {}
        for folder in folders:
            real = Path(os.path.realpath(folder))
            if not real.is_dir():
                raise InputError(f"{folder} is no folder", hint="name a folder with --root")
            if real not in self._by_name.values():
                self._by_name[self._free(real.name or "root")] = real

    def _free(self, name: str) -> str:
        """A name that no other root has."""
        numbered = (f"{name}-{number}" for number in range(2, len(self._by_name) + 3))
        return next(one for one in (name, *numbered) if one not in self._by_name)

    @property
    def names(self) -> tuple[str, ...]:
        """What the roots are called, the usual one first."""
        return tuple(self._by_name)

    def folder(self, name: str = "") -> Path:
        """A root by its name, the first without one."""
        return self._by_name[name or self.names[0]]

    def inside(self, name: str, path: str) -> str:
        """A path from its root, through no link; raises InputError for one that is not to be read.

        What is hidden is not read either: there lie settings and secrets. A link is followed first, so one
        that leads out of the root, or to something hidden, is refused as its target is.
        """
        root = self.folder(name)
        hint = "name a path below a folder of --root"
        if not path or len(path) > LONGEST or "\0" in path:
            raise InputError("a path that is empty, too long or no path", hint=hint)
        try:
            real = Path(os.path.realpath(root / path, strict=True))
        except OSError as error:
            # Whether something is there is told of the root alone.
            outside = not Path(os.path.realpath(root / path)).is_relative_to(root)
            said = f"{path} is outside the folders that may be read" if outside else f"{path} is not there"
            raise InputError(said, hint=hint) from error
        if not real.is_relative_to(root):
            raise InputError(f"{path} is outside the folders that may be read", hint=hint)
        within = real.relative_to(root)
        if any(part.startswith(".") for part in within.parts):
            raise InputError(f"{path} is hidden, and not read", hint=hint)
        return f"./{within.as_posix()}" if within.as_posix().startswith("-") else within.as_posix()
