"""`octad`: the verbs, and how every error becomes one line and an exit code.

0 nothing found, 1 findings, 2 an error, 130 interrupted.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any

import typer

from octad import __version__, catalog
from octad.budget import current
from octad.cli import (
    ask,
    client,
    comment,
    deps,
    describe,
    evaluate,
    explain,
    feedback,
    groups,
    list,
    lsp,
    mcp,
    rollout,
    rule,
    search,
    serve,
    similar,
    store,
    train,
    triage,
)
from octad.cli.dependencies import Dependencies
from octad.cli.limits import Interrupted, ended, limited, one_run
from octad.errors import OctadError
from octad.host.terminal import complain, guarded, say, show

SETTINGS: dict[str, Any] = {
    "name": "octad",
    "help": "Small transformer agents for software delivery, on your own machine.",
    **groups.SETTINGS,
}
INTERRUPTED = 130
app = typer.Typer(**SETTINGS)
VERBS: Mapping[str, Callable[..., int]] = {
    "deps": limited(deps.deps),
    "search": limited(search.search),
    "similar": limited(similar.similar),
    "ask": ask.ask,
    "explain": limited(explain.explain),
    "list": list.list_agents,
    "describe": describe.describe,
    "rule": rule.rule,
    "triage": limited(triage.triage),
    "mcp": mcp.mcp,
    "comment": limited(comment.comment),
    "train": train.train,
    "evaluate": evaluate.evaluate,
    "lsp": lsp.lsp,
}
for name, function in VERBS.items():
    app.command(name, short_help=(function.__doc__ or "").partition("\n")[0])(function)
GROUPS: Mapping[str, typer.Typer] = {
    "client": client.verbs,
    "feedback": feedback.verbs,
    "rollout": rollout.verbs,
    "serve": serve.verbs,
    "store": store.verbs,
}
"""Verbs that have verbs of their own."""
for name, group in GROUPS.items():
    app.add_typer(group, name=name)


def with_agents(verbs: typer.Typer) -> typer.Typer:
    """The same verbs before those of agents, whose files are imported when they are asked for."""
    every = typer.Typer(**SETTINGS)
    every.callback(invoke_without_command=True)(_root)
    for entry in sorted(catalog.entries(), key=lambda one: one.verb):
        settings = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}
        own = every.command(entry.verb, help=entry.help, short_help=entry.help, context_settings=settings)
        own(_delegate(entry))
    every.registered_commands += verbs.registered_commands
    every.registered_groups += verbs.registered_groups
    return every


def _delegate(entry: catalog.Entry) -> Callable[[typer.Context], int]:
    """A verb whose options are known once its agent is imported."""

    def run_agent(context: typer.Context) -> int:
        from octad.cli.agent_verbs import function_of

        own = typer.Typer(**SETTINGS | {"name": entry.verb})
        own.command()(function_of(entry))
        code = own(context.args, standalone_mode=False, obj=context.obj, prog_name=f"octad {entry.verb}")
        return code if isinstance(code, int) else 0

    return run_agent


# Typer carries its own copy of click from some version on; the class is reached without naming either.
UsageError: type[Exception] = typer.BadParameter.__bases__[0]


def _version(wanted: bool) -> None:
    if wanted:
        show(f"octad {__version__}\n")
        raise typer.Exit


def _root(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Small transformer agents for software delivery, on your own machine."""
    groups.or_help(context)


def run(arguments: Sequence[str] | None = None, dependencies: Dependencies | None = None) -> int:
    """Run one command line and return its exit code; errors are one line on standard error."""
    with guarded(), one_run() as budget:
        code = _code_of(arguments, dependencies)
        return code if code == INTERRUPTED else ended(budget, code)


def _code_of(arguments: Sequence[str] | None, dependencies: Dependencies | None) -> int:
    try:
        code = with_agents(app)(
            arguments, standalone_mode=False, obj=dependencies or Dependencies(), prog_name="octad"
        )
    except OctadError as error:
        return _failed(str(error))
    except UsageError as error:
        message = str(getattr(error, "format_message", error.__str__)()).replace("Value error, ", "")
        verb = getattr(getattr(error, "ctx", None), "command_path", "octad")
        if type(error).__name__ == "NoArgsIsHelpError":  # its message is the whole help
            message = "Missing command"
        return _failed(f"{message.rstrip('.')}; see `{verb} --help`")
    except (KeyboardInterrupt, typer.Abort):
        say("interrupted")
        return INTERRUPTED
    except Interrupted:
        return _failed(f"no end within the deadline of {current().seconds:g} s; give more with --deadline")
    except Exception:
        # Python's own status for this is 1, which here means findings.
        complain(traceback.format_exc())
        return _failed("internal error; please report what is above")
    return code if isinstance(code, int) else 0


def main() -> None:
    """The console script."""
    sys.exit(run())


def _failed(message: str) -> int:
    say(f"error: {' '.join(message.split())}")
    return 2
