"""Which agents exist: read from the files that declare them, none of which is run to list them.

Agents come with the package, and from the folders that OCTAD_AGENTS names. A file of somebody's own that
cannot be read costs no other agent anything: what is wrong with it stands in `problems`.
"""

from __future__ import annotations

import ast
import difflib
import importlib
import importlib.util
import os
import re
import sys
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from octad.errors import DeclarationError, InputError, OctadError, UnreadableInput, first_line
from octad.host.files import files_in, read_text

if TYPE_CHECKING:
    from octad.agents.agent import Agent

FOLDER = Path(__file__).resolve().parent / "agents"
RESERVED = (
    "ask", "client", "comment", "deps", "describe", "evaluate", "explain", "feedback", "list", "lsp", "mcp",
    "rollout", "rule", "search", "serve", "similar", "store", "train", "triage",
)  # fmt: skip
"""Verbs that are no agent's."""
_VERB = re.compile(r"[a-z][a-z-]*")


@dataclass(frozen=True, slots=True)
class Entry:
    """An agent as its file declares it: the first line of its docstring, its verb and its help."""

    name: str
    summary: str
    verb: str
    help: str
    path: Path


def entries() -> list[Entry]:
    """Every agent whose file can be read, by name."""
    return sorted((one for one in _found() if isinstance(one, Entry)), key=lambda one: one.name)


def problems() -> list[DeclarationError]:
    """What is wrong with folders and files of OCTAD_AGENTS."""
    return [one for one in _found() if isinstance(one, DeclarationError)]


def entry(name: str) -> Entry:
    """One agent; raises InputError with the nearest name, or what is wrong with the file of the name."""
    found = {entry.name: entry for entry in entries()}
    if name not in found:
        wrong = problems()
        for problem in wrong:
            if f"{name.replace('-', '_')}.py" in problem.message:
                raise problem
        near = difflib.get_close_matches(name.replace("_", "-").lower(), found, n=1, cutoff=0.5)
        hints = [*(f"did you mean {one}?" for one in near), *map(str, wrong[:1])]
        hint = "; ".join(hints) or "`octad list` shows them all"
        raise InputError(f"there is no agent {name!r}", hint=hint)
    return found[name]


def by_verb(verb: str) -> Entry:
    """The agent that answers to a verb; raises InputError where none does."""
    for found in entries():
        if found.verb == verb:
            return found
    raise InputError(f"no agent answers to {verb!r}", hint="`octad list` shows them all")


def load(name: str) -> Agent[Any, Any]:
    """Import an agent's declaration; raises InputError, or DeclarationError that says what is wrong where."""
    from octad.agents.agent import Agent

    found = entry(name)
    hint = "mend the file, or leave its folder out of OCTAD_AGENTS"
    try:
        agent = getattr(_module(found.path), "agent", None)
    except OctadError as error:
        raise DeclarationError(f"{found.path}: {error.message}", hint=error.hint or hint) from error
    except (Exception, SystemExit) as error:
        raise DeclarationError(f"{_place(found.path, error)}: {first_line(error)}", hint=hint) from error
    if not isinstance(agent, Agent) or agent.name != name:
        declared = f"declares {agent.name!r}" if isinstance(agent, Agent) else "declares no agent"
        raise DeclarationError(f"{found.path} {declared}, its name says {name!r}", hint=hint)
    return agent


def _found() -> Iterator[Entry | DeclarationError]:
    """Agents, shipped ones first, and what is wrong with the others; the first of a name or verb holds it."""
    taken: dict[str, Path] = {f"verb {verb!r}": Path("octad itself") for verb in RESERVED}
    seen: set[Path] = set()
    for folder in _folders():
        if not folder.is_dir():
            yield DeclarationError(f"OCTAD_AGENTS names {folder}, which is no folder")
            continue
        for path in files_in(folder, ".py"):
            if path.resolve() in seen:
                continue
            seen.add(path.resolve())
            try:
                found = _entry(path)
            except DeclarationError as error:
                yield error
                continue
            if found is None:
                continue
            keys = (f"name {found.name!r}", f"verb {found.verb!r}")
            clash = next((key for key in keys if key in taken), None)
            if clash is not None:
                yield DeclarationError(
                    f"{path}: the {clash} is that of {taken[clash]}", hint="choose another"
                )
                continue
            taken |= dict.fromkeys(keys, path)
            yield found


