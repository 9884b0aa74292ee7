"""The server on standard input and output, for a client that starts it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import anyio
from mcp.server.stdio import stdio_server

from octad import catalog
from octad.mcp.agent_tools import case_tools, verb_tools
from octad.mcp.code_tools import code_tools, rule_tool
from octad.mcp.roots import Roots
from octad.mcp.server import Log, make
from octad.mcp.tool import Tool
from octad.mcp.verbs import Verbs


def tools_of(roots: Roots) -> list[Tool]:
    """Every tool on what lies below the roots, and those that take a case."""
    agents = {entry.name: catalog.load(entry.name) for entry in catalog.entries()}
    cases = (tool for tool in case_tools(agents) if tool.name.startswith("ask_"))
    return [*verb_tools(agents, roots), *cases, *code_tools(roots), rule_tool()]


def serve(folders: Sequence[Path], log: Log, seconds: float, megabytes: float) -> None:
    """Answer until standard input ends; raises InputError for a root that is no folder."""
    server = make(tools_of(Roots(folders)), Verbs(seconds, megabytes), log)

    async def answer() -> None:
        async with stdio_server() as (incoming, outgoing):
            await server.run(incoming, outgoing, server.create_initialization_options())

    anyio.run(answer)
