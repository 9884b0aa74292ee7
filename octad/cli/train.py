"""`octad train`."""

from __future__ import annotations

from octad.errors import OctadError


def train() -> int:
    """To come."""
    raise OctadError("not there yet")
