"""`octad list`: which agents there are."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from octad.cli.output import write
from octad.host.terminal import say, show


def list_agents(
    as_json: Annotated[bool, typer.Option("--json", help="As JSON instead of lines.")] = False,
) -> int:
    """Show every agent: name, verb, whether weights are shipped, and what it does."""
    from octad import catalog
    from octad.store.artefact import is_shipped

    rows = [
        {"name": e.name, "verb": e.verb, "weights": is_shipped(e.name), "summary": e.summary}
        for e in catalog.entries()
    ]
    for problem in catalog.problems():
        say(f"warning: {problem}")
    if as_json:
        write(json.dumps(rows, indent=2) + "\n", None)
        return 0
    wide = max((len(str(row["name"])) for row in rows), default=0)
    lines = []
    for row in rows:
        weights = "weights shipped" if row["weights"] else "no weights yet"
        lines.append(f"{row['name']:{wide}}  octad {row['verb']:10} {weights:16} {row['summary']}\n")
    show("".join(lines) or "no agents\n")
    return 0
