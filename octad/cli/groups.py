"""What verbs that have verbs of their own share: how they are set up, and what they say without one."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import typer

from octad.host.terminal import show

# rich_markup_mode=None: formatting help with rich would cost more than all the rest of starting.
SETTINGS: dict[str, Any] = {
    "rich_markup_mode": None,
    "pretty_exceptions_enable": False,
    "add_completion": False,
}


class Form(StrEnum):
    """How what is no report is written."""

    terminal = "terminal"
    json = "json"


def or_help(context: typer.Context) -> None:
    """Show the help, and exit with 2, where no verb is named."""
    if context.invoked_subcommand is None:
        show(context.get_help() + "\n")
        raise typer.Exit(2)
