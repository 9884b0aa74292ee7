"""Verdicts to make others from, and a store of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from octad.feedback.store import Feedback
from octad.feedback.verdict import Verdict

Make = Callable[..., Verdict]


@pytest.fixture
def verdict() -> Make:
    """A dismissal as wrong of the finding of a number, with what else is asked; each later than the last."""
    made = 0

    def make(number: int = 0, **changes: Any) -> Verdict:
        nonlocal made
        made += 1
        decision = changes.setdefault("decision", "dismissed")
        said: dict[str, Any] = {
            "fingerprint": f"{number:016x}",
            "rule": "bug/word",
            "project": "here",
            "actor": "ann",
            "time": datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=made),
            "reason": "wrong" if decision == "dismissed" else None,
            "correction": "another name" if decision == "corrected" else "",
        }
        return Verdict(**said | changes)

    return make


@pytest.fixture
def feedback(tmp_path: Path) -> Feedback:
    (tmp_path / "private").mkdir(mode=0o700)
    return Feedback(tmp_path / "private" / "feedback.sqlite")
