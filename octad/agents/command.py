"""The verb of an agent: which options it takes, and how they become a case."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, get_args

from octad.errors import DeclarationError
from octad.records.code import Code, Language
from octad.records.look import Look
from octad.records.report import Level

Kind = Literal["path", "paths", "text", "texts", "number", "flag"]


def resolve(name: str) -> Callable[..., Any]:
    """The function that `module:function` names; raises DeclarationError where there is none."""
    module, _, function = name.partition(":")
    try:
        found: Callable[..., Any] = getattr(importlib.import_module(module), function)
    except (ImportError, AttributeError, ValueError) as error:
        raise DeclarationError(f"{name!r} names no function: {error}") from error
    return found


@dataclass(frozen=True, slots=True)
class Option:
    """One option of a verb: `--name`, with an underscore written as a hyphen.

    `kind` says what it takes: plural ones may be given again. `shown` is the default as help shows it,
    `least` the smallest number. What is `positional` is given without its name. What is `local` only who sits
    at the command line may ask for: it runs code, or asks a server that the option names.
    """

    name: str
    help: str
    kind: Kind = "path"
    metavar: str = ""
    default: float = 0.0
    shown: str = ""
    least: float | None = None
    positional: bool = False
    local: bool = False

    def __post_init__(self) -> None:
        """Check what a type checker would; raises DeclarationError."""
        if self.kind not in get_args(Kind):
            raise DeclarationError(
                f"option {self.name}: {self.kind!r} is none of {', '.join(get_args(Kind))}"
            )


@dataclass(frozen=True, slots=True)
class Command:
    """How an agent is asked on the command line.

    `summary` is the first line of its help. `read` names the function, `module:function`, that makes the
    fields of a case of the options' values, and under `skipped` what it left out. `fail_on` is the level
    from which on findings make the exit code 1. `formats` names a folder of renderers of its own report,
    which come before those of any report, and `form` the one that is used where none is asked for. `template`
    names the function, `module:function`, that writes its report by a template of the user's own, from the
    path of that and the report.
    """

    verb: str
    summary: str
    options: tuple[Option, ...] = ()
    read: str = ""
    fail_on: str = "warning"
    formats: str = ""
    form: str = "terminal"
    template: str = ""

    def __post_init__(self) -> None:
        """Check the level; raises DeclarationError."""
        levels = (*get_args(Level), "never")
        if self.fail_on not in levels:
            raise DeclarationError(f"command: fail_on {self.fail_on!r} is none of {', '.join(levels)}")

    def code_of(self, case: Any) -> Code | None:
        """The code that a case is of, None where it is of something else."""
        return None


@dataclass(frozen=True, slots=True)
class SweepCommand(Command):
    """How an agent is asked about many cases of one input, beside what checks find in it.

    `read` makes an `octad.records.sweep.Sweep`, and `families` are the first parts of the names of its rules.
    """

    families: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReviewCommand(Command):
    """How an agent is asked whose case is a unit of code: on files, changes and patches.

    `code` is the field of the unit, `context` that of the definitions it uses, "" where it reads none.
    `look` says, of a case that is part of a change and its answer, how much it deserves a reader.
    """

    code: str = "code"
    context: str = ""
    languages: tuple[Language, ...] = ("python",)
    look: Callable[[Any, Any], Look | None] | None = None

    def code_of(self, case: Any) -> Code | None:
        """The unit of a case."""
        code: Code = getattr(case, self.code)
        return code
