"""`octad review` on good and bad input: what is printed where, and the exit code."""

from __future__ import annotations

import errno
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from octad.cli import main, output
from octad.cli.dependencies import Dependencies
from octad.errors import ArtefactError, OutputError
from octad.host import terminal

Octad = Callable[..., tuple[int, str, str]]
GOOD, BAD = "def f():\n    return 1\n", "def f():\n    return bug\n"
ALONE = "--no-analysers"


def git(*arguments: str) -> None:
    names = ["-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "init.defaultBranch=main"]
    subprocess.run(["git", *names, *arguments], check=True, capture_output=True)


def one_error(code: int, out: str, err: str) -> str:
    """The error line of a run that must have exactly one, and nothing else."""
    assert (code, out) == (2, "")
    (line,) = err.splitlines()
    assert line.startswith("octad: error: ")
    return line


def test_clean_and_not(octad: Octad) -> None:
    Path("good.py").write_text(GOOD)
    Path("bad.py").write_text(BAD)
    assert octad("review", "good.py", ALONE)[0] == 0
    code, out, err = octad("review", "bad.py", ALONE)
    assert code == 1 and "bug/word" in out and "return bug" in out and err == ""
    assert octad("review", ALONE)[0] == 1


@pytest.mark.parametrize(("level", "expected"), [("error", 0), ("warning", 1), ("note", 1), ("never", 0)])
def test_fail_on(octad: Octad, level: str, expected: int) -> None:
    Path("bad.py").write_text(BAD)
    assert octad("review", "bad.py", ALONE, "--fail-on", level)[0] == expected


def test_json_is_the_public_interface(octad: Octad) -> None:
    Path("bad.py").write_text(BAD)
    Path("broken.py").write_text("def f(:\n")
    code, out, _ = octad("review", ".", "--format", "json", ALONE)
    document = json.loads(out)
    (finding,) = document["findings"]
    assert code == 1 and finding["anchor"]["line"] == 2 and finding["evidence"]
    assert [skipped["path"] for skipped in document["skipped"]] == ["broken.py"]


def test_without_evidence(octad: Octad) -> None:
    Path("bad.py").write_text(BAD)
    _, out, _ = octad("review", "bad.py", ALONE, "--no-evidence", "--format", "json")
    assert json.loads(out)["findings"][0]["evidence"] == []


def test_sarif_and_output_file(octad: Octad) -> None:
    Path("bad.py").write_text(BAD)
    assert octad("review", "bad.py", ALONE, "--format", "sarif", "--output", "out.sarif") == (1, "", "")
    assert json.loads(Path("out.sarif").read_text())["version"] == "2.1.0"


def test_least_probability(octad: Octad) -> None:
    Path("bad.py").write_text(BAD)
    assert octad("review", "bad.py", ALONE, "--min-probability", "0.7")[0] == 0
    assert "--min-probability" in one_error(*octad("review", "bad.py", "--min-probability", "7"))


def test_baseline_round_trip(octad: Octad) -> None:
    Path("bad.py").write_text(BAD)
    code, out, err = octad("review", "bad.py", ALONE, "--baseline", "known.json", "--write-baseline")
    assert (code, out) == (0, "") and "1 finding written to known.json" in err
    Path("bad.py").write_text("\n\n" + BAD)
    assert octad("review", "bad.py", ALONE, "--baseline", "known.json")[0] == 0
    assert octad("review", "bad.py", ALONE)[0] == 1


def test_a_patch_on_standard_input(octad: Octad, monkeypatch: pytest.MonkeyPatch) -> None:
    patch = b"--- a/x.py\n+++ b/x.py\n@@ -1,2 +1,2 @@\n def f():\n-    return 1\n+    return bug\n"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(patch)))
    code, out, _ = octad("review", "-", ALONE, "--format", "json")
    assert code == 1 and json.loads(out)["findings"][0]["anchor"]["line"] == 2
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"hello\n")))
    one_error(*octad("review", "-"))


def test_a_revision(octad: Octad, runner: Any) -> None:
    git("init")
    Path("a.py").write_text(BAD)
    Path("b.txt").write_text("text\n")
    git("add", ".")
    git("commit", "-m", "first")
    code, out, err = octad("review", "--diff", "HEAD", "--format", "json")
    assert (code, json.loads(out)["findings"]) == (0, [])
    assert err == "octad: no changed code to review\n" and runner.asked == []
    Path("a.py").write_text(BAD + "\n\ndef g():\n    return bug\n")
    code, out, _ = octad("review", "--diff", "HEAD", "--format", "json", ALONE)
    assert (code, [f["anchor"]["line"] for f in json.loads(out)["findings"]]) == (1, [6])
    assert "unknown revision 'nowhere'" in one_error(*octad("review", "--diff", "nowhere"))


