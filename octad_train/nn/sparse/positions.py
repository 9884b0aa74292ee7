"""A learned table of positions made longer without training.

Legend: T positions known, L items to read, D width.
"""

from __future__ import annotations

from torch import Tensor


def tiled(table: Tensor, items: int) -> Tensor:
    """Whole copies of the table `[T, D]`, as many as L items need: what is near stays near in each.

    As in Longformer (Beltagy et al. 2020). `benchmarks/positions.py` compares it with mirrored copies, with
    interpolation and with the last position repeated.
    """
    return table.repeat(-(-items // len(table)), 1)
