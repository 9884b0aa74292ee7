"""`octad ask`: what any agent says of a case in a file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from octad.cli.agent_verbs import answer
from octad.cli.options import Common, Parameters, common, verb
from octad.errors import InputError

OWN: Parameters = {
    "name": (Annotated[str, typer.Argument(help="An agent of `octad list`.")], ...),
    "case": (
        Annotated[Path, typer.Argument(metavar="CASE.json", help="A case of it; - for standard input.")],
        ...,
    ),
}


def _handle(context: typer.Context, values: dict[str, Any], common: Common) -> int:
    """Read the case, ask, write."""
    from octad import catalog
    from octad.read.contents import text_of
    from octad.records.base import reason_of

    name = catalog.entry(values["name"]).name
    text = text_of(values["case"])

    def make(kind: type[Any]) -> Any:
        try:
            return kind.model_validate_json(text)
        except ValueError as error:
            read = "standard input" if str(values["case"]) == "-" else values["case"]
            raise InputError(
                f"{read} is no case of {name}: {reason_of(error)}",
                hint=f"`octad describe {name} --example` prints one",
            ) from error

    return answer(context.obj, name, common, make)


ask = verb(OWN, _handle, "Ask an agent about a case in a JSON file.", common())
