"""Placebo windows: cases made of a case's own past, in which the answer is known to be no (`design/0012`)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from octad.extensions.base import Extension


class PlaceboWindows(Extension):
    """What `head` raises in the cases that `make` gives is taken off what it says of the case itself."""

    corrects_logit = True

    def __init__(self, head: str, make: Callable[[Any], Sequence[Any]]) -> None:
        self.name = f"{head}_placebos"
        self.heads = (head,)
        self.make = make

    def placebos(self, case: Any) -> Sequence[Any]:
        """The cases of the past."""
        return self.make(case)
