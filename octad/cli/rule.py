"""`octad rule`: what a rule means, with its example and how often it was right."""

from __future__ import annotations

from typing import Annotated

import typer

from octad.host.terminal import show


def rule(
    name: Annotated[
        str | None, typer.Argument(help="A rule, as a finding names it; all of them without.")
    ] = None,
) -> int:
    """Show what a rule means: its message, an example, its repair, and how often it was right."""
    from octad.rules.pages import listing, page

    show(listing() if name is None else page(name))
    return 0
