"""Metrics from a running Prometheus, over its HTTP interface."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from urllib.parse import urlencode

from octad.errors import InputError, UnreadableInput
from octad.read.metrics.label_names import METRIC
from octad.read.metrics.prometheus_json import Result, results_of, series_of
from octad.read.web import checked_address, fetch
from octad.records.series import SeriesSet

_ADDRESS = "give the address of Prometheus, such as http://localhost:9090"


def query_prometheus(
    url: str, queries: Sequence[str], *, start: float, end: float, step: float = 15.0
) -> SeriesSet:
    """Answers to PromQL `queries` between two times in Unix seconds, a point every `step` seconds.

    A result without a name of its own is called by its query. Raises InputError with what Prometheus says
    of a query, UnreadableInput where it gives no answer in time.
    """
    base = checked_address(url, _ADDRESS)
    if not (math.isfinite(start) and start < end < math.inf and 0 < step < math.inf):
        raise InputError("no such window of time", hint="start before end, and a step of more than 0 s")
    found: dict[tuple[tuple[str, str], ...], Result] = {}
    for query in queries:
        window = {"query": query, "start": start, "end": end, "step": step}
        for one in _answer(f"{base}/api/v1/query_range?{urlencode(window)}", f"{base}: query {query!r}"):
            labels = {METRIC: " ".join(query.split()), **one.labels}
            found.setdefault(tuple(sorted(labels.items())), Result(labels, one.points))
    series = series_of(list(found.values()), base)
    if not series.series:
        raise InputError(f"{base}: no points in this window", hint="check queries and times")
    return series


def every_series_of(job: str) -> str:
    """The query for every series of a job."""
    return f"{{job={json.dumps(job, ensure_ascii=False)}}}"


def _answer(address: str, place: str) -> list[Result]:
    """Results of one query; Prometheus says in JSON what is wrong with it, other servers in their own way."""
    status, body = fetch(address, place)
    if 300 <= status < 400:
        raise UnreadableInput(f"{place}: redirected", hint="give the address that this one leads to")
    if status != 200 and not body.startswith(b'{"status":"error"'):
        raise UnreadableInput(f"{place}: HTTP status {status}", hint=_ADDRESS)
    return results_of(body, place)
