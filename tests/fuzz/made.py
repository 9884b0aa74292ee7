"""Inputs to begin with that tests do not hold as text: made by what the tests make theirs with."""

from __future__ import annotations

import json
from collections.abc import Iterator

from octad.read.code.baseline import baseline_of
from octad.render.formats.sarif import render
from tests import spans
from tests.fuzz.seeds import files
from tests.unit.render.hostile import HOSTILE, finding, report

_FINDINGS = (HOSTILE, finding(message="odd", path="a.py", fingerprint="ab12"), finding(rule="ruff/S101"))


def traces() -> tuple[bytes, ...]:
    """One trace as OpenTelemetry, Jaeger and Zipkin write it, and as lines."""
    made = (spans.otlp(spans.SHOP), spans.jaeger(spans.SHOP), spans.zipkin(spans.SHOP))
    whole = tuple(json.dumps(one).encode() for one in made)
    lines = b"\n".join(json.dumps(spans.otlp([one])).encode() for one in spans.SHOP)
    return (*whole, lines)


def tables_of_spans() -> tuple[bytes, ...]:
    """The same as a table."""
    return (spans.table(spans.SHOP).encode(),)


def notebooks() -> tuple[bytes, ...]:
    """Code of the product in cells, as Jupyter lays it out and in one line."""
    return tuple(_notebooks())


def _notebooks() -> Iterator[bytes]:
    for text in files("octad/records/*.py", longest=600):
        cells = [
            {"cell_type": "markdown", "metadata": {}, "source": ["# A\n"]},
            {
                "cell_type": "code",
                "metadata": {},
                "outputs": [],
                "source": ["%matplotlib inline\n", "x = !ls"],
            },
            {"cell_type": "code", "metadata": {}, "outputs": [], "source": text.decode().splitlines(True)},
        ]
        made = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
        yield from (json.dumps(made, indent=indent).encode() for indent in (1, None))


def baselines() -> tuple[bytes, ...]:
    """Findings that are known."""
    return (baseline_of(_FINDINGS).model_dump_json().encode(),)


def sarif() -> tuple[bytes, ...]:
    """Findings as this and other tools report them."""
    return (render(report(*_FINDINGS), {"a.py": "x = 1\n"}).encode(),)
