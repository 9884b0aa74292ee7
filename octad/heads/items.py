"""Labels of items by their names: what heads that answer for every item of some inputs share.

Legend: B rows, L items.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from octad.encoders.batch import padded
from octad.encoders.prepared import Prepared

Ints = NDArray[np.int64]
UNKNOWN = -1
"""The truth of an item that no label names."""


def named_items(unit: Prepared, inputs: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Every item of some inputs with its name."""
    for part in unit.parts:
        if part.name in inputs:
            yield from ((part.first + index, name) for index, name in enumerate(part.items.names))


def truths(
    unit: Prepared, inputs: Sequence[str], label: Mapping[str, Any] | None, number: Callable[[Any], int]
) -> Ints:
    """The truth of every item `[L]`, as `number` has it, UNKNOWN where the label names it not."""
    found = np.full(len(unit), UNKNOWN, np.int64)
    known = label or {}
    for item, name in named_items(unit, inputs):
        if name in known:
            found[item] = number(known[name])
    return found


def padded_truths(truths: Sequence[Ints], units: Sequence[Prepared]) -> Ints:
    """The truths of several units `[B, L]`; padding is unknown."""
    found = np.full((len(units), padded([len(unit) for unit in units])), UNKNOWN, np.int64)
    for row, own in enumerate(truths):
        found[row, : len(own)] = own
    return found
