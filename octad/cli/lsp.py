"""`octad lsp`: findings in an editor, as a language server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from octad.cli.extras import require
from octad.cli.review_options import BASELINE

if TYPE_CHECKING:
    from octad.ask import Asking


def lsp(
    context: typer.Context,
    min_probability: Annotated[
        float | None,
        typer.Option(min=0, max=1, help="Show findings from here on, instead of the shipped thresholds."),
    ] = None,
    analysers: Annotated[
        bool, typer.Option("--analysers/--no-analysers", help="Ask ruff and bandit as well, on save.")
    ] = True,
    delay: Annotated[
        float, typer.Option(min=0, max=10, metavar="SECONDS", help="Wait so long after a key.")
    ] = 0.15,
    seconds: Annotated[
        float, typer.Option(min=1, max=600, metavar="SECONDS", help="How long one document may take.")
    ] = 20.0,
    cache: Annotated[
        bool, typer.Option("--cache/--no-cache", help="Compute only what is not known from before.")
    ] = True,
    stdio: Annotated[bool, typer.Option("--stdio", help="As editors may ask; there is no other way.")] = True,
) -> int:
    """Serve an editor on standard input and output: findings as one types, repairs, what rules mean."""
    require("lsp", "pygls")
    from octad.lsp.analysis import Wishes
    from octad.lsp.server import serve

    def load(name: str) -> Asking:
        runner: Asking = context.obj.runner(name, None, cache=cache)
        return runner

    serve(load, Wishes(min_probability, analysers, seconds, BASELINE), delay)
    return 0
