"""No verb that reads a repository runs what that says: see `tests/unit/read/git` for each reader."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from octad.agents.command import ReviewCommand
from tests.hostile import Hostile

Octad = Callable[..., tuple[int, str, str]]


@pytest.fixture
def hostile(tmp_path: Path) -> Hostile:
    made = Hostile(tmp_path / "made")
    made.configure(made.everything())
    made.lit()
    return made


def test_review(octad: Octad, runner: Any, hostile: Hostile, monkeypatch: pytest.MonkeyPatch) -> None:
    command = ReviewCommand("fake", "Find bugs.", look=lambda case, answer: None)
    monkeypatch.setattr(runner.agent, "command", command)
    monkeypatch.chdir(hostile.root)
    code, _, err = octad("review", "--diff", "HEAD", "--others", "--no-analysers")
    assert code == 0 and "nothing to look at first" in err
    assert [code.path for code in runner.asked] == ["a.py"]
    assert hostile.lit() == []


@pytest.mark.parametrize("change", ["HEAD", "HEAD~1..HEAD"])
def test_assess(operations: Octad, hostile: Hostile, change: str) -> None:
    code, _, err = operations("assess", "--change", change, "--repo", str(hostile.root), "--fail-on", "never")
    assert (code, err) == (0, "")
    assert hostile.lit() == []


def test_debug(operations: Octad, hostile: Hostile) -> None:
    frame = f'  File "{hostile.root}/a.py", line 1, in f'
    Path("app.log").write_text(f"2026-01-31T12:00:00Z ERROR lost\n{frame}\n" * 9)
    where = ("--logs", "app.log", "--repo", os.fspath(hostile.root), "--since", "HEAD~1")
    code, _, err = operations("debug", *where, "--no-evidence")
    assert code in (0, 1), err
    assert hostile.lit() == []
