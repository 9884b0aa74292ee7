"""What agents say of a document: as it is typed, saved, dismissed; and how much of it is computed anew."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from octad import catalog
from octad.lsp.analysis import LARGEST, Analyst, Document, Wishes, readers, reviewers
from octad.runtime import Runner
from octad.store.output_cache import OutputCache
from tests.unit.cli.conftest import FakeRunner

BAD = "def f():\n    return bug\n"


@pytest.fixture(autouse=True)
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OCTAD_STORE", str(tmp_path / "store"))
    return tmp_path


@pytest.fixture
def analyst() -> Analyst:
    return Analyst(lambda name: FakeRunner(), Wishes(analysers=False))


def document(text: str = BAD, name: str = "a.py") -> Document:
    return Document(str(Path(name).absolute()), text)


def test_findings_are_those_of_a_review(analyst: Analyst) -> None:
    (found,) = analyst.look(document(), full=True).findings
    assert (found.rule, found.anchor.path, found.anchor.line) == ("bug/word", "a.py", 2)
    assert analyst.look(document("x = 1\n"), full=False) == ((), "", False)
    assert analyst.look(document("  \n"), full=False) == ((), "", False)


def test_line_ends_of_any_kind_are_lines(analyst: Analyst) -> None:
    for end in ("\r\n", "\r"):
        (found,) = analyst.look(document(BAD.replace("\n", end)), full=True).findings
        assert found.anchor.line == 2


def test_half_a_statement_is_no_praise(analyst: Analyst) -> None:
    assert analyst.look(document(BAD + "if (\n"), full=False).is_unread


def test_a_large_document_is_left_alone_with_a_note(analyst: Analyst) -> None:
    looked = analyst.look(document(BAD + "#" * LARGEST), full=True)
    assert looked.findings == () and "more than 200,000 characters" in looked.note


def test_a_dismissed_finding_is_gone_as_one_types_on(analyst: Analyst) -> None:
    (found,) = analyst.look(document(), full=True).findings
    verdict = analyst.say(found, BAD, "dismissed", "intended")
    assert (verdict.rule, verdict.path, bool(verdict.line_digest)) == ("bug/word", "a.py", True)
    assert analyst.look(document("\n" + BAD), full=False).findings == ()
    again = Analyst(lambda name: FakeRunner(), Wishes(analysers=False))
    assert again.look(document(), full=True).findings == ()
    changed = analyst.look(document(BAD.replace("bug", "bug + 1")), full=False)
    assert len(changed.findings) == 1


def test_the_project_says_what_is_asked(analyst: Analyst) -> None:
    Path("pyproject.toml").write_text('[tool.octad]\nexclude = ["gen/"]\nignore = ["bug/word"]\n')
    assert analyst.look(document(), full=True).findings == ()
    Path("pyproject.toml").write_text('[tool.octad]\nexclude = ["gen/"]  \n')
    assert len(analyst.look(document(), full=True).findings) == 1
    assert analyst.look(document(name="gen/a.py"), full=True).findings == ()


def test_a_baseline_holds(analyst: Analyst) -> None:
    from octad.read.code.baseline import write_baseline

    path = Path(".octad-baseline.json")
    write_baseline(path, analyst.look(document(), full=True).findings)
    held = Analyst(analyst.load, Wishes(analysers=False, baseline=path))
    assert held.look(document(), full=True).findings == ()


def test_files_of_no_agent_load_nothing() -> None:
    analyst = Analyst(lambda name: pytest.fail("nothing is to be loaded"))
    for name in ("a.txt", "a.rs", "data.csv"):
        assert analyst.look(document(name=name), full=True) == ((), "", False)
    assert reviewers("a.py") and not reviewers("a.md") and readers("a.md") and not readers("a.py")


def test_saved_documentation_is_held_against_its_tree() -> None:
    Path("README.md").write_text("# A\n\nSee [the guide](docs/guide.md).\n")
    Path("OTHER.md").write_text("# B\n\nSee [nothing](docs/nothing.md).\n")
    analyst = Analyst(lambda name: pytest.fail("no case is asked about"))
    looked = analyst.sweep(str(Path("README.md").absolute()))
    assert [(one.anchor.path, one.anchor.line) for one in looked.findings] == [("README.md", 3)]
    Path("docs").mkdir()
    Path("docs/guide.md").write_text("# Guide\n")
    assert analyst.sweep(str(Path("README.md").absolute())).findings == ()


FUNCTIONS = [f"def f{number}(x):\n    return x + {number}\n\n\n" for number in range(3)]


def test_only_the_unit_that_changed_is_asked_about() -> None:
    runner = FakeRunner()
    analyst = Analyst(lambda name: runner, Wishes(analysers=False))
    analyst.look(document("".join(FUNCTIONS)), full=False)
    first = list(runner.asked)
    changed = [FUNCTIONS[0], FUNCTIONS[1].replace("+", "-"), FUNCTIONS[2]]
    analyst.look(document("".join(changed)), full=False)
    (anew,) = runner.asked[len(first) :]
    assert "x - 1" in anew.text and len(first) >= 3


def test_what_moved_is_not_computed_again(tmp_path: Path) -> None:
    """A line above all functions: they stand elsewhere, and the model reads what it read before."""
    name = reviewers("a.py")[0]
    runner: Runner[Any, Any] = Runner.load(catalog.load(name), threads=1)
    runner.remember(OutputCache(tmp_path / "cache" / "outputs.sqlite"))
    analyst = Analyst(lambda name: runner, Wishes(analysers=False))
    analyst.look(document("".join(FUNCTIONS)), full=False)
    assert runner.recalled == 0
    analyst.look(document("\n" + "".join(FUNCTIONS)), full=False)
    assert runner.recalled == 3


def test_what_is_held_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("octad.lsp.memory.MOST", 2)
    runner = FakeRunner()
    analyst = Analyst(lambda name: runner, Wishes(analysers=False))
    for _ in range(2):
        looked = analyst.look(document("".join(FUNCTIONS) + BAD), full=False)
        assert len(looked.findings) == 1
    assert len(analyst._runners.popitem()[1]._held) == 2  # type: ignore[attr-defined]
