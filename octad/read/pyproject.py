"""What stands under `[tool]` in a pyproject.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from octad.errors import UnreadableInput
from octad.read.code.files import read_bytes

NAME = "pyproject.toml"
MOST_BYTES = 1 << 20
"""A larger file is taken for none."""


def tables(path: Path) -> Mapping[str, Any]:
    """The tables of all tools by their names; none where the file is absent or cannot be read."""
    try:
        stat = path.stat()
    except OSError:
        return {}
    return _tables(path, stat.st_mtime_ns)


@lru_cache(maxsize=256)
def _tables(path: Path, changed: int) -> Mapping[str, Any]:
    try:
        found = tomllib.loads(read_bytes(str(path), MOST_BYTES).decode("utf-8")).get("tool", {})
    except (UnreadableInput, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
