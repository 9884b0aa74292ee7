"""Folders of the user that Octad writes to: its caches unasked, and what a team's server keeps."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from octad.errors import StoreError
from octad.host.private import why_not_private


def cache_folder() -> Path:
    """Where caches of this user lie: OCTAD_CACHE, or `octad` where the system keeps such things."""
    if named := os.environ.get("OCTAD_CACHE"):
        return Path(named)
    if sys.platform == "win32":
        home = os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local"
    else:
        home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "octad"


def data_path() -> Path:
    """Where what a team's server keeps lies, made or not."""
    if named := os.environ.get("OCTAD_STORE"):
        return Path(named)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "octad" / "store"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "octad"


def data_folder() -> Path:
    """Where what a team's server keeps lies: OCTAD_STORE, or `octad` where the system keeps such things.

    It is made where it is missing; raises StoreError where others can enter it.
    """
    folder = data_path()
    if problem := why_not_private(folder, "OCTAD_STORE"):
        raise StoreError(problem, kind="refused")
    return folder
