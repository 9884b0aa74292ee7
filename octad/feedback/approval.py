"""How often the findings of each rule are approved, counted anew only where something was said since."""

from __future__ import annotations

from collections.abc import Sequence

from octad.feedback.rates import Rate, rates
from octad.feedback.store import Feedback


class Approval:
    """The rates of all rules over a file of verdicts: who looks often costs no more than who looks once."""

    def __init__(self, feedback: Feedback) -> None:
        self._feedback = feedback
        self._known: tuple[tuple[int, int], Sequence[Rate]] | None = None

    def by_rule(self) -> Sequence[Rate]:
        """How often each rule is approved; raises StoreError."""
        revision = self._feedback.revision()
        if self._known is None or self._known[0] != revision:
            self._known = revision, rates(self._feedback.standing(counting=True), "rule")
        return self._known[1]
