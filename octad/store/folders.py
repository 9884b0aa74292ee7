"""Folders of the user that Octad writes to unasked."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

from octad.host.whole_file import make_folder


def cache_folder() -> Path:
    """Where caches of this user lie: OCTAD_CACHE, or `octad` where the system keeps such things."""
    if named := os.environ.get("OCTAD_CACHE"):
        return Path(named)
    if sys.platform == "win32":
        home = os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local"
    else:
        home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "octad"


def why_not_private(folder: Path) -> str:
    """Make a folder that nobody else can enter; "" where it is one, else why what it holds cannot be trusted.

    The folders above it may be anybody's: who takes this one's place cannot make it the user's own.
    """
    try:
        make_folder(folder, 0o700)
        held = os.lstat(folder)
    except OSError as error:
        return f"{folder} cannot be used: {(error.strerror or str(error)).lower()}"
    if not stat.S_ISDIR(held.st_mode):
        return f"{folder} is a link, not a folder"
    if hasattr(os, "geteuid") and (held.st_uid != os.geteuid() or held.st_mode & 0o077):
        return f"{folder} is open to others; make it your own with mode 700, or name another in OCTAD_CACHE"
    return ""
