"""The fields that a kind of report adds to those of every report."""

from __future__ import annotations

from pydantic.fields import FieldInfo

from octad.records.report import Report


def added_by(kind: type[Report]) -> dict[str, FieldInfo]:
    """Each added field by its name, in the order of the class."""
    return {name: field for name, field in kind.model_fields.items() if name not in Report.model_fields}
