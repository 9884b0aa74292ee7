"""The verbs of agents, made from their declarations: what `octad list` shows can be run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from octad.cli.dependencies import Dependencies
from octad.cli.findings import heard_here
from octad.cli.options import Common, Parameters, verb
from octad.cli.options import common as common_options
from octad.errors import DeclarationError

if TYPE_CHECKING:
    from octad.agents.command import Command, Option
    from octad.catalog import Entry
    from octad.records.skipped import Skipped

TYPES: Mapping[str, Any] = {
    "path": Path | None, "paths": list[Path] | None, "text": str, "texts": list[str] | None, "number": float,
    "flag": bool,
}  # fmt: skip
METAVARS: Mapping[str, str] = {"path": "PATH", "paths": "PATH"}
TEMPLATE: Parameters = {
    "template": (
        Annotated[Path | None, typer.Option(metavar="FILE", help="Write it by a Jinja template.")],
        None,
    )
}
"""The option of verbs whose report may be written by a template."""
NOTHING: Mapping[str, Any] = {"path": None, "paths": None, "text": "", "texts": None, "flag": False}


def function_of(entry: Entry) -> Callable[..., int]:
    """The function behind the verb of an agent, which typer reads; imports the agent's file."""
    from octad import catalog
    from octad.agents.command import ReviewCommand, SweepCommand

    command = catalog.load(entry.name).command
    if isinstance(command, ReviewCommand):
        from octad.cli.review import function_of as review_of

        return review_of(entry, command)
    if isinstance(command, SweepCommand):
        from octad.cli.sweep import function_of as sweep_of

        own = parameters(entry, command)
        return sweep_of(entry, command, own, lambda values: read(entry, command, values))
    return _case_verb(entry, command)


def parameters(entry: Entry, command: Command) -> Parameters:
    """The options of a command as typer reads them; raises DeclarationError for one that every verb has."""
    own: Parameters = {one.name: _parameter(one) for one in command.options}
    if twice := sorted(own.keys() & (*common_options(), "format")):
        raise DeclarationError(
            f"{entry.path}: every verb has the option --{twice[0]}", hint="name it otherwise"
        )
    return own


def read(entry: Entry, command: Command, values: Mapping[str, Any]) -> Any:
    """What the command reads of the values of its options; raises DeclarationError where it reads nothing."""
    from octad.agents.command import resolve

    given = {one.name: _given(one, values[one.name]) for one in command.options}
    try:
        function = resolve(command.read)
    except DeclarationError as error:
        hint = "`read` is module:function; `octad ask` takes a case as JSON"
        raise DeclarationError(f"{entry.path}: {error.message}", hint=hint) from error
    return function(given)


def _case_verb(entry: Entry, command: Command) -> Callable[..., int]:
    """A verb that makes one case of its options."""
    from octad.agents.command import resolve

    def handle(context: typer.Context, values: dict[str, Any], common: Common) -> int:
        template = values.pop("template", None)
        fields = dict(read(entry, command, values))
        skipped = _skipped(fields.pop("skipped", ()), fields.values())
        written = replace(common, template=(resolve(command.template), template)) if template else common
        return answer(context.obj, entry.name, written, lambda case: case(**fields), skipped)

    folders = (command.formats,) if command.formats else ()
    shared = common_options(command.fail_on, command.form, folders)
    own = parameters(entry, command) | (TEMPLATE if command.template else {})
    return verb(own, handle, command.summary, shared, folders)


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
    options = Options(common.min_probability, common.evidence, heard_here(common))
    report = ask(runner, make(runner.agent.case), options, skipped)
    return common.written(report, {})


def _parameter(option: Option) -> tuple[Any, Any]:
    """An option as typer reads it."""
    default = option.default if option.kind == "number" else NOTHING[option.kind]
    shown: dict[str, Any] = {
        "help": option.help,
        "metavar": option.metavar or METAVARS.get(option.kind),
        "show_default": option.shown or bool(default),
    }
    if option.positional:
        return Annotated[TYPES[option.kind], typer.Argument(**shown)], default
    if option.kind == "flag":
        return Annotated[bool, typer.Option(f"--{option.name.replace('_', '-')}", **shown)], default
    return Annotated[TYPES[option.kind], typer.Option(min=option.least, **shown)], default


def _skipped(known: Iterable[Skipped], fields: Iterable[Any]) -> tuple[Skipped, ...]:
    """What was left out of the whole and of each field, each once."""
    own = (one for field in fields for one in getattr(field, "skipped", ()))
    return tuple(dict.fromkeys((*known, *own)))


def _given(option: Option, value: Any) -> Any:
    """The value of an option for who reads it; none of several is an empty tuple."""
    return value or () if option.kind in ("paths", "texts") else value
