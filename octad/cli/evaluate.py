"""`octad evaluate`."""

from __future__ import annotations

from octad.errors import OctadError


def evaluate() -> int:
    """To come."""
    raise OctadError("not there yet")
