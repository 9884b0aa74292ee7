"""What a project asks of a review, and what it says that means nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from octad.errors import InputError
from octad.records.report import Anchor, Finding
from octad.review.settings import Settings, check_rules, covers, settings


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def finding(rule: str, path: str = "a.py") -> Finding:
    anchor = Anchor(path=path, line=1, end_line=1, end_column=2)
    return Finding(rule=rule, level="note", message="", probability=None, anchor=anchor)


@pytest.mark.parametrize(
    ("name", "rule", "is_covered"),
    [
        ("bug", "bug/off-by-one", True),
        ("bug/", "bug/off-by-one", True),
        ("bug/off-by-one", "bug/off-by-one", True),
        ("ruff/S", "ruff/S602", True),
        ("ruff/S602", "ruff/S", False),
        ("bu", "bug/off-by-one", False),
        ("ruff", "ruffian/X1", False),
    ],
)
def test_a_rule_a_family_or_the_beginning_of_a_name(name: str, rule: str, is_covered: bool) -> None:
    assert covers([name], rule) == is_covered


def test_select_ignore_and_per_file(here: Path) -> None:
    (here / "pyproject.toml").write_text(
        '[tool.octad]\nselect = ["bug", "ruff/S"]\nignore = ["ruff/S101"]\nexclude = ["made/", "*_pb2.py"]\n'
        'fail-on = "error"\nmax-findings = 3\n[tool.octad.per-file-ignores]\n"tests/" = ["bug"]\n'
    )
    inner = here / "src" / "deep"
    inner.mkdir(parents=True)
    asked = settings(inner)
    assert (asked.fail_on, asked.max_findings, asked.folder) == ("error", 3, here)
    wanted = [("bug/x", "a.py"), ("ruff/S602", "a.py"), ("ruff/S101", "a.py"), ("bandit/B1", "a.py")]
    assert [asked.wants(finding(*one)) for one in wanted] == [True, True, False, False]
    assert not asked.wants(finding("bug/x", "tests/a.py")) and asked.wants(finding("ruff/S602", "tests/a.py"))
    assert asked.excludes("made/a.py") and asked.excludes("x/y_pb2.py") and not asked.excludes("a.py")
    assert asked.asks("bug/x") and not asked.asks("ruff/S101") and not asked.asks("bandit/B1")


def test_patterns_start_at_the_folder_of_the_file(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (here / "pyproject.toml").write_text('[tool.octad]\nexclude = ["/made/"]\n')
    (here / "made").mkdir()
    monkeypatch.chdir(here / "made")
    assert settings(Path.cwd()).excludes("a.py")


def test_nothing_said_asks_everything() -> None:
    asked = Settings()
    assert asked.wants(finding("any/thing")) and not asked.excludes("a.py") and asked.asks("any/thing")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('selct = ["bug"]', "no option selct"),
        ('select = "bug"', "select: input should be a valid tuple"),
        ('fail-on = "always"', "fail-on: input should be"),
        ("max-findings = 0", "max-findings: input should be greater"),
        ("exclude = ['a\\']", "exclude: 'a\\\\' is no pattern"),
        ("exclude = ['[1-0]']", "is no pattern"),
        (f"exclude = ['{'*a' * 40}']", "has too many stars"),
        ("per-file-ignores = {'[1-0]' = []}", "is no pattern"),
    ],
)
def test_what_means_nothing_is_one_line_with_the_options(here: Path, text: str, said: str) -> None:
    (here / "pyproject.toml").write_text(f"[tool.octad]\n{text}\n")
    with pytest.raises(InputError) as caught:
        settings(here)
    assert said in caught.value.message and "per-file-ignores" in (caught.value.hint or "")


def test_a_table_of_another_tool_says_nothing_and_a_byte_order_mark_neither(here: Path) -> None:
    (here / "pyproject.toml").write_text("[tool.ruff]\nline-length = 3\n")
    assert settings(here).select == ()
    (here / "pyproject.toml").write_bytes(b'\xef\xbb\xbf[tool.octad]\nselect = ["bug"]\n')
    assert settings(here).select == ("bug",)


@pytest.mark.parametrize("text", ["[tool.octad\n", "tool = 3\n", "x = " + "[" * 3000])
def test_a_file_that_cannot_be_read_is_no_leave_to_ignore_it(here: Path, text: str) -> None:
    (here / "pyproject.toml").write_text(text)
    with pytest.raises(InputError, match="cannot be read"):
        settings(here)


def test_a_name_that_no_rule_can_have_is_refused() -> None:
    families = ("bug", "ruff")
    check_rules(Settings(select=("bug", "ruff/E7")), families)
    for asked in (Settings(select=("typo",)), Settings(per_file_ignores={"a": ("typo",)})):
        with pytest.raises(InputError, match="no rule is called 'typo'"):
            check_rules(asked, families)
    with pytest.raises(InputError) as caught:
        check_rules(Settings(ignore=("E711",)), families)
    assert caught.value.hint == "did you mean ruff/E711?"
