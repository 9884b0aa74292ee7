"""What an ONNX file asks for, read from its bytes before ONNX Runtime sees it.

A graph of ours has standard operators, no graphs within graphs (loops without end are made of these), and its
weights in one file beside it. Only the few fields that could say otherwise are read of the protocol buffer.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from octad.errors import ArtefactError, UnreadableInput
from octad.host.files import read_bytes

LARGEST = 16 << 20
"""Bytes of a graph, whose weights lie beside it; the largest shipped has 0.1 MB."""
STANDARD = (b"", b"ai.onnx")
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_WITHIN = {
    ("model", 7): "graph",
    ("model", 8): "opset",
    ("model", 20): "training",
    ("model", 25): "function",
    ("graph", 1): "node",
    ("graph", 5): "tensor",
    ("graph", 15): "sparse tensor",
    ("node", 5): "attribute",
    ("attribute", 5): "tensor",
    ("attribute", 6): "subgraph",
    ("attribute", 10): "tensor",
    ("attribute", 11): "subgraph",
    ("attribute", 22): "sparse tensor",
    ("attribute", 23): "sparse tensor",
    ("tensor", 13): "external",
}
"""Messages by the one they lie in and the number of their field (onnx.proto3)."""
_REFUSED = ("training", "function", "subgraph", "sparse tensor")


def check(path: Path, weights: str) -> None:
    """Raise ArtefactError unless a graph is of standard operators over the one file `weights` beside it."""
    try:
        for kind, number, value in _messages("model", read_bytes(path, LARGEST, follow=False)):
            if reason := _reason(kind, number, value, weights.encode()):
                raise ArtefactError(f"{path} {reason}", hint="make the weights again with `octad train`")
    except UnreadableInput as error:
        raise ArtefactError(f"{path}: {error.message}", hint="the weights are damaged") from error
    except ValueError as error:
        raise ArtefactError(f"{path} is no graph: {error}", hint="the weights are damaged") from error


def _reason(kind: str, number: int, value: bytes, weights: bytes) -> str:
    """What speaks against a field of a message, "" where nothing does."""
    if kind in _REFUSED:
        return f"holds a {kind}, which no graph of Octad does"
    if (kind, number) in (("node", 7), ("opset", 1)) and value not in STANDARD:
        return f"needs operators of {value[:40].decode('ascii', 'replace')!r}, which are not standard"
    if kind == "external":
        pair = {field: held for field, held in _fields(value) if field in (1, 2)}
        if pair.get(1) == b"location" and pair.get(2) != weights:
            named = pair.get(2, b"")[:80].decode("utf-8", "replace")
            return f"reads {named!r}, and may read {weights.decode()} alone"
    return ""


def _messages(kind: str, data: bytes) -> Iterator[tuple[str, int, bytes]]:
    """The fields of a message and of those in it; what is refused is named and not gone into."""
    for number, value in _fields(data):
        within = _WITHIN.get((kind, number))
        if within is None:
            yield kind, number, value
        elif within in _REFUSED or within == "external":
            yield within, 0, value
        else:
            yield from _messages(within, value)


def _fields(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The number and content of each field of bytes; numbers are skipped. Raises ValueError."""
    place = 0
    while place < len(data):
        tag, place = _varint(data, place)
        wire = tag & 7
        if wire == _VARINT:
            _, place = _varint(data, place)
        elif wire in (_FIXED64, _FIXED32):
            place += 8 if wire == _FIXED64 else 4
        elif wire == _BYTES:
            length, place = _varint(data, place)
            yield tag >> 3, data[place : place + length]
            place += length
        else:
            raise ValueError(f"wire type {wire}")
        if place > len(data):
            raise ValueError("it is cut off")


def _varint(data: bytes, place: int) -> tuple[int, int]:
    """A number of variable length, and where it ends; raises ValueError."""
    found = 0
    for shift in range(0, 70, 7):
        if place >= len(data):
            break
        byte = data[place]
        found |= (byte & 127) << shift
        place += 1
        if byte < 128:
            return found, place
    raise ValueError("it is cut off")
