"""Which agents exist: read from the files that declare them, none of which is run to list them."""

from __future__ import annotations

import ast
import difflib
import importlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from octad.errors import DeclarationError, InputError

if TYPE_CHECKING:
    from octad.agent import Agent

FOLDER = Path(__file__).resolve().parent / "agents"


@dataclass(frozen=True, slots=True)
class Entry:
    """An agent as its file declares it: the first line of its docstring, and its constant VERB."""

    name: str
    summary: str
    verb: str


def entries(folder: Path = FOLDER) -> list[Entry]:
    """Every agent, by name; raises DeclarationError where a file has no docstring or no VERB."""
    files = sorted(path for path in folder.glob("*.py") if not path.stem.startswith("_"))
    return [_entry(path) for path in files]


def entry(name: str, folder: Path = FOLDER) -> Entry:
    """One agent; raises InputError with the nearest name where there is none."""
    found = {entry.name: entry for entry in entries(folder)}
    if name not in found:
        near = difflib.get_close_matches(name.replace("_", "-").lower(), found, n=1, cutoff=0.5)
        hint = f"did you mean {near[0]}?" if near else "`octad list` shows them all"
        raise InputError(f"there is no agent {name!r}", hint=hint)
    return found[name]


def by_verb(verb: str, folder: Path = FOLDER) -> Entry:
    """The agent that answers to a verb; raises InputError where none does."""
    for found in entries(folder):
        if found.verb == verb:
            return found
    raise InputError(f"no agent answers to {verb!r}", hint="`octad list` shows them all")


def load(name: str) -> Agent[Any, Any]:
    """Import an agent's declaration; raises InputError or DeclarationError."""
    from octad.agent import Agent

    module = importlib.import_module(f"octad.agents.{entry(name).name.replace('-', '_')}")
    agent = getattr(module, "agent", None)
    if not isinstance(agent, Agent) or agent.name != name:
        raise DeclarationError(f"{module.__name__} declares no agent of the name {name!r}")
    return agent


def _entry(path: Path) -> Entry:
    tree = ast.parse(path.read_text("utf-8"), str(path))
    summary = (ast.get_docstring(tree) or "").partition("\n")[0]
    verbs = [
        node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        and [ast.unparse(target) for target in node.targets] == ["VERB"]
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    ]
    if not summary or len(verbs) != 1:
        raise DeclarationError(f'{path.name} needs a docstring and one line `VERB = "..."`')
    return Entry(path.stem.replace("_", "-"), summary, verbs[0])
