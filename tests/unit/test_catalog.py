"""The catalog reads declarations without running them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from octad import catalog
from octad.errors import DeclarationError, InputError

FILE = '"""Reads tea leaves.\n\nAt length.\n"""\n\nVERB = "foresee"\n\nraise RuntimeError("run")\n'


def folder(tmp_path: Path, **files: str) -> Path:
    for name, text in {"__init__": '"""All."""', **files}.items():
        (tmp_path / f"{name}.py").write_text(text)
    return tmp_path


def test_agents_are_listed_and_not_run(tmp_path: Path) -> None:
    (entry,) = catalog.entries(folder(tmp_path, tea_reader=FILE))
    assert entry == catalog.Entry("tea-reader", "Reads tea leaves.", "foresee")
    assert catalog.by_verb("foresee", tmp_path) == catalog.entry("tea-reader", tmp_path) == entry


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
def test_a_wrong_name_gets_a_suggestion(tmp_path: Path, name: str, hint: str) -> None:
    with pytest.raises(InputError, match="there is no agent") as caught:
        catalog.entry(name, folder(tmp_path, tea_reader=FILE))
    assert hint in caught.value.hint


def test_no_agent_for_a_verb(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no agent answers to 'brew'"):
        catalog.by_verb("brew", folder(tmp_path, tea_reader=FILE))


@pytest.mark.parametrize(
    "text", ['VERB = "a"\n', '"""A."""\n', '"""A."""\nVERB = 1\n', '"""A."""\nVERB: str\n']
)
def test_a_file_without_summary_or_verb_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(DeclarationError, match=r"tea_reader\.py needs"):
        catalog.entries(folder(tmp_path, tea_reader=text))


def test_every_agent_of_the_package_can_be_loaded() -> None:
    entries = catalog.entries()
    assert entries
    for entry in entries:
        agent = catalog.load(entry.name)
        assert (agent.name, agent.summary) == (entry.name, entry.summary)
