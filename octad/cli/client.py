"""`octad client`: the verbs that ask a running server instead of this machine's own weights."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from octad.cli.groups import SETTINGS
from octad.cli.options import TERMINAL, FailOn, Format, exit_code
from octad.cli.output import check_writable, write
from octad.errors import InputError, UnreadableInput
from octad.host.terminal import say, show

if TYPE_CHECKING:
    from octad.client import Client, Reply
    from octad.records.report import Report

verbs = typer.Typer(help="Ask a running server.", no_args_is_help=True, **SETTINGS)
Server = Annotated[str, typer.Option(envvar="OCTAD_SERVER", metavar="URL", help="Where the server listens.")]
TokenFile = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="A file that holds a token; else OCTAD_TOKEN, else the server's own."),
]
Output = Annotated[Path | None, typer.Option(help="Write to this file.")]
Evidence = Annotated[bool, typer.Option("--evidence", help="Say what moved the model; slower.")]
Fails = Annotated[FailOn, typer.Option(help="Exit with 1 from this level on.")]
HERE = "http://127.0.0.1:8642"
LARGEST_TOKEN = 4_096


@verbs.command("ask")
def ask(
    name: Annotated[str, typer.Argument(help="An agent of the server.")],
    case: Annotated[Path, typer.Argument(metavar="CASE.json", help="A case of it; - for standard input.")],
    server: Server = HERE,
    token_file: TokenFile = None,
    form: Annotated[Format, typer.Option("--format", help="How to write the report.")] = TERMINAL,
    output: Output = None,
    fail_on: Fails = FailOn.warning,
    evidence: Evidence = False,
) -> int:
    """Ask an agent of a server about a case in a JSON file."""
    from octad.client import Terms
    from octad.read.contents import text_of

    check_writable(output)
    body = text_of(case).encode()
    reply = client_of(server, token_file).ask(name, body, Terms(evidence=evidence))
    return _written(reply, _report_of(name, reply), {}, (form, output, fail_on))


@verbs.command("files")
def files(
    name: Annotated[str, typer.Argument(help="An agent of the server that reviews files.")],
    paths: Annotated[list[str] | None, typer.Argument(metavar="PATH", help="Files and folders.")] = None,
    server: Server = HERE,
    token_file: TokenFile = None,
    form: Annotated[Format, typer.Option("--format", help="How to write the report.")] = TERMINAL,
    output: Output = None,
    fail_on: Fails = FailOn.warning,
    evidence: Evidence = False,
) -> int:
    """Have a server review source files, as the agent's own verb does here."""
    from octad.client import Terms
    from octad.records.look import Review

    check_writable(output)
    texts = _texts(name, paths or ["."])
    reply = client_of(server, token_file).files(name, texts, Terms(evidence=evidence))
    return _written(reply, _parsed(Review, reply), texts, (form, output, fail_on))


@verbs.command("agents")
def agents(
    server: Server = HERE,
    token_file: TokenFile = None,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON instead of lines.")] = False,
) -> int:
    """Show the agents that a server answers for."""
    import json

    found = client_of(server, token_file).agents()
    if as_json:
        write(json.dumps(found, indent=2) + "\n", None)
        return 0
    wide = max((len(str(one["name"])) for one in found), default=0)
    show("".join(f"{one['name']:{wide}}  {one['summary']}\n" for one in found) or "no agents\n")
    return 0


@verbs.command("health")
def health(server: Server = HERE) -> int:
    """Say whether a server lives and is ready; 1 where it is not ready."""
    found = client_of(server, None, needs_token=False).health()
    show(f"{'live' if found.is_live else 'not live'}, {'ready' if found.is_ready else 'not ready'}\n")
    return 0 if found.is_live and found.is_ready else 1


def client_of(server: str, token_file: Path | None, *, needs_token: bool = True) -> Client:
    """A client with the token of a file, of OCTAD_TOKEN, or of the server of this user."""
    from octad.client import Client

    return Client(server, _token(token_file) if needs_token else "")


def _token(path: Path | None) -> str:
    from octad.host.files import read_text
    from octad.store.folders import data_folder

    if path is None and (given := os.environ.get("OCTAD_TOKEN", "")):
        return given.strip()
    named = path or data_folder() / "token"
    try:
        found = read_text(named, LARGEST_TOKEN).strip()
    except UnreadableInput as error:
        hint = "name a file with --token-file, or set OCTAD_TOKEN"
        raise InputError(f"no token in {named}: {error.message}", hint=hint) from error
    if not found.isascii() or not found.isprintable() or " " in found:
        raise InputError(f"{named} holds no token", hint="`octad serve token add` shows one")
    return found


def _texts(name: str, paths: list[str]) -> dict[str, str]:
    """The source files below some paths, of the languages that the agent reads."""
    from octad import catalog
    from octad.agents.command import ReviewCommand
    from octad.read.code.files import read_paths

    command = catalog.load(name).command
    if not isinstance(command, ReviewCommand):
        raise InputError(f"{name} reviews no files", hint="`octad client ask` takes a case")
    intake = read_paths(paths, command.languages)
    for skipped in intake.skipped:
        say(f"{skipped.path}: {skipped.reason}")
    if not intake.codes:
        raise InputError("no source files there", hint="name some")
    return {code.path: code.text for code in intake.codes}


def _report_of(name: str, reply: Reply) -> Report:
    """The report of a reply, as the class that the agent makes here, if it is known here."""
    from octad import catalog
    from octad.agents.reports import report_class

    return _parsed(report_class(catalog.load(name)), reply)


def _parsed(kind: type[Report], reply: Reply) -> Report:
    from octad.records.base import reason_of

    try:
        return kind.model_validate_json(reply.text)
    except ValueError as error:
        hint = "the server may be of another version; --format json shows what it sent"
        raise UnreadableInput(f"no report that is known here: {reason_of(error)}", hint=hint) from error


How = tuple[Any, Path | None, FailOn]
"""The format, the file to write to, and the level that makes the exit code 1."""


def _written(reply: Reply, report: Report, sources: dict[str, str], how: How) -> int:
    """Write a report; the exit code."""
    from octad.render.renderers import render

    form, output, fail_on = how
    if reply.degraded:
        say(f"degraded: {reply.degraded}")
    write(render(form, report, sources), output)
    return exit_code(report.findings, fail_on)
