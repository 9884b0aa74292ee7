"""A project that configures its linters is linted as it says, and comments of one speak for the other."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from octad.analysers import bandit, every, ruff
from octad.analysers.project import by_configuration, laid_out
from octad.records.code import Code, LineRange

BAD = "import os\nimport subprocess\nsubprocess.call(input(), shell=True)\n"


def rules(analysis: every.Analysis) -> list[tuple[str, str]]:
    return sorted((one.anchor.path, one.rule) for one in analysis.findings)


def laid(folder: Path, name: str, text: str = BAD) -> Code:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return Code(path=name, text=text)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("on_disk", [True, False])
def test_ruff_selects_excludes_and_ignores_as_the_project_says(here: Path, on_disk: bool) -> None:
    laid(
        here,
        "pyproject.toml",
        '[tool.ruff]\nexclude = ["made"]\n[tool.ruff.lint]\nselect = ["F"]\n'
        'per-file-ignores = { "old/*" = ["F401"] }\n',
    )
    names = ("a.py", "old/a.py", "made/a.py")
    codes = [laid(here, name) if on_disk else Code(path=name, text=BAD) for name in names]
    assert rules(ruff.analyse(codes)) == [("a.py", "ruff/F401")]


def test_the_nearest_configuration_decides_and_its_absence_means_ours(here: Path) -> None:
    laid(here, "one/ruff.toml", 'lint.select = ["E9"]\n')
    codes = [laid(here, "one/a.py"), laid(here, "two/a.py")]
    assert rules(ruff.analyse(codes)) == [("two/a.py", "ruff/F401"), ("two/a.py", "ruff/S602")]


def test_a_path_that_leads_out_of_the_project_is_not_of_it_and_writes_nowhere_else(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own, temporary = here / "own", here / "temporary"
    laid(here, "own/ruff.toml", 'lint.select = ["F"]\n')
    temporary.mkdir()
    monkeypatch.chdir(own)
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    before = set(here.rglob("*"))
    inside, outside = Code(path="x/../a.py", text=BAD), Code(path="../../b.py", text=BAD)
    found = by_configuration([inside, outside], "ruff", ("ruff.toml",))
    assert found == {own / "ruff.toml": [inside], None: [outside]}
    for configuration, codes in found.items():
        with laid_out(codes, configuration) as groups:
            written = [group.folder / name for group in groups for name in group.names]
            assert len(written) == 1 and written[0].resolve().is_relative_to(temporary)
            assert all(path.is_relative_to(temporary) for path in set(here.rglob("*")) - before)


def test_a_configuration_that_ruff_refuses_is_said_and_costs_no_other_project(here: Path) -> None:
    laid(here, "one/ruff.toml", 'lint.select = ["NONSENSE"]\n')
    analysis = ruff.analyse([laid(here, "one/a.py"), laid(here, "two/a.py")])
    assert {path for path, _ in rules(analysis)} == {"two/a.py"}
    assert [one.path for one in analysis.skipped] == ["ruff"]


def test_bandit_skips_what_the_project_skips(here: Path) -> None:
    laid(here, "pyproject.toml", '[tool.bandit]\nskips = ["B602"]\n')
    found = rules(bandit.analyse([laid(here, "a.py")]))
    assert ("a.py", "bandit/B404") in found and ("a.py", "bandit/B602") not in found


@pytest.mark.parametrize(
    ("line", "silent"),
    [
        ("eval(x)  # noqa: S307 - by design", True),
        ("eval(x)  # noqa: E501, S307", True),
        ("eval(x)  # noqa", True),
        ("eval(x)  # nosec B307", True),
        ("eval(x)  # noqa: E501", False),
        ("eval(x)", False),
    ],
)
def test_a_comment_for_one_security_linter_holds_for_the_other(line: str, silent: bool) -> None:
    analysis = every.analyse([Code(path="a.py", text=f"x = input()\n{line}\n")])
    assert (not rules(analysis)) == silent
    assert {one.rule for one in analysis.silenced} == ({"ruff/S307", "bandit/B307"} if silent else set())


@pytest.mark.parametrize(
    ("head", "silenced"),
    [
        ("# ruff: noqa\n", {"ruff/B006", "ruff/S307"}),
        ("# flake8: noqa\n", {"ruff/B006", "ruff/S307"}),
        ("# ruff: noqa: B006\n", {"ruff/B006"}),
        ("# nothing of the kind\n", set()),
    ],
)
def test_what_a_comment_silences_in_a_whole_file_is_counted(head: str, silenced: set[str]) -> None:
    text = f"{head}def f(x=[]):\n    return eval(x)\n"
    analysis = every.analyse([Code(path="a.py", text=text), Code(path="b.py", text=text.replace(head, ""))])
    assert {(one.anchor.path, one.rule) for one in analysis.silenced} == {("a.py", rule) for rule in silenced}
    assert {path for path, rule in rules(analysis) if rule == "bandit/B307"} == {"a.py", "b.py"}
    assert ("b.py", "ruff/B006") in rules(analysis)


def test_what_is_silenced_in_a_change_is_that_of_its_lines() -> None:
    text = "eval(a)  # noqa\n" * 3
    changed = (LineRange(first=2, last=2),)
    silenced = every.analyse([Code(path="a.py", text=text, changed=changed)]).silenced
    assert {(one.rule, one.anchor.line) for one in silenced} >= {("ruff/S307", 2), ("bandit/B307", 2)}
    assert {one.anchor.line for one in silenced} == {2}
