"""`octad mcp`: tools for assistants, by the Model Context Protocol on standard input and output."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from octad.cli.extras import require

SECONDS = 60.0
"""The deadline of one call."""


def mcp(
    root: Annotated[
        list[Path] | None,
        typer.Option(help="A folder that may be read; again for more.", show_default="."),
    ] = None,
    deadline: Annotated[
        float, typer.Option(min=1, max=3_600, metavar="SECONDS", help="How long one call may take.")
    ] = SECONDS,
    max_memory: Annotated[
        float, typer.Option(min=64, metavar="MB", help="How much memory one call may hold.")
    ] = 4_096,
) -> int:
    """Offer every agent as tools that only read, to the program that starts this one."""
    require("mcp", "mcp")
    from octad.audit import AuditLog
    from octad.mcp.stdio import serve
    from octad.store.folders import data_folder

    serve(root or [Path()], AuditLog(data_folder() / "audit.jsonl"), deadline, max_memory)
    return 0
