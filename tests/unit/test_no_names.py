"""Verbs know no nouns: outside `octad/agents/` no file of the package names an agent."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from octad import catalog
from scripts.size_limits import PACKAGES

PACKAGE = PACKAGES[0]
AGENTS = (
    "code-reviewer",
    "deployment-specialist",
    "debugger",
    "pipeline-debugger",
    "detektor-coder",
    "architecture-advisor",
    "documentation-keeper",
    "pisarz",
)
SUFFIXES = {".py", ".html", ".js", ".css", ".j2", ".toml"}

# JavaScript's `debugger` statement and its kin are words of other languages, not our agent.
OTHER_MEANING = {("debugger", "octad/syntax")}


def spelling(agent: str) -> re.Pattern[str]:
    """Any way of writing an agent's name: code-reviewer, code_reviewer, CodeReviewer, code reviewer."""
    return re.compile(r"(?<![A-Za-z])" + r"[-_ .]?".join(agent.split("-")), re.IGNORECASE)


def files() -> list[Path]:
    return [
        path
        for path in sorted(PACKAGE.rglob("*"))
        if path.suffix in SUFFIXES and path.relative_to(PACKAGE).parts[0] not in ("agents", "weights")
    ]


@pytest.mark.parametrize("path", files(), ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_file_names_no_agent(path: Path) -> None:
    text, folder = path.read_text("utf-8"), path.relative_to(PACKAGE.parent).parent.as_posix()
    found = [agent for agent in AGENTS if spelling(agent).search(text)]
    assert [agent for agent in found if (agent, folder) not in OTHER_MEANING] == []


def test_every_agent_that_there_is_is_looked_for() -> None:
    assert {entry.name for entry in catalog.entries()} <= set(AGENTS)


@pytest.mark.parametrize("text", ["code-reviewer", "code_reviewer", "CodeReviewer", "a codeReviewer's"])
def test_every_spelling_is_seen(text: str) -> None:
    assert spelling("code-reviewer").search(text)


def test_a_longer_word_is_another_word() -> None:
    assert not spelling("debugger").search("Undebugger")
    assert not spelling("code-reviewer").search("the code is reviewed")
