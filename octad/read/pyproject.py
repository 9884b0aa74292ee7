"""What stands under `[tool]` in a pyproject.toml."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from octad.errors import UnreadableInput
from octad.host.files import read_bytes

NAME = "pyproject.toml"
MOST_BYTES = 1 << 20
"""A larger file is not read."""


def whole_path(path: str) -> Path:
    """A path as seen from the current folder, as one from the root without `..`; links are not followed."""
    return Path(os.path.normpath(Path.cwd().joinpath(path)))


def project_folders(folder: Path) -> Iterator[Path]:
    """A folder and those above it, up to the top of the repository that it is in, if it is in one."""
    for above in (folder, *folder.parents):
        yield above
        if Path(above, ".git").exists():
            return


def tables(path: Path) -> Mapping[str, Any]:
    """The tables of all tools by their names; none where the file is absent or cannot be read."""
    found = _read(path)
    return found if isinstance(found, dict) else {}


def problem_of(path: Path) -> str:
    """Why a file that is there cannot be read, "" where it can or is not there."""
    found = _read(path)
    return found if isinstance(found, str) else ""


def _read(path: Path) -> Mapping[str, Any] | str:
    try:
        stat = path.stat()
    except OSError:
        return {}
    return _kept(path, stat.st_mtime_ns) if path.is_file() else {}


@lru_cache(maxsize=256)
def _kept(path: Path, changed: int) -> Mapping[str, Any] | str:
    try:
        found = tomllib.loads(read_bytes(str(path), MOST_BYTES).decode("utf-8-sig")).get("tool", {})
    except UnreadableInput as error:
        return error.message
    except RecursionError:
        return "nested too deep"
    except ValueError as error:
        return str(error)
    return found if isinstance(found, dict) else "tool is no table"