def test_no_repository(octad: Octad, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert "no git repository" in one_error(*octad("review", "--diff", "HEAD"))


def test_nothing_to_review_is_said_as_every_verb_says_it(octad: Octad) -> None:
    Path("docs").mkdir(exist_ok=True)
    for name in ("a.py", "b.py"):
        Path("docs", name).write_text("")
    said = one_error(*octad("review", "docs"))
    assert "no Python to review in docs; passed over docs/a.py: empty file (and 1 more); name files" in said
    assert said.partition("docs")[2] == one_error(*octad("deps", "docs")).partition("docs")[2]


def test_empty_files_that_are_named_are_no_mistake(octad: Octad) -> None:
    """A hook names the files of a commit, which may be an empty `__init__.py` alone."""
    Path("__init__.py").write_text("")
    Path("other.py").write_text("\n")
    code, out, _ = octad("review", "__init__.py", "other.py", "--format", "json")
    assert (code, [one["path"] for one in json.loads(out)["skipped"]]) == (0, ["__init__.py", "other.py"])
    Path("notes.txt").write_text("x")
    one_error(*octad("review", "__init__.py", "notes.txt"))
    one_error(*octad("review"))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["review", "absent.py"], "absent.py"),
        (["review", "docs"], "no Python to review in docs"),
        (["review", "-", "--diff", "HEAD"], "- excludes paths and --diff"),
        (["review", "-", "a.py"], "- excludes paths and --diff"),
        (["review", "a.py", "--stdin-filename", "b.py"], "one file alone"),
        (["review", "a.py", "--output", "nowhere/x.json"], "cannot write nowhere/x.json: no such folder"),
        (["review", "a.py", "--output", "docs"], "cannot write docs: is a folder"),
        (["review", "a.py", "--baseline", "absent.json"], "baseline absent.json"),
        (["review", "a.py", "--format", "pdf"], "'pdf'"),
        (["review", "--frobnicate"], "--frobnicate"),
        (["revue"], "'revue'"),
        (["describe", "nobody"], "there is no agent 'nobody'; "),
        (["describe"], "name"),
    ],
)
def test_bad_input_is_one_line(octad: Octad, arguments: list[str], said: str) -> None:
    Path("docs").mkdir()
    Path("docs/x.txt").write_text("x")
    Path("a.py").write_text(GOOD)
    assert said.lower() in one_error(*octad(*arguments)).lower()


def failing(error: BaseException) -> Dependencies:
    def load(name: str, weights: Path | None) -> Any:
        raise error

    return Dependencies(load)


