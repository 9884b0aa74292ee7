"""Who says something on this machine."""

from __future__ import annotations

import os


def actor_here() -> str:
    """The name in OCTAD_ACTOR, else that of the user."""
    names = (os.environ.get(name, "") for name in ("OCTAD_ACTOR", "USER", "LOGNAME", "USERNAME"))
    found = next((one.strip() for one in names if one.strip()), "")
    return (found or f"user {os.getuid() if hasattr(os, 'getuid') else 0}")[:200]
