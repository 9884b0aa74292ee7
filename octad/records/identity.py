"""Records by their identity: a key under which what was made of the case in hand is kept."""

from __future__ import annotations

from collections.abc import Hashable


class Same(Hashable):
    """Records by their identity, held so that it stays theirs: comparing their values would cost more."""

    def __init__(self, *held: object) -> None:
        self.held = held

    def __hash__(self) -> int:
        return hash(tuple(map(id, self.held)))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and all(a is b for a, b in zip(self.held, other.held, strict=True))
