"""Metrics from a running Prometheus, over its HTTP interface."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from urllib.parse import urlencode

from octad.errors import InputError, UnreadableInput
from octad.read.metrics.label_names import METRIC
from octad.read.metrics.points import MAX_CELLS
from octad.read.metrics.prometheus_json import Answer, Result, answer_of, series_of, warned
from octad.read.web import TooMuch, checked_address, deadline, fetch
from octad.records.series import SeriesSet
from octad.records.skipped import Skipped

STEP = 15.0
"""Seconds between two points: as often as most are scraped."""
POINTS = 240
"""Points of a window, where they are no less than STEP apart."""
COARSER = (1, 4, 16)
"""How much longer the steps become where an answer is too large."""
_TOO_MUCH = re.compile("maximum resolution|too many (samples|points)|more than [0-9,]+ values")
_ADDRESS = "give the address of Prometheus, such as http://localhost:9090"
Labels = tuple[tuple[str, str], ...]


def query_prometheus(
    url: str, queries: Sequence[str], *, start: float, end: float, step: float = STEP
) -> SeriesSet:
    """Answers to PromQL `queries` between two times in Unix seconds, a point every `step` seconds.

    Steps become longer where the answers are too large. A result without a name of its own is called by its
    query, and so is one of the same labels as that of a query before it. What Prometheus warns of is
    said. Raises InputError with what Prometheus says of a query, UnreadableInput where the answers to all of
    them are not there within one deadline.
    """
    base = checked_address(url, _ADDRESS)
    if not (math.isfinite(start) and start < end < math.inf and 0 < step < math.inf):
        raise InputError("no such window of time", hint="start before end, and a step of more than 0 s")
    asking = _Asking(base, tuple(dict.fromkeys(queries)))
    for factor in COARSER:
        try:
            results, skipped = asking.results({"start": start, "end": end, "step": step * factor})
            break
        except TooMuch:
            if factor == COARSER[-1]:
                raise
    found = series_of(results, base)
    if not found.series:
        raise InputError(f"{base}: no points in this window", hint="check queries and times")
    if factor > 1:
        reason = f"a point every {step * factor:g} s, for shorter steps are too many"
        skipped = (*skipped, Skipped(path=base, reason=reason))
    return found.model_copy(update={"skipped": skipped})


def step_of(seconds: float) -> float:
    """Seconds between the points of a window of so many seconds."""
    return max(STEP, seconds / POINTS)


def every_series_of(job: str) -> str:
    """The query for every series of a job."""
    return f"{{job={json.dumps(job, ensure_ascii=False)}}}"


class _Asking:
    """Queries to one server, all of which are answered before one deadline."""

    def __init__(self, base: str, queries: tuple[str, ...]) -> None:
        self.base = base
        self.queries = queries
        self.deadline = deadline()

    def results(self, window: dict[str, float]) -> tuple[list[Result], tuple[Skipped, ...]]:
        """What all queries give, each series once, and what Prometheus warns of; raises TooMuch."""
        found: dict[Labels, Result] = {}
        skipped: dict[Skipped, None] = {}
        cells = 0
        for query in self.queries:
            place = f"{self.base}: query {query!r}"
            answer = self._answer({"query": query, **window}, place)
            for one in answer.results:
                cells += len(one.points)
                _add(found, one, query)
            if cells > MAX_CELLS:
                raise TooMuch(f"{self.base}: more than {MAX_CELLS:,} values", hint="ask for less")
            skipped |= dict.fromkeys(warned(answer, place))
        return list(found.values()), tuple(skipped)

    def _answer(self, parameters: dict[str, str | float], place: str) -> Answer:
        """The answer to one query; Prometheus says in JSON what is wrong with it, others in their own way."""
        address = f"{self.base}/api/v1/query_range?{urlencode(parameters)}"
        status, body, _ = fetch(address, place, self.deadline)
        if 300 <= status < 400:
            raise UnreadableInput(f"{place}: redirected", hint="give the address that this one leads to")
        if status != 200 and not body.startswith(b'{"status":"error"'):
            raise UnreadableInput(f"{place}: HTTP status {status}", hint=_ADDRESS)
        try:
            return answer_of(body, place)
        except InputError as error:
            if _TOO_MUCH.search(error.message):
                raise TooMuch(error.message, hint="ask for a shorter window, or for less") from error
            raise


def _add(found: dict[Labels, Result], one: Result, query: str) -> None:
    """Take a result that is not there yet; one of the same labels and other points is called by its query."""
    named = " ".join(query.split())
    labels = {METRIC: named, **one.labels}
    before = found.setdefault(tuple(sorted(labels.items())), Result(labels, one.points))
    if before.points != one.points:
        labels = {**one.labels, METRIC: named}
        found.setdefault(tuple(sorted(labels.items())), Result(labels, one.points))