def test_errors_of_the_runner(octad: Octad, capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.py").write_text(GOOD)
    missing = ArtefactError("no weights", hint="train\nthem")
    assert main.run(["review", "a.py"], failing(missing)) == 2
    assert capsys.readouterr().err == "octad: error: no weights; train them\n"
    assert main.run(["review", "a.py"], failing(KeyboardInterrupt())) == 130
    assert main.run(["review", "a.py"], failing(ZeroDivisionError())) == 2
    assert capsys.readouterr().err.endswith("octad: error: internal error; please report what is above\n")


def test_a_reader_that_went_away(monkeypatch: pytest.MonkeyPatch) -> None:
    receiver, sender = os.pipe()
    os.close(receiver)
    with os.fdopen(sender, "w") as stream:
        monkeypatch.setattr(sys, "stdout", stream)
        output.write("text\n" * 100_000, None)


def test_a_report_is_replaced_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    report, link = tmp_path / "report.html", tmp_path / "link.html"
    link.symlink_to(report)
    output.write("first", link)
    assert report.read_text() == "first" and link.is_symlink()
    report.chmod(0o600)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", full)
        with pytest.raises(OutputError, match="no space left"):
            output.write("second", report)
    assert report.read_text() == "first" and {one.name for one in tmp_path.iterdir()} == {
        report.name,
        link.name,
    }
    output.write("third", report)
    assert report.read_text() == "third" and report.stat().st_mode & 0o777 == 0o600
    output.write("nowhere", Path(os.devnull))
    reader, writer = os.pipe()
    output.write("to a pipe", Path(f"/dev/fd/{writer}"))
    assert os.read(reader, 100) == b"to a pipe"


def test_no_escape_sequence_reaches_the_terminal_by_way_of_an_error(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main.run(["review", "no\033]0;title\007.py"]) == 2
    assert "\033" not in capsys.readouterr().err


def test_text_that_the_terminal_cannot_show(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii", write_through=True)
    monkeypatch.setattr(sys, "stdout", stream)
    output.write("é \udcff\n", None)
    assert stream.buffer.getvalue() == b"? ?\n"  # type: ignore[attr-defined]


def test_a_bar_where_somebody_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    with terminal.progress("x") as advance:
        assert advance is None
    stream = io.StringIO()
    monkeypatch.setattr(stream, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stderr", stream)
    with terminal.progress("reviewing") as advance:
        assert advance is not None
        advance(1, 2)
    assert "reviewing" in stream.getvalue()


def test_what_the_project_asks_and_what_the_command_line_asks(octad: Octad) -> None:
    Path("bad.py").write_text(BAD)
    Path("pyproject.toml").write_text('[tool.octad]\nignore = ["bug"]\nfail-on = "error"\n')
    assert octad("review", "bad.py", ALONE)[0] == 0
    Path("pyproject.toml").write_text('[tool.octad]\nfail-on = "error"\nexclude = ["bad.py"]\n')
    assert octad("review", "bad.py", ALONE)[0] == 0, "its level is a warning"
    assert octad("review", "bad.py", ALONE, "--fail-on", "warning")[0] == 1, "named, so not excluded"
    assert octad("review", "bad.py", ALONE, "--fail-on", "warning", "--ignore", "bug/word")[0] == 0
    assert octad("review", "bad.py", ALONE, "--fail-on", "warning", "--select", "style")[0] == 0
    Path("good.py").write_text(GOOD)
    assert "bad.py" not in octad("review", ".", ALONE, "--format", "json")[1]


def test_code_on_standard_input(octad: Octad, monkeypatch: pytest.MonkeyPatch) -> None:
    for arguments in ((), ("-",)):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(BAD.encode())))
        code, out, _ = octad(
            "review", *arguments, "--stdin-filename", "x/new.py", ALONE, "--format", "concise"
        )
        assert code == 1 and out.startswith("x/new.py:2:")


def test_a_baseline_that_lies_there_is_read(octad: Octad) -> None:
    Path("bad.py").write_text(BAD)
    assert octad("review", "bad.py", ALONE, "--write-baseline")[0] == 0
    code, out, _ = octad("review", "bad.py", ALONE)
    assert code == 0 and "1 suppressed" in out


def test_counts_by_rule_and_fewer_findings(octad: Octad) -> None:
    Path("bad.py").write_text(BAD + BAD)
    code, out, _ = octad("review", "bad.py", ALONE, "--statistics")
    assert (code, out) == (1, "     2  bug/word\n")
    code, out, _ = octad("review", "bad.py", ALONE, "--max-findings", "1")
    assert code == 1 and "1 more, less grave" in out and "1 finding" in out


def test_nothing_could_be_read_is_no_clean_review(octad: Octad) -> None:
    Path("broken.py").write_text("def f(:\n")
    assert "nothing could be read: broken.py" in one_error(*octad("review", "broken.py", ALONE))


def test_a_newer_python_is_read(octad: Octad) -> None:
    Path("new.py").write_text("type Pair[T] = tuple[T, T]\n\n\n" + BAD)
    code, out, _ = octad("review", "new.py", ALONE, "--format", "json")
    document = json.loads(out)
    assert code == 1 and document["skipped"] == [] and document["findings"][0]["anchor"]["line"] == 5
    Path("old.py").write_text('print "old"\n')
    assert octad("review", "old.py", ALONE)[0] == 2


def test_a_rule_that_cannot_be_is_an_error_and_not_a_clean_review(octad: Octad) -> None:
    Path("bad.py").write_text(BAD)
    assert "no rule is called 'typo'" in one_error(*octad("review", "bad.py", "--select", "typo"))
    assert "did you mean ruff/E711?" in one_error(*octad("review", "bad.py", "--ignore", "E711"))


def test_a_finding_of_two_tools_is_asked_for_by_either_name(octad: Octad) -> None:
    Path("a.py").write_text("x = eval(input())\n")
    for rules in ("bandit", "ruff/S307", "bandit/B307"):
        code, out, _ = octad("review", "a.py", "--all", "--select", rules, "--format", "concise")
        assert code == 1 and "eval" in out
    assert octad("review", "a.py", "--all", "--ignore", "ruff")[0] == 1


def test_an_analyser_that_fails_is_named_beside_every_format(octad: Octad) -> None:
    Path("a.py").write_text(GOOD)
    Path("ruff.toml").write_text('required-version = ">=99"\n')
    _, _, err = octad("review", "a.py", "--format", "concise", "--quiet")
    assert "octad: no findings of ruff: failed with status" in err


@pytest.mark.parametrize("arguments", [["--diff", ""], ["--stdin-filename", ""], [""], ["a.py", ""]])
def test_what_is_empty_does_not_widen_the_input(octad: Octad, arguments: list[str]) -> None:
    Path("a.py").write_text(BAD)
    assert "empty" in one_error(*octad("review", *arguments, ALONE))


def test_a_path_outside_the_repository_is_no_clean_change(octad: Octad, tmp_path: Path) -> None:
    git("init")
    Path("a.py").write_text(GOOD)
    git("add", ".")
    git("commit", "-m", "first")
    assert "is not in this repository" in one_error(*octad("review", "--diff", "HEAD", "/etc"))


def test_counts_have_no_build_server_format(octad: Octad) -> None:
    Path("a.py").write_text(BAD)
    assert "no format sarif" in one_error(*octad("review", "a.py", "--statistics", "--format", "sarif"))
