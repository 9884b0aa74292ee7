"""A finding is acted on where its function no longer has it, not where its line merely reads otherwise."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from octad_train.data.changes.alert_fates import Said, fate, fates
from tests.past import Past

MESSAGE = "Unused function argument: `b`"
ROW: dict[str, Any] = {
    "rule": "ARG001", "message": MESSAGE, "function": "f", "label": "fixed", "path": "m.py", "repo": "o/n",
}  # fmt: skip


def said(*found: tuple[str, int], name: str = "f") -> Said:
    return Said(tuple(("ARG001", message, line) for message, line in found), {name: [(1, 9)]})


@pytest.mark.parametrize(
    ("after", "acted_on"),
    [
        (said(), True),
        (said((MESSAGE, 2)), False),
        (said((MESSAGE, 20)), True),
        (said(("Unused function argument: `c`", 2)), False),
        (said(name="g"), None),
        (None, None),
    ],
)
def test_the_fate_of_a_finding(after: Said | None, acted_on: bool | None) -> None:
    assert fate(ROW, said((MESSAGE, 1)), after) is acted_on


def test_nothing_is_known_where_ruff_and_the_set_differ() -> None:
    assert fate(ROW, said(), said()) is None
    assert fate({**ROW, "label": "kept"}, said((MESSAGE, 1)), said()) is None


def test_histories_are_asked(tmp_path: Path) -> None:
    clone = tmp_path / "o+n" / "repo"
    clone.mkdir(parents=True)
    past = Past(clone)
    first = "def f(a, b):\n    return a\n\n\ndef g(a, b):\n    return a\n"
    sha = past.commit("one", {"m.py": first})
    past.commit("two", {"m.py": first.replace("def f(a, b)", "def f(a,  b: int)").replace("g(a, b)", "g(a)")})
    rows = [{**ROW, "function": name, "sha": sha, "day": "2025-01-01"} for name in "fg"]
    assert list(fates(rows, tmp_path)) == [(0, False), (1, True)]
    assert list(fates([{**row, "repo": "o/other"} for row in rows], tmp_path)) == []
