"""A smaller case that goes wrong in the same way."""

from __future__ import annotations

from collections.abc import Callable

MOST_TRIES = 2_000


def minimised(data: bytes, still_fails: Callable[[bytes], bool]) -> bytes:
    """The case without the lines, then the bytes, that it can do without: delta debugging."""
    tries = [MOST_TRIES]
    joined = _reduced(data.splitlines(keepends=True), lambda parts: still_fails(b"".join(parts)), tries)
    smaller = b"".join(joined)
    single = [smaller[at : at + 1] for at in range(len(smaller))]
    return b"".join(_reduced(single, lambda parts: still_fails(b"".join(parts)), tries))


def _reduced(parts: list[bytes], fails: Callable[[list[bytes]], bool], tries: list[int]) -> list[bytes]:
    size = max(1, len(parts) // 2)
    while parts and tries[0] > 0:
        at, before = 0, len(parts)
        while at < len(parts) and tries[0] > 0:
            fewer = parts[:at] + parts[at + size :]
            tries[0] -= 1
            if fails(fewer):
                parts = fewer
            else:
                at += size
        if size == 1 and len(parts) == before:
            break
        size = max(1, size // 2)
    return parts
