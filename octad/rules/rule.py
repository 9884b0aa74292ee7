"""What a rule is, and how one is found: a file per rule, in the folder of its family."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from octad.errors import InputError
from octad.host.files import files_in, listed
from octad.records.code import Code
from octad.records.report import Level
from octad.syntax.program import Nodes, path_to
from octad.syntax.tokens import Tokens

FOLDER = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class Edit:
    """A repair before it is offered: the item it is made at, its verb and word, and the text it would give.

    `verb` is one of `syntax.edits` (name, replace, add, insert, delete, swap), `word` what it puts or takes
    away.
    """

    code: Code
    tokens: Tokens
    item: int
    verb: str
    word: str
    text: str

    def path(self) -> Nodes:
        """The nodes of the program around the item, before the repair."""
        return path_to(self.code, int(self.tokens.offsets[self.item, 0]))


Veto = Callable[[Edit], str]
"""Why a repair is never offered, "" where it may be."""


def no_veto(edit: Edit) -> str:
    """Nothing is ruled out beyond what syntax already does."""
    return ""


@dataclass(frozen=True, slots=True)
class Example:
    """What breaks a rule, and the same as it should be."""

    wrong: str
    right: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: `name` is `family/name`, `{word}` in `message` is the item that a finding is about.

    `summary` says what it means, in sentences for people, `repair` what is offered, `veto` what never is.
    """

    name: str
    level: Level
    message: str
    summary: str
    example: Example
    repair: str = ""
    veto: Veto = no_veto


@cache
def rule(name: str) -> Rule:
    """The rule of a name; raises InputError where there is none."""
    if name not in names():
        raise InputError(f"there is no rule {name!r}", hint="`octad rule` lists them all")
    module = importlib.import_module(f"octad.rules.{name.replace('-', '_').replace('/', '.')}")
    found: Rule = module.RULE
    return found


def names() -> Iterator[str]:
    """The names of all rules, in the order of their files."""
    for folder in listed(FOLDER):
        for path in files_in(folder, ".py") if folder.is_dir() else ():
            yield f"{folder.name.replace('_', '-')}/{path.stem.replace('_', '-')}"
