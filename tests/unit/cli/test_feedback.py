"""`octad feedback`: verdicts on findings, and what they do to the next report."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

Octad = Callable[..., tuple[int, str, str]]
BAD = "def f():\n    return bug\n"


@pytest.fixture(autouse=True)
def own_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCTAD_STORE", str(tmp_path / "store"))
    monkeypatch.setenv("OCTAD_ACTOR", "ann")


@pytest.fixture
def mark(octad: Octad) -> str:
    """The beginning of the fingerprint of the finding in `r.json`."""
    Path("bad.py").write_text(BAD)
    assert octad("review", "bad.py", "--no-analysers", "--format", "json", "--output", "r.json")[0] == 1
    beginning: str = octad("feedback", "list", "--report", "r.json")[1][:8]
    return beginning


def test_a_dismissed_finding_is_gone_and_counted_until_it_is_asked_for(octad: Octad, mark: str) -> None:
    code, out, err = octad("feedback", "dismiss", mark, "--reason", "wrong", "--report", "r.json")
    assert (code, err) == (0, "") and out == f"{mark} bug/word: dismissed\n"
    code, out, _ = octad("review", "bad.py", "--no-analysers")
    assert code == 0 and "dismissed as wrong by ann: 1 finding" in out and "--no-feedback" in out
    assert octad("review", "bad.py", "--no-analysers", "--no-feedback")[0] == 1
    assert octad("review", "bad.py", "--no-analysers", "--all")[0] == 1
    Path("bad.py").write_text("\n\n" + BAD)
    assert octad("review", "bad.py", "--no-analysers")[0] == 0
    Path("bad.py").write_text(BAD.replace("bug", "bug + 1"))
    assert octad("review", "bad.py", "--no-analysers")[0] == 1


def test_a_mind_may_be_changed_without_the_report(octad: Octad, mark: str) -> None:
    octad("feedback", "dismiss", mark, "--reason", "intended", "--report", "r.json")
    assert octad("feedback", "dismiss", mark, "--reason", "intended")[1].endswith("dismissed, as before\n")
    assert octad("feedback", "correct", mark, "--to", "a wrong name")[0] == 0
    assert octad("review", "bad.py", "--no-analysers")[0] == 1
    assert "corrected a wrong name" in octad("feedback", "list")[1]
    events = json.loads(octad("feedback", "export")[1])["events"]
    assert [(one["kind"], one["subject"]) for one in events] == [("corrected", "bug/word")]
    assert len(events[0]["attributes"]["line_digest"]) == 16 and "return bug" not in json.dumps(events)


def test_a_rule_that_is_mostly_dismissed_is_silenced_and_restored(octad: Octad, mark: str) -> None:
    for number in range(7):
        said = ("--reason", "not-worth-it", "--rule", "bug/word")
        assert octad("feedback", "dismiss", f"{number:016x}", *said)[0] == 0
    code, out, _ = octad("review", "bad.py", "--no-analysers")
    assert code == 0 and "bug/word is mostly dismissed in this project: 0 of 7 approved" in out
    (rate,) = json.loads(octad("feedback", "rates", "--format", "json")[1])
    assert rate["dismissed"] == 7 and rate["silenced"] and rate["reasons"] == {"not-worth-it": 7}
    assert "silenced here" in octad("feedback", "rates")[1]
    assert "7 verdicts" in octad("feedback", "restore", "bug/word")[2]
    assert octad("review", "bad.py", "--no-analysers")[0] == 1
    assert "silenced" not in octad("feedback", "rates")[1]
    assert "7" in octad("feedback", "rates", "--by", "project")[1]


def test_nothing_was_said(octad: Octad) -> None:
    for verb in ("list", "rates"):
        assert octad("feedback", verb) == (0, "Nothing was said\n", "")
    assert json.loads(octad("feedback", "export")[1]) == {"events": []}
    assert not Path("store").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("accept", "12345678"), "--report"),
        (("accept", "12345678", "--rule", "bug/word"), "fingerprint"),
        (("dismiss", "0" * 16, "--rule", "bug/word"), "--reason"),
        (("correct", "0" * 16, "--rule", "bug/word", "--to", " "), "correction"),
        (("accept", "1234", "--report", "r.json"), "8 characters"),
        (("accept", "z" * 8, "--report", "r.json"), "no finding"),
        (("accept", "z" * 8, "--report", "none.json"), "cannot be read"),
        (("accept", "z" * 8, "--report", "bad.py"), "no report of octad"),
        (("restore", "bug/none"), "nothing was said"),
    ],
)
def test_one_line_for_what_makes_no_sense(
    octad: Octad, mark: str, arguments: tuple[str, ...], said: str
) -> None:
    code, out, err = octad("feedback", *arguments)
    assert (code, out) == (2, "") and len(err.splitlines()) == 1 and said in err


def test_damaged_feedback_costs_no_review(octad: Octad, mark: str) -> None:
    octad("feedback", "dismiss", mark, "--reason", "wrong", "--report", "r.json")
    for path in Path("store").glob("feedback*"):
        path.write_bytes(b"no database " * 1_000)
    code, _, err = octad("review", "bad.py", "--no-analysers")
    assert code == 1 and "what was said of findings is left out" in err


def test_help_without_a_verb(octad: Octad) -> None:
    code, out, _ = octad("feedback")
    assert code == 2 and "dismiss" in out
