"""Logs for tests: templates by how often they were said in each bucket of time."""

from __future__ import annotations

from octad.records.logs import Logs, LogTemplate


def template(text: str, counts: list[int], **fields: object) -> LogTemplate:
    """A template said so often in each bucket."""
    held = tuple((bucket, n) for bucket, n in enumerate(counts) if n)
    return LogTemplate.model_validate({"template": text, "count": sum(counts) or 1, "counts": held, **fields})


def logs(*templates: LogTemplate, **fields: object) -> Logs:
    """Logs from 1000 s on in buckets of ten seconds."""
    return Logs.model_validate(
        {"templates": templates, "lines": 100, "start": 1000.0, "interval": 10.0, **fields}
    )
