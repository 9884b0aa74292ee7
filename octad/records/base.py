"""The base of every record: frozen, strict about unknown fields, JSON both ways."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Record(BaseModel):
    """Plain typed data; `model_dump_json` and `model_validate_json` are inverses."""

    model_config = ConfigDict(frozen=True, extra="forbid")
