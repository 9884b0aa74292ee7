"""Bytes of what is read to a graph, as text."""

from __future__ import annotations

from octad.errors import UnreadableInput
from octad.read.code.decode import decode

MAX_BYTES = 8_000_000
KNOWN = "known are JSON, DOT, Mermaid, PlantUML, Markdown with these, docker-compose and Kubernetes YAML"


def text_of(data: bytes, source: str) -> str:
    """Bytes as text; raises UnreadableInput, naming the file, for what is none."""
    try:
        return decode(data).text.removeprefix("\ufeff")
    except UnreadableInput as error:
        raise UnreadableInput(f"{source}: {error.message}", hint=KNOWN) from error
