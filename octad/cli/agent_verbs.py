"""The verbs of agents, made from their declarations: what `octad list` shows can be run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from octad.cli.dependencies import Dependencies
from octad.cli.options import Common, Parameters, verb
from octad.cli.options import common as common_options
from octad.errors import DeclarationError
from octad.host.terminal import say

if TYPE_CHECKING:
    from octad.agents.command import Command, Option
    from octad.catalog import Entry
    from octad.records.report import Skipped

TYPES: Mapping[str, Any] = {
    "path": Path | None, "paths": list[Path] | None, "text": str, "texts": list[str] | None, "number": float,
}  # fmt: skip
METAVARS: Mapping[str, str] = {"path": "PATH", "paths": "PATH"}
NOTHING: Mapping[str, Any] = {"path": None, "paths": None, "text": "", "texts": None}


def function_of(entry: Entry) -> Callable[..., int]:
    """The function behind the verb of an agent, which typer reads; imports the agent's file."""
    from octad import catalog
    from octad.agents.command import ReviewCommand

    command = catalog.load(entry.name).command
    if isinstance(command, ReviewCommand):
        from octad.cli.review import function_of as review_of

        return review_of(entry, command)
    return _case_verb(entry, command)


def _case_verb(entry: Entry, command: Command) -> Callable[..., int]:
    """A verb that makes one case of its options."""

    def handle(context: typer.Context, values: dict[str, Any], common: Common) -> int:
        from octad.agents.command import resolve

        given = {one.name: _given(one, values[one.name]) for one in command.options}
        try:
            read = resolve(command.read)
        except DeclarationError as error:
            hint = "`read` is module:function; `octad ask` takes a case as JSON"
            raise DeclarationError(f"{entry.path}: {error.message}", hint=hint) from error
        fields = dict(read(given))
        for note in _notes(fields.values()):
            say(note)
        skipped = fields.pop("skipped", ())
        return answer(context.obj, entry.name, common, lambda case: case(**fields), skipped)

    own: Parameters = {one.name: _parameter(one) for one in command.options}
    if twice := sorted(own.keys() & (*common_options(), "format")):
        raise DeclarationError(
            f"{entry.path}: every verb has the option --{twice[0]}", hint="name it otherwise"
        )
    return verb(own, command.fail_on, handle, command.summary)


def answer(
    dependencies: Dependencies,
    name: str,
    common: Common,
    make: Callable[[type[Any]], Any],
    skipped: Sequence[Skipped] = (),
) -> int:
    """Ask an agent about the case that `make` makes of its class, write the report, return the exit code.

    `skipped` is what reading left out.
    """
    from octad.ask import Options, ask

    runner: Any = dependencies.runner(name, common.weights, cache=common.cache)
    report = ask(runner, make(runner.agent.case), Options(common.min_probability, common.evidence), skipped)
    return common.written(report, {})


def _parameter(option: Option) -> tuple[Any, Any]:
    """An option as typer reads it."""
    default = option.default if option.kind == "number" else NOTHING[option.kind]
    shown: dict[str, Any] = {
        "help": option.help,
        "metavar": option.metavar or METAVARS.get(option.kind),
        "show_default": option.shown or bool(default),
    }
    return Annotated[TYPES[option.kind], typer.Option(min=option.least, **shown)], default


def _notes(fields: Iterable[Any]) -> list[str]:
    """What the readers of some fields have to say, each line once."""
    return list(dict.fromkeys(note for field in fields for note in getattr(field, "notes", ())))


def _given(option: Option, value: Any) -> Any:
    """The value of an option for who reads it; none of several is an empty tuple."""
    return value or () if option.kind in ("paths", "texts") else value
