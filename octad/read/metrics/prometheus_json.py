"""Metrics from the JSON that Prometheus answers to queries: matrix, vector and scalar results."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import NamedTuple

from octad.errors import InputError
from octad.read.instants import unix_seconds
from octad.read.metrics.histograms import Labelled
from octad.read.metrics.labelled import series_of_labels
from octad.read.metrics.points import Observed, check_cells, check_series
from octad.records.series import SeriesSet
from octad.records.skipped import Skipped

_EXPORT = "save the answer of /api/v1/query_range"
_WARNINGS, _SAID = 5, 300
"""Warnings of an answer, and characters of each, that are said."""


class Result(NamedTuple):
    """One series of an answer: its labels, and its points of a time and a value."""

    labels: dict[str, str]
    points: list[tuple[float, float]]


class Answer(NamedTuple):
    """The series of an answer, and what it warns of."""

    results: list[Result]
    warnings: tuple[str, ...]


def read_prometheus(data: bytes, source: str) -> SeriesSet:
    """Every series of a saved answer; raises InputError, naming the result, for what is none."""
    answer = answer_of(data, source)
    found = series_of(answer.results, source)
    if not found.series:
        raise InputError(f"{source}: the answer holds no series", hint="check query and window")
    return found.model_copy(update={"skipped": warned(answer, source)})


def answer_of(data: bytes, source: str) -> Answer:
    """The series of an answer, or of the part `data` of one, with what it warns of."""
    try:
        answer = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{source}: not JSON", hint=_EXPORT) from error
    if isinstance(answer, dict) and answer.get("status") == "error":
        raise InputError(
            f"{source}: Prometheus answered: {answer.get('error', 'error')}", hint="mend the query"
        )
    payload = answer.get("data", answer) if isinstance(answer, dict) else None
    if not isinstance(payload, dict) or "result" not in payload:
        raise InputError(f"{source}: JSON, but no answer of Prometheus", hint=_EXPORT)
    return Answer(_results(payload.get("resultType"), payload["result"], source), _warnings(answer))


def _results(kind: object, found: object, source: str) -> list[Result]:
    """The results of a matrix, a vector or a scalar."""
    if kind == "scalar":
        found = [{"value": found}]
    elif kind not in ("matrix", "vector") or not isinstance(found, list):
        raise InputError(f"{source}: results of type {str(kind)[:20]!r} are no metrics", hint=_EXPORT)
    check_series(len(found), source)
    results, cells = [], 0
    for number, one in enumerate(found, 1):
        results.append(_result(one, f"{source}: result {number}"))
        cells += len(results[-1].points)
        check_cells(cells, source)
    return results


def warned(answer: Answer, source: str) -> tuple[Skipped, ...]:
    """What an answer warns of, for the report."""
    return tuple(Skipped(path=source, reason=one) for one in answer.warnings)


def _warnings(answer: dict[str, object]) -> tuple[str, ...]:
    """What an answer warns of: Prometheus and Thanos in words, VictoriaMetrics with a mark."""
    warnings = answer.get("warnings")
    said = [str(one)[:_SAID] for one in warnings[:_WARNINGS]] if isinstance(warnings, list) else []
    if answer.get("isPartial") is True:
        said.append("the answer is partial")
    return tuple(f"Prometheus warns: {' '.join(one.split())}" for one in said)


def series_of(results: Sequence[Result], source: str) -> SeriesSet:
    """Named series of results; those without any point are left out."""
    found = []
    for one in results:
        if one.points:
            observed = Observed("", source)
            observed.times.extend(time for time, _ in one.points)
            observed.values.extend(value for _, value in one.points)
            found.append(Labelled(one.labels, observed))
    return SeriesSet(series=series_of_labels(found))


def _result(one: object, place: str) -> Result:
    """One result, its shape checked."""
    labels = one.get("metric", {}) if isinstance(one, dict) else None
    if not isinstance(one, dict) or not isinstance(labels, dict):
        raise InputError(f"{place} is no series", hint=_EXPORT)
    # A native histogram has neither: it is a series without points, and is left out.
    points = one.get("values", [one["value"]] if "value" in one else [])
    if not isinstance(points, list):
        raise InputError(f"{place} has no list of values", hint=_EXPORT)
    checked = [_point(point, place, number) for number, point in enumerate(points, 1)]
    return Result({str(label): str(value) for label, value in labels.items()}, checked)


def _point(point: object, place: str, number: int) -> tuple[float, float]:
    """A pair of a time and a value, the value mostly written as text: "NaN", "+Inf"."""
    try:
        if not isinstance(point, list) or len(point) != 2:
            raise TypeError("not a pair")
        return unix_seconds(float(point[0])), float(point[1])
    except (TypeError, ValueError, OverflowError) as error:
        raise InputError(f"{place}, point {number} is no pair of time and value", hint=_EXPORT) from error
