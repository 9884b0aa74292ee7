"""Deadline and memory of a run on the command line."""

from __future__ import annotations

import itertools
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from octad import budget as octad_budget
from octad.cli import deps, limits

Octad = Callable[..., tuple[int, str, str]]
READS_WHAT_A_STRANGER_WROTE = ("deps", "search", "similar", "explain", "triage", "ask", "fake")


@pytest.fixture
def spent(monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory of which more is held at every look: it needs no clock."""
    monkeypatch.setattr(octad_budget, "peak_megabytes", map(float, itertools.count(0, 1_000)).__next__)


def test_a_review_that_was_cut_short_is_not_clean(octad: Octad, tmp_path: Path, spent: None) -> None:
    Path(tmp_path, "a.py").write_text("x = 1\n")
    code, out, err = octad("review", "a.py", "--no-analysers", "--max-memory", "10")
    assert code == 2 and "a.py" in out + err and "the limit of 10 MB of memory was reached" in out + err
    assert octad("review", "a.py", "--no-analysers", "--max-memory", "0")[0] == 0
    assert octad("review", "a.py", "--no-analysers", "--max-memory", "2000000")[0] == 0


def test_the_project_may_limit_a_review(octad: Octad, tmp_path: Path, spent: None) -> None:
    Path(tmp_path, "a.py").write_text("x = 1\n")
    Path(tmp_path, "pyproject.toml").write_text("[tool.octad]\nmax-memory = 7\n")
    code, out, err = octad("review", "a.py", "--no-analysers")
    assert code == 2 and "the limit of 7 MB" in out + err
    assert octad("review", "a.py", "--no-analysers", "--max-memory", "0")[0] == 0


def test_files_that_were_not_read_for_their_dependencies_are_named(
    octad: Octad, tmp_path: Path, spent: None
) -> None:
    Path(tmp_path, "a.py").write_text("import b\n")
    code, out, err = octad("deps", ".", "--max-memory", "10")
    assert code == 2 and "the limit of 10 MB of memory was reached" in out + err


def test_what_does_not_end_by_itself_is_interrupted(octad: Octad, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "GRACE", 0.01)

    def endless(*_: object) -> None:
        while True:
            pass

    monkeypatch.setattr(deps, "sources", endless)
    code, out, err = octad("deps", ".", "--deadline", "0.05")
    assert (code, out) == (2, "") and "no end within the deadline of 0.05 s" in err
    assert signal.getitimer(signal.ITIMER_REAL)[0] == signal.getitimer(signal.ITIMER_PROF)[0] == 0


def test_limits_end_with_the_run(octad: Octad) -> None:
    octad("deps", "nowhere", "--deadline", "500")
    assert signal.getitimer(signal.ITIMER_REAL)[0] == 0
    assert octad_budget.current().seconds is None


@pytest.mark.parametrize(
    "verb", ["deps", "search", "similar", "explain", "triage", "ask", "review", "assess"]
)
def test_every_verb_that_reads_input_can_be_limited(octad: Octad, verb: str) -> None:
    code, out, _ = octad(verb, "--help")
    assert code == 0 and "--deadline" in out and "--max-memory" in out
