"""Ruff and bandit run for real once, on odd texts, and fail in every way they can."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from octad.analysers import bandit, every, ruff, workspace
from octad.analysers.workspace import Analysis
from octad.budget import FINDINGS
from octad.errors import ProcessError
from octad.host import processes
from octad.host.processes import Finished
from octad.records.code import Code, LineRange
from octad.records.report import Finding

TEXT = """\
import subprocess

def run(command, log=[]):
    é = "日本"; subprocess.call("ls " + command, shell=True)
    return [undefined for _ in log]
"""
UNPARSED = Code(path="old.py", text='print "one"\nprint "two"\n')
CODES = (
    Code(path="a/x.py", text=TEXT),
    Code(path="b/x.py", text=TEXT, changed=(LineRange(first=5, last=9),)),
    UNPARSED,
    Code(path="new.py", text="type X = int\n"),
    Code(path="script", text="\n\neval(input())\n"),
    Code(path="x.go", text="package x", language="go"),
    Code(path="part.py", text="return undefined\n", first_line=7),
)


@pytest.fixture(scope="module")
def analysis(tmp_path_factory: pytest.TempPathFactory) -> Analysis:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("nothing-configured"))
        return every.analyse(CODES)


@pytest.fixture(autouse=True)
def nothing_configured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def found(analysis: Analysis, path: str, rule: str) -> list[Finding]:
    return [f for f in analysis.findings if (f.anchor.path, f.rule) == (path, rule)]


def test_places_are_characters_of_the_file(analysis: Analysis) -> None:
    (shell,) = found(analysis, "a/x.py", "bandit/B602")
    anchor = shell.anchor
    line = TEXT.split("\n")[anchor.line - 1]
    assert line[anchor.column - 1 : anchor.end_column - 1] == 'subprocess.call("ls " + command, shell=True)'
    (unused,) = found(analysis, "a/x.py", "ruff/F841")
    assert (unused.anchor.line, unused.anchor.column, unused.anchor.end_column) == (4, 5, 6)
    (name,) = found(analysis, "script", "bandit/B307")
    assert name.anchor.line == 3


def test_levels_references_and_that_nobody_measured_how_often_they_are_right(analysis: Analysis) -> None:
    (name,) = found(analysis, "a/x.py", "ruff/F821")
    assert (name.level, name.probability, name.source) == ("error", None, "ruff")
    assert name.reference.endswith("/undefined-name")
    (mutable,) = found(analysis, "a/x.py", "ruff/B006")
    assert (mutable.level, mutable.probability) == ("warning", None)
    (shell,) = found(analysis, "a/x.py", "bandit/B602")
    assert (shell.level, shell.probability) == ("error", None)
    assert "CWE-78" in shell.message and "b602" in shell.reference


def test_a_fix_of_two_places_becomes_one_edit(analysis: Analysis) -> None:
    (mutable,) = found(analysis, "a/x.py", "ruff/B006")
    (repair,) = mutable.repairs
    assert repair.replacement == "None):\n    if log is None:\n        log = []\n"
    assert (repair.anchor.line, repair.anchor.end_line, repair.anchor.end_column) == (3, 4, 1)
    assert (repair.probability, repair.safe) == (None, False)


def test_a_fix_at_the_end_of_a_file_stays_inside_it() -> None:
    (unused,) = ruff.analyse([Code(path="x.py", text="x = 1\nimport os\n")]).findings[-1:]
    (repair,) = unused.repairs
    assert (repair.anchor.line, repair.anchor.end_line, repair.anchor.end_column) == (2, 2, 10)
    assert repair.replacement == ""


def test_only_changed_lines(analysis: Analysis) -> None:
    assert {f.anchor.line for f in analysis.findings if f.anchor.path == "b/x.py"} == {5}


def test_syntax_of_python_2_is_said_once_and_new_syntax_not_at_all(analysis: Analysis) -> None:
    assert len(found(analysis, "old.py", "ruff/invalid-syntax")) == 1
    assert not [f for f in analysis.findings if f.anchor.path == "new.py"]


def test_fragments_and_other_languages_are_left_alone(analysis: Analysis) -> None:
    assert {f.anchor.path for f in analysis.findings} == {"a/x.py", "b/x.py", "old.py", "script"}
    assert analysis.skipped == ()


def answering(monkeypatch: pytest.MonkeyPatch, answer: Any) -> None:
    def run(*_: Any, **__: Any) -> Any:
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(processes, "run", run)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (ProcessError("not installed", kind="absent"), "not installed"),
        (ProcessError("no answer within 5 s", kind="slow"), "no answer within"),
        (Finished(2, b"", b"first\nlast line\n"), "failed with status 2: last line"),
        (Finished(0, b"no json", b""), ""),
    ],
)
def test_a_tool_that_fails_is_named_and_the_review_goes_on(
    monkeypatch: pytest.MonkeyPatch, answer: Any, reason: str
) -> None:
    answering(monkeypatch, answer)
    for name, tool in (("ruff", ruff), ("bandit", bandit)):
        analysis = tool.analyse([CODES[0]])
        assert analysis.findings == ()
        assert [s.path for s in analysis.skipped] == [name]
        assert analysis.skipped[0].reason.startswith(f"{name}: ") and reason in analysis.skipped[0].reason


def test_bandit_absent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bandit, "find_spec", lambda name: None)
    assert bandit.analyse([CODES[0]]).skipped[0].reason == "bandit: not installed"


def test_nothing_to_read_starts_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    answering(monkeypatch, AssertionError("started"))
    assert every.analyse([Code(path="x.go", text="package x", language="go")]) == Analysis()


def test_names_that_would_leave_the_folder_or_look_like_options() -> None:
    odd = ["../../x.py", "-rf.py", "a\nb.py", "x" * 300 + ".py", "é/ü.py", "..", "__init__.py"]
    codes = [Code(path=path, text="x = '\udcff'\r\n") for path in odd]
    with workspace.written(codes) as (folder, names):
        assert [code.path for code in names.values()] == odd
        for name in names:
            assert Path(folder, name).resolve().is_relative_to(folder.resolve())
            assert Path(folder, name).read_bytes() == b"x = '?' \n"
        assert list(names)[-1].endswith("/__init__.py")


def test_a_file_that_breaks_a_tool_costs_no_other_file_its_answer() -> None:
    deep = Code(path="deep.py", text="x = a" + ".b" * 20_000 + "\n")
    others = [Code(path=f"{number}.py", text="import os\n") for number in range(3)]
    analysis = ruff.analyse([others[0], deep, *others[1:]])
    assert [finding.anchor.path for finding in analysis.findings] == ["0.py", "1.py", "2.py"]
    (skipped,) = analysis.skipped
    assert skipped.path == "deep.py" and "ruff: failed with status -" in skipped.reason


def test_many_that_break_a_tool_are_not_sought_for_ever() -> None:
    asked: list[int] = []

    def ask(names: Sequence[str]) -> list[dict[str, Any]]:
        asked.append(len(names))
        raise workspace.ToolCrashed("broke")

    found, crashed = workspace.answers(ask, [str(number) for number in range(5_000)])
    assert found == [] and len(crashed) == 5_000
    assert len(asked) == 2 * workspace.MOST_HALVES + 1


def test_of_one_file_no_more_than_the_gravest_findings_are_kept() -> None:
    many = Code(path="made.py", text="x == None\n" * (FINDINGS + 7) + "print(undefined)\n")
    analysis = ruff.analyse([many, Code(path="a.py", text="import os\n")])
    found = [finding.rule for finding in analysis.findings if finding.anchor.path == "made.py"]
    assert len(found) == FINDINGS and "ruff/F821" in found
    assert {finding.anchor.path for finding in analysis.findings} == {"made.py", "a.py"}
    assert [
        (one.path, one.reason.startswith("ruff: only the 500 gravest of")) for one in analysis.skipped
    ] == [("made.py", True)]


def test_a_file_that_bandit_gives_up_on_is_named() -> None:
    deep = Code(path="deep.py", text="if a: pass\n" + "elif b: pass\n" * 20_000)
    (skipped,) = bandit.analyse([deep, UNPARSED]).skipped
    assert (skipped.path, skipped.reason) == ("deep.py", "bandit: exception while scanning file")


def test_findings_stay_where_what_is_silenced_cannot_be_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = ruff._ask

    def ask(*arguments: Any, **named: Any) -> list[dict[str, Any]]:
        if named.get("options"):
            raise workspace.ToolFailed("no answer within 1 s")
        return asked(*arguments, **named)

    monkeypatch.setattr(ruff, "_ask", ask)
    found = ruff.analyse([Code(path="a.py", text="import os\nimport sys  # noqa\n")])
    assert [one.rule for one in found.findings] == ["ruff/F401"] and not found.silenced
    assert [one.reason for one in found.skipped] == ["ruff, silenced: no answer within 1 s"]
