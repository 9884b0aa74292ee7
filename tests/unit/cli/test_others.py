"""`octad review --others`: what other callers in a repository do, beside the places to look at first."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from octad.agents.command import ReviewCommand
from octad.records.look import Look
from octad.records.report import Anchor
from octad.repository import usage

Octad = Callable[..., tuple[int, str, str]]
ALONE = "--no-analysers"
CAUGHT = (
    "import ext\n\n\ndef f(a):\n    try:\n        return ext.load(a)\n    except OSError:\n        return 0\n"
)
BARE = "import ext\n\n\ndef g(a):\n    return ext.load(a)\n"


def git(*arguments: str) -> None:
    names = ["-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "init.defaultBranch=main"]
    subprocess.run(["git", *names, *arguments], check=True, capture_output=True)


def look(case: Any, answer: float) -> Look | None:
    code = case.code
    last = code.first_line + code.text.rstrip("\n").count("\n")
    anchor = Anchor(path=code.path, line=code.first_line, end_line=last, end_column=1)
    return Look(anchor=anchor, name="g", changed=1, score=answer, line=last) if code.changed else None


@pytest.fixture
def changed(octad: Octad, runner: Any, monkeypatch: pytest.MonkeyPatch) -> Octad:
    """Six callers that catch, committed; then one more that does not."""
    monkeypatch.setattr(runner.agent, "command", ReviewCommand("fake", "Find bugs.", look=look))
    git("init")
    for number in range(6):
        Path(f"o{number}.py").write_text(CAUGHT)
    Path("here.py").write_text("import ext\n")
    git("add", ".")
    git("commit", "-m", "a")
    Path("here.py").write_text(BARE)
    return octad


def test_it_is_said_below_the_places_and_in_json(changed: Octad) -> None:
    code, out, err = changed("review", "--diff", "HEAD", "--others", ALONE)
    assert (code, err) == (0, "")
    assert (
        "What others here do" in out
        and "here.py: line 5: `ext.load()` is called without `try`; 6 of 6" in out
    )
    document = json.loads(changed("review", "--diff", "HEAD", "--others", ALONE, "--format", "json")[1])
    said = [one["others"] for one in document["look_first"]]
    assert [len(one) for one in said if one] == [1] and document["findings"] == []


def test_without_the_option_nothing_is_read(changed: Octad, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(usage, "read", None)
    document = json.loads(changed("review", "--diff", "HEAD", ALONE, "--format", "json")[1])
    assert document["look_first"] and not any(one["others"] for one in document["look_first"])


def test_a_patch_and_a_folder_below_see_the_whole_repository(
    changed: Octad, monkeypatch: pytest.MonkeyPatch
) -> None:
    patch = subprocess.run(["git", "diff"], check=True, capture_output=True).stdout
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(patch)))
    assert "6 of 6 other callers" in changed("review", "-", "--others", ALONE)[1]
    Path("below").mkdir()
    monkeypatch.chdir("below")
    out = changed("review", "--diff", "HEAD", "--others", ALONE)[1]
    assert "6 of 6 other callers" in out and "../o0.py:6" in out


def test_a_part_that_was_read_is_said(changed: Octad, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(usage, "MOST_FILES", 3)
    _, out, err = changed("review", "--diff", "HEAD", "--others", ALONE)
    assert err == "octad: what others do: only 3 of 7 files were read\n" and "What others" not in out


def test_what_the_project_excludes_is_not_read(changed: Octad) -> None:
    Path("pyproject.toml").write_text('[tool.octad]\nexclude = ["o*.py"]\n')
    assert "What others" not in changed("review", "--diff", "HEAD", "--others", ALONE)[1]


def test_without_a_change_it_is_an_error(changed: Octad) -> None:
    code, out, err = changed("review", "here.py", "--others", ALONE)
    assert (code, out) == (2, "") and err.startswith("octad: error: --others is for a change")
    assert len(err.splitlines()) == 1


def test_without_a_place_to_look_at_it_says_so(
    changed: Octad, runner: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner.agent, "command", ReviewCommand("fake", "Find bugs."))
    assert "nothing to look at first" in changed("review", "--diff", "HEAD", "--others", ALONE)[2]
