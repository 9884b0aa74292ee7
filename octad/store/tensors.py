"""Safetensors files that nobody vouches for: bounded before they are parsed, then types, shapes, numbers."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from octad.errors import ArtefactError, UnreadableInput
from octad.host.files import opened, read_bytes

Array = NDArray[Any]
ArrayKind = tuple[str, tuple[int | None, ...]]
"""The type of an array as NumPy names it ("" for any floats), and its shape; None is any length."""
LARGEST = 4 << 30
"""Bytes of a file of weights."""
LARGEST_HEADER = 1 << 20
"""Bytes of its header, some 10,000 tensors: the format allows a hundred times that, which takes 16 s."""


def header_size(start: bytes, size: int, name: object) -> int:
    """The length of the header of a safetensors file of `size` bytes, by its `start`; raises ValueError."""
    length = int.from_bytes(start[:8], "little")
    if len(start) < 8 or length > size - 8:
        raise ValueError(f"{name} is no safetensors file, or cut off")
    if length > LARGEST_HEADER:
        raise ValueError(f"{name} has a header of {length:,} bytes, more than {LARGEST_HEADER:,}")
    return length


def check_header(path: Path) -> None:
    """Raise ArtefactError unless a file has a safetensors header of bounded size that fits its length."""
    try:
        with opened(path, LARGEST, follow=False) as file:
            size = path.stat().st_size
            length = header_size(file.read(8), size, path)
            entries = json.loads(file.read(length))
        if not isinstance(entries, dict):
            raise ValueError(f"{path} has a header that is no object")
        ends = [entry["data_offsets"][1] for name, entry in entries.items() if name != "__metadata__"]
        if max(ends, default=0) != size - 8 - length:
            raise ValueError(f"{path} is cut off, or holds more than its header says")
    except UnreadableInput as error:
        raise ArtefactError(f"{path}: {error.message}", hint="the weights are damaged") from error
    except (OSError, ValueError, LookupError, TypeError, RecursionError) as error:
        reason = str(error) if str(path) in str(error) else f"{path} is no safetensors file: {error!r}"
        raise ArtefactError(reason, hint="the weights are damaged") from error


def read_tensors(
    path: Path, expected: Mapping[str, ArrayKind], *, infinite: bool = False
) -> dict[str, Array]:
    """The arrays of a file, exactly those that are expected; raises ArtefactError naming the one that is not.

    No number may be NaN, and infinite only where that is allowed.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load

    check_header(path)
    try:
        found: dict[str, Array] = load(read_bytes(path, LARGEST, follow=False))
    except (UnreadableInput, SafetensorError, ValueError, LookupError, TypeError) as error:
        raise ArtefactError(f"{path} cannot be read: {error}", hint="the weights are damaged") from error
    if odd := sorted(found.keys() ^ expected.keys()):
        raise ArtefactError(f"{path} should hold {', '.join(sorted(expected))}; odd is {odd[0]}")
    for name, kind in expected.items():
        if reason := difference(found[name], kind, infinite=infinite):
            raise ArtefactError(f"{path}: {name} {reason}", hint="the weights are damaged or of another kind")
    return found


def _is_shape(found: tuple[int, ...], wanted: tuple[int | None, ...]) -> bool:
    """Whether a shape is as it should be, None being any length."""
    return len(found) == len(wanted) and all(
        size in (None, length) for size, length in zip(wanted, found, strict=True)
    )


def difference(array: Array, kind: ArrayKind, *, infinite: bool = False) -> str:
    """What an array has of another kind, or that it holds no numbers; "" where it is as expected."""
    dtype, shape = kind
    if not (array.dtype.kind == "f" if not dtype else array.dtype == dtype):
        return f"is of type {array.dtype}, not {dtype or 'floats'}"
    if not _is_shape(array.shape, shape):
        return f"has the shape {array.shape}, not {tuple('any' if n is None else n for n in shape)}"
    if array.dtype.kind != "f":
        return ""
    sound = not np.isnan(array).any() if infinite else math.isfinite(float(np.sum(array, dtype=np.float64)))
    return "" if sound else "holds what is no number"
