"""Links between items of different inputs: what names the same file, wherever it lies."""

from __future__ import annotations

LONGEST = 6
"""Folders and file of the longest ending."""


def endings(path: str) -> tuple[str, ...]:
    """The endings of a path that name a folder, shortest first; the path itself where it names none.

    A program runs elsewhere than where its code is kept: `/app/cart/client.py` is `services/cart/client.py`.
    """
    parts = [part for part in path.replace("\\", "/").split("/") if part not in ("", ".")]
    if len(parts) < 2:
        return tuple(parts)
    return tuple("/".join(parts[-n:]) for n in range(2, min(len(parts), LONGEST) + 1))
