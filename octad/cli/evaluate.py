"""`octad evaluate`: how well an agent does on cases that no training saw."""

from __future__ import annotations

import json
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from octad.cli.dependencies import Dependencies
from octad.cli.extras import laboratory, require
from octad.cli.output import check_writable, write
from octad.errors import InputError
from octad.host.terminal import progress, show


class Suite(StrEnum):
    """Which held-out part: the one that settings were chosen on, or the one that nothing was."""

    valid = "valid"
    test = "test"


def evaluate(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="An agent of `octad list`.")],
    data: Annotated[
        Path, typer.Option(envvar="OCTAD_CORPUS", help="The folder of the corpus, as `octad train` takes it.")
    ] = Path(".data/corpus"),
    suite: Annotated[Suite, typer.Option(help="Which held-out part.")] = Suite.test,
    size: Annotated[int, typer.Option(min=1, help="At most so many cases.")] = 2000,
    output: Annotated[Path | None, typer.Option(help="Write the figures to this file, as JSON.")] = None,
    weights: Annotated[
        Path | None, typer.Option(help="A folder of weights instead of the shipped ones.")
    ] = None,
) -> int:
    """Measure an agent on held-out cases; exit with 1 where it misses one of its gates."""
    from octad import catalog

    check_writable(output)
    entry = catalog.entry(name)
    require("train", "octad_train")
    if not data.is_dir():
        raise InputError(f"there is no corpus in {data}", hint="name its folder with --data")
    dependencies: Dependencies = context.obj
    runner: Any = dependencies.load(entry.name, weights)
    cases = laboratory("sources").source(runner.agent, "valid")(data, suite.value, size)
    with progress("evaluating") as advance:
        found = laboratory("evaluate.figures").figures(runner, cases, advance)
    if output is not None:
        write(
            json.dumps({"agent": entry.name, "suite": suite, "cases": len(cases), "figures": found}, indent=2)
            + "\n",
            output,
        )
    missed = laboratory("train.whole").missed_gates(runner.agent, found)
    show(_table(f"{entry.name} on {len(cases)} cases of {suite}", found, missed))
    return int(bool(missed))


def _table(title: str, found: Mapping[str, float], missed: Mapping[str, float]) -> str:
    rows = [
        (name, found.get(name, float("nan")), f"below {missed[name]}" if name in missed else "")
        for name in sorted({*found, *missed})
    ]
    table: str = laboratory("evaluate.tables").table(title, ("figure", "value", "gate"), rows)
    return table
