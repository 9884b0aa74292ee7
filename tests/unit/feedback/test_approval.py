from __future__ import annotations

from collections.abc import Callable

import pytest

from octad.feedback.approval import Approval
from octad.feedback.rates import rates
from octad.feedback.store import Feedback
from octad.feedback.verdict import Verdict


def test_verdicts_are_read_again_only_where_something_was_said(
    feedback: Feedback, verdict: Callable[..., Verdict], monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = 0

    def standing(*, counting: bool) -> list[Verdict]:
        nonlocal looks
        looks += 1
        return Feedback.standing(feedback, counting=counting)

    monkeypatch.setattr(feedback, "standing", standing)
    approval = Approval(feedback)
    for read, said in (
        (1, lambda: None),
        (2, lambda: feedback.record(verdict())),
        (3, lambda: feedback.restore("here", "bug/word", "ann")),
    ):
        said()
        assert (
            approval.by_rule()
            == approval.by_rule()
            == rates(Feedback.standing(feedback, counting=True), "rule")
        )
        assert looks == read
