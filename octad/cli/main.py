"""`octad`: the verbs, and how every error becomes one line and an exit code.

0 nothing found, 1 findings, 2 an error, 130 interrupted.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Sequence
from typing import Annotated

import typer

from octad import __version__
from octad.cli import assess, debug, deps, describe, evaluate, explain, list, review, search, similar, train
from octad.cli.surroundings import Surroundings
from octad.errors import OctadError

# rich_markup_mode=None: formatting help with rich would cost more than all the rest of starting.
app = typer.Typer(
    name="octad",
    help="Small transformer agents for software delivery, on your own machine.",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    add_completion=False,
)
app.command("review")(review.review)
app.command("assess")(assess.assess)
app.command("debug")(debug.debug)
app.command("deps")(deps.deps)
app.command("search")(search.search)
app.command("similar")(similar.similar)
app.command("explain")(explain.explain)
app.command("list")(list.list_agents)
app.command("describe")(describe.describe)
app.command("train")(train.train)
app.command("evaluate")(evaluate.evaluate)

# Typer carries its own copy of click from some version on; the class is reached without naming either.
UsageError: type[Exception] = typer.BadParameter.__bases__[0]


def _version(wanted: bool) -> None:
    if wanted:
        sys.stdout.write(f"octad {__version__}\n")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Small transformer agents for software delivery, on your own machine."""


def run(arguments: Sequence[str] | None = None, surroundings: Surroundings | None = None) -> int:
    """Run one command line and return its exit code; errors are one line on standard error."""
    try:
        code = app(arguments, standalone_mode=False, obj=surroundings or Surroundings(), prog_name="octad")
    except OctadError as error:
        return _failed(str(error))
    except UsageError as error:
        message = str(getattr(error, "format_message", error.__str__)())
        return _failed(f"{message.rstrip('.')}; see `octad --help`")
    except (KeyboardInterrupt, typer.Abort):
        sys.stderr.write("octad: interrupted\n")
        return 130
    except Exception:
        # Python's own status for this is 1, which here means findings.
        traceback.print_exc()
        return _failed("internal error; please report what is above")
    return code if isinstance(code, int) else 0


def main() -> None:
    """The console script."""
    sys.exit(run())


def _failed(message: str) -> int:
    line = " ".join(message.split())
    sys.stderr.write(f"octad: error: {line}\n")
    return 2
