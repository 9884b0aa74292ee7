"""`octad explain`."""

from __future__ import annotations

from octad.errors import OctadError


def explain() -> int:
    """To come."""
    raise OctadError("not there yet")