def _folders() -> list[Path]:
    """Where agents are looked for."""
    own = os.environ.get("OCTAD_AGENTS", "")
    return [FOLDER, *(Path(part).expanduser() for part in own.split(os.pathsep) if part)]


def _entry(path: Path) -> Entry | None:
    """What a file declares without running it; None where it declares no agent."""
    try:
        return _declared(path, read_text(path))
    except (UnreadableInput, ValueError, SyntaxError) as error:
        raise DeclarationError(f"{path}: {error}", hint="mend or move the file") from error


@lru_cache
def _declared(path: Path, text: str) -> Entry | None:
    """The same of a text: every verb asks for the agents more than once."""
    tree = ast.parse(text)
    declared = next((value for value in map(_agent, tree.body) if value is not None), None)
    if declared is None:
        return None
    summary = (ast.get_docstring(tree) or "").strip().partition("\n")[0]
    given = {one.arg: one.value for one in declared.keywords}
    verb, help = _texts(given.get("command"))
    if not summary or not _VERB.fullmatch(verb) or not help:
        raise DeclarationError(
            f'{path} needs a docstring and a line `command=Command("verb", "what it does", …)`',
            hint="both are read without running the file: write them as plain text",
        )
    return Entry(path.stem.replace("_", "-"), summary, verb, help, path)


def _agent(statement: ast.stmt) -> ast.Call | None:
    """The call of `agent = Agent(…)`, None where a statement is something else."""
    if not isinstance(statement, ast.Assign | ast.AnnAssign) or not isinstance(statement.value, ast.Call):
        return None
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    named = any(isinstance(target, ast.Name) and target.id == "agent" for target in targets)
    return statement.value if named else None


def _texts(command: ast.expr | None) -> tuple[str, str]:
    """Verb and summary of `Command(…)` where they are written as plain text, else empty."""
    if not isinstance(command, ast.Call):
        return "", ""
    given = {one.arg: one.value for one in command.keywords}
    given |= dict(zip(("verb", "summary"), command.args, strict=False))
    first, second = (given.get(name) for name in ("verb", "summary"))
    verb, summary = (
        one.value if isinstance(one, ast.Constant) and isinstance(one.value, str) else ""
        for one in (first, second)
    )
    return verb, summary


def _module(path: Path) -> ModuleType:
    """The module of a file: of the package, or a file of somebody's own."""
    if path.parent == FOLDER:
        return importlib.import_module(f"octad.agents.{path.stem}")
    name = f"octad_agent_{path.stem}"
    if name not in sys.modules or getattr(sys.modules[name], "__file__", "") != str(path):
        spec = importlib.util.spec_from_file_location(name, path)
        if spec is None or spec.loader is None:
            raise DeclarationError(f"{path.name} cannot be imported")
        # Records of a case are found by the name of their module.
        sys.modules[name] = module = importlib.util.module_from_spec(spec)
        try:
            spec.loader.exec_module(module)
        except BaseException:
            del sys.modules[name]
            raise
    return sys.modules[name]


def _place(path: Path, error: BaseException) -> str:
    """The file, with the last line of it that an error passed through."""
    lines = [f.lineno for f in traceback.extract_tb(error.__traceback__) if f.filename == str(path)]
    if isinstance(error, SyntaxError) and error.filename == str(path):
        lines.append(error.lineno)
    return f"{path}:{lines[-1]}" if lines else str(path)
