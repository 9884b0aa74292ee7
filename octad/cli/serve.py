"""`octad serve`: answer over HTTP for a team, and keep the tokens of those who may ask."""

from __future__ import annotations

import inspect
import time
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from octad.cli.extras import require
from octad.cli.groups import SETTINGS
from octad.cli.options import Parameters
from octad.errors import InputError
from octad.host.terminal import say, show

if TYPE_CHECKING:
    from octad.serve.auth import Role, Tokens
    from octad.serve.settings import ServeSettings

verbs = typer.Typer(help="Answer over HTTP for a team.", invoke_without_command=True, **SETTINGS)
tokens = typer.Typer(
    help="Make, show and revoke tokens of those who may ask.", no_args_is_help=True, **SETTINGS
)
FIRST = "local"
"""The name of the token that is made at the first start."""
LOST = 2
"""The exit code where questions were lost."""


class Log(StrEnum):
    """What is written to standard error while the server runs."""

    errors = "errors"
    requests = "requests"


def _option(kind: Any, default: Any, help_text: str, **more: Any) -> tuple[Any, Any]:
    return Annotated[kind, typer.Option(help=help_text, **more)], default


OPTIONS: Parameters = {
    "host": _option(str, "127.0.0.1", "The address to listen on."),
    "port": _option(int, 8642, "The port to listen on; 0 for a free one.", min=0, max=65_535),
    "workers": _option(int, 0, "Processes that answer.", min=0, max=256, show_default="one a core"),
    "agents": _option(str, "", "Answer for these, with commas between.", show_default="all with weights"),
    "token_file": _option(Path | None, None, "Where the first token is put.", metavar="FILE"),
    "allow_host": _option(list[str] | None, None, "A name that requests may call it by; again for more."),
    "allow_origin": _option(list[str] | None, None, "An origin whose pages may ask; again for more."),
    "certificate": _option(Path | None, None, "A certificate for TLS, as PEM.", metavar="FILE"),
    "key": _option(Path | None, None, "Its key, as PEM.", metavar="FILE"),
    "behind_proxy": _option(bool, False, "Something before it ends TLS."),
    "drain_seconds": _option(float, 8.0, "Finish for so long after SIGTERM.", min=0, max=600),
    "log": _option(Log, Log.errors, "What to write to standard error."),
}  # fmt: skip


def _serve(context: typer.Context, **values: Any) -> int:
    """Listen until a signal; the exit code."""
    if context.invoked_subcommand is not None:
        return 0
    require("serve", "fastapi", "uvicorn", "httptools")
    from octad.serve.assemble import assembled
    from octad.serve.run import run
    from octad.serve.settings import check

    settings, known = settings_of(values), _tokens()
    check(settings, has_tokens=bool(known.all()))
    parts = assembled(settings, known, workers=values["workers"])
    token_file = _first_token(known, values["token_file"])
    agent = next(iter(parts.context.agents))

    def listening(address: str) -> None:
        say(f"listening on {address} for {', '.join(parts.context.agents)}")
        say(f"ask: {_curl(settings, address, agent, token_file)}")

    ended = run(parts.app, parts.context, parts.service, listening)
    if ended.lost:
        say(f"{ended.lost:,} questions were not answered")
    return LOST if ended.lost else 0


def settings_of(values: dict[str, Any]) -> ServeSettings:
    """The settings that options ask for; raises InputError."""
    from octad.serve.settings import ServeSettings

    names = tuple(name for part in values["agents"].split(",") if (name := part.strip()))
    return ServeSettings(
        host=values["host"],
        port=values["port"],
        agents=names,
        hosts=tuple(values["allow_host"] or ()),
        origins=tuple(values["allow_origin"] or ()),
        certificate=values["certificate"],
        key=values["key"],
        behind_proxy=values["behind_proxy"],
        log_requests=values["log"] is Log.requests,
        drain_seconds=values["drain_seconds"],
    )


@tokens.command("add")
def add(
    name: Annotated[str, typer.Argument(help="Whose token it is.")],
    role: Annotated[str, typer.Option(help="What it may: infer, operate, admin, audit; commas between.")],
) -> int:
    """Make a token and show it, this once; it is not kept."""
    from octad.serve.auth import ROLES

    wanted: list[Role] = []
    for part in filter(None, (one.strip() for one in role.split(","))):
        known = next((one for one in ROLES if one == part), None)
        if known is None:
            raise InputError(f"there is no role {part!r}", hint=f"roles are {', '.join(ROLES)}")
        wanted.append(known)
    if not wanted:
        raise InputError("a token without a role may nothing", hint=f"roles are {', '.join(ROLES)}")
    _audited("token.add", name, roles=", ".join(wanted))
    show(_tokens().add(name, list(dict.fromkeys(wanted))) + "\n")
    return 0


@tokens.command("list")
def list_tokens() -> int:
    """Show who has a token, and what it may."""
    found = _tokens().all()
    wide = max((len(one.name) for one in found), default=0)
    for one in found:
        made = time.strftime("%Y-%m-%d", time.gmtime(one.created))
        show(f"{one.name:{wide}}  {made}  {', '.join(one.roles)}\n")
    if not found:
        say("no tokens; `octad serve token add NAME --role infer` makes one")
    return 0


@tokens.command("revoke")
def revoke(name: Annotated[str, typer.Argument(help="Whose token it is.")]) -> int:
    """Let a token open nothing any more, from the next request on."""
    _audited("token.revoke", name)
    _tokens().revoke(name)
    say(f"revoked {name}")
    return 0


def _tokens() -> Tokens:
    from octad.serve.auth import Tokens
    from octad.store.folders import data_folder

    return Tokens(data_folder() / "tokens.json")


def _audited(action: str, name: str, **details: str) -> None:
    """Write down what is about to be done."""
    from octad.audit import AuditLog, actor_here
    from octad.store.folders import data_folder

    AuditLog(data_folder() / "audit.jsonl").record(actor_here(), action, name, **details)


def _first_token(known: Tokens, asked: Path | None) -> Path:
    """Where the token of this user lies; it is made, and said, where the server has none yet."""
    from octad.host.whole_file import PRIVATE, replace
    from octad.store.folders import data_folder

    path = asked or data_folder() / "token"
    if known.all():
        return path
    _audited("token.add", FIRST, roles="admin")
    plain = known.add(FIRST, ["admin"])
    try:
        replace(path, plain.encode() + b"\n", PRIVATE)
    except OSError as error:
        known.revoke(FIRST)
        reason = (error.strerror or "").lower()
        hint = "name another with --token-file"
        raise InputError(f"{path} cannot be written: {reason}", hint=hint) from error
    say(f"made a token for this user in {path}")
    return path


def _curl(settings: ServeSettings, address: str, agent: str, token_file: Path) -> str:
    """A command that asks the server."""
    own = f"{address}/v1/agents/{agent}"
    head = f'-H "Authorization: Bearer $(cat {token_file})"'
    return f"octad describe {agent} --example | curl {head} --json @- {own}"


def _with_options(function: Callable[..., int], parameters: Parameters) -> Callable[..., int]:
    """A function that typer reads: its parameters are those of a table."""
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    every: Parameters = {"context": (typer.Context, inspect.Parameter.empty), **parameters}
    function.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [inspect.Parameter(n, kind, annotation=a, default=d) for n, (a, d) in every.items()]
    )
    function.__annotations__ = {name: annotation for name, (annotation, _) in every.items()}
    return function


verbs.callback()(_with_options(_serve, OPTIONS))
verbs.add_typer(tokens, name="token")
