"""The catalog reads declarations without running them, those of other folders too."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from octad import catalog
from octad.cli.main import GROUPS, VERBS
from octad.errors import DeclarationError, InputError

FILE = '''"""Reads tea leaves.

At length.
"""

agent = Agent(
    name="tea-reader",
    command=Command(
        "foresee",
        "Say what will be.",
    ),
)

raise RuntimeError("run")
'''
OWN = Path(__file__).parents[1] / "contract" / "agents"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of agents that holds the reader of tea leaves."""
    (tmp_path / "__init__.py").write_text('"""All."""')
    (tmp_path / "tea_reader.py").write_text(FILE)
    monkeypatch.setenv("OCTAD_AGENTS", str(tmp_path))
    return tmp_path


def test_agents_are_listed_and_not_run(folder: Path) -> None:
    expected = catalog.Entry(
        "tea-reader", "Reads tea leaves.", "foresee", "Say what will be.", folder / "tea_reader.py"
    )
    assert expected in catalog.entries()
    assert catalog.by_verb("foresee") == catalog.entry("tea-reader") == expected


def test_agents_of_several_folders_stand_in_the_order_of_names(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OCTAD_AGENTS", os.pathsep.join([str(folder), "", str(OWN), str(folder / "gone")]))
    names = [entry.name for entry in catalog.entries()]
    assert names == sorted(names) and {"tea-reader", "commit-kind"} < set(names)
    monkeypatch.delenv("OCTAD_AGENTS")
    assert [entry.name for entry in catalog.entries()] == [
        name for name in names if name not in ("tea-reader", "commit-kind")
    ]


def test_listing_imports_nothing_heavy() -> None:
    code = "import sys; from octad import catalog; catalog.entries(); sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("tea-raeder", "did you mean tea-reader?"),
        ("Tea_Reader", "did you mean tea-reader?"),
        ("x", "octad list"),
    ],
)
def test_a_wrong_name_gets_a_suggestion(folder: Path, name: str, hint: str) -> None:
    with pytest.raises(InputError, match="there is no agent") as caught:
        catalog.entry(name)
    assert hint in caught.value.hint


def test_no_agent_for_a_verb(folder: Path) -> None:
    with pytest.raises(InputError, match="no agent answers to 'brew'"):
        catalog.by_verb("brew")


@pytest.mark.parametrize(
    "text",
    [
        FILE[FILE.index("\nagent") :],
        FILE.replace("command=", "order="),
        FILE.replace('"foresee"', "VERB"),
        FILE.replace('"foresee"', '"Foresee It"'),
    ],
    ids=["no summary", "no command", "a verb that must be run", "a verb in other letters"],
)
def test_a_file_without_summary_or_verb_costs_no_other_agent_anything(folder: Path, text: str) -> None:
    (folder / "tea_reader.py").write_text(text)
    (problem,) = catalog.problems()
    assert "tea_reader.py needs a docstring and a line" in str(problem)
    assert "tea-reader" not in {entry.name for entry in catalog.entries()} and len(catalog.entries()) > 1
    with pytest.raises(DeclarationError, match=r"tea_reader\.py needs a docstring and a line"):
        catalog.load("tea-reader")


@pytest.mark.parametrize("text", [b"def f(:", b"\xff\xfe", b"x = '\0'"], ids=["syntax", "encoding", "null"])
def test_a_file_that_is_no_python_is_a_problem(folder: Path, text: bytes) -> None:
    (folder / "other.py").write_bytes(text)
    (problem,) = catalog.problems()
    assert str(folder / "other.py") in str(problem) and "tea-reader" in {e.name for e in catalog.entries()}


def test_a_file_that_declares_no_agent_is_none(folder: Path) -> None:
    (folder / "helper.py").write_text("x = 1\n")
    assert catalog.problems() == [] and "helper" not in {entry.name for entry in catalog.entries()}


def test_a_folder_that_is_none_is_a_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCTAD_AGENTS", str(tmp_path / "gone"))
    (problem,) = catalog.problems()
    assert "which is no folder" in str(problem)
    with pytest.raises(InputError, match="which is no folder"):
        catalog.entry("tea-reader")


@pytest.mark.parametrize(
    ("file", "verb", "said"),
    [
        ("code_reviewer.py", "foresee-code", "the name 'code-reviewer' is that of "),
        ("other.py", "review", "the verb 'review' is that of "),
        ("other.py", "list", "the verb 'list' is that of octad itself"),
        ("other.py", "foresee", "the verb 'foresee' is that of "),
    ],
)
def test_who_comes_first_keeps_name_and_verb(folder: Path, file: str, verb: str, said: str) -> None:
    before = catalog.entries()
    late = folder / file if verb != "foresee" else folder / "zebra.py"
    late.write_text(FILE.replace("foresee", verb))
    (problem,) = catalog.problems()
    assert said in str(problem) and catalog.entries() == before


def test_verbs_of_octad_itself_are_reserved() -> None:
    assert set(catalog.RESERVED) == {*VERBS, *GROUPS}


@pytest.mark.parametrize("name", [entry.name for entry in catalog.entries()])
def test_every_agent_of_the_package_can_be_loaded(name: str) -> None:
    entry, agent = catalog.entry(name), catalog.load(name)
    assert (agent.name, agent.summary) == (entry.name, entry.summary)
    assert (agent.command.verb, agent.command.summary) == (entry.verb, entry.help)
    assert isinstance(agent.example, agent.case)


def test_an_agent_of_another_folder_is_loaded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCTAD_AGENTS", str(OWN))
    agent = catalog.load("commit-kind")
    assert agent is catalog.load("commit-kind") and agent.name == "commit-kind"
    assert agent.case.model_validate_json(agent.example.model_dump_json()) == agent.example


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("raise RuntimeError('tea is out')", "tea_reader.py:9: RuntimeError: tea is out"),
        ("raise SystemExit(0)", "tea_reader.py:9: SystemExit: 0"),
        ("import nowhere", "tea_reader.py:9: ModuleNotFoundError: No module named 'nowhere'"),
        ("agent = 1", "tea_reader.py declares no agent, its name says 'tea-reader'"),
        (
            "from octad.agents.code_reviewer import agent",
            "tea_reader.py declares 'code-reviewer', its name says 'tea-reader'",
        ),
    ],
)
def test_what_is_wrong_while_a_file_is_imported_is_said_with_its_place(
    folder: Path, text: str, said: str
) -> None:
    head = '"""Reads tea leaves."""\n\n\ndef Agent(**given): ...\n\n\nCommand = Agent\n'
    declared = 'agent = Agent(command=Agent("foresee", "Say."))'
    made = f"{head}{declared}\n{text}\n".replace("def Agent(**given)", "def Agent(*texts, **given)")
    (folder / "tea_reader.py").write_text(made)
    with pytest.raises(DeclarationError) as raised:
        catalog.load("tea-reader")
    assert said in str(raised.value) and "OCTAD_AGENTS" in raised.value.hint
