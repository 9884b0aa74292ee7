"""The base of every record: frozen, strict about unknown fields, JSON both ways."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, ValidationError

Moment = Annotated[FiniteFloat, Field(ge=-1e11, le=1e11)]
"""Unix seconds, within some three thousand years: between two of them there is a finite time."""
Count = Annotated[int, Field(ge=0, le=10**15)]
"""How many there were; arithmetic on it stays exact in floating point."""
Bucket = Annotated[int, Field(ge=-(10**15), le=10**15)]
"""A step of time, counted from a beginning."""


class Record(BaseModel):
    """Plain typed data; `model_dump_json` and `model_validate_json` are inverses."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def reason_of(error: ValueError) -> str:
    """Why JSON is no record: the first thing that is wrong and where, without what stands there."""
    if not isinstance(error, ValidationError):
        return (str(error).splitlines() or [""])[0]
    first, *others = error.errors(include_url=False, include_context=False, include_input=False)
    place = ".".join(map(str, first["loc"]))
    more = f" (and {len(others)} more)" if others else ""
    return f"{f'{place}: ' if place else ''}{first['msg'].removeprefix('Value error, ')}{more}"
