"""Traces as series of metrics, named as `place` understands them, and as a graph of services."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from octad.records.graph import Edge, Graph, Node
from octad.records.series import Series
from octad.records.traces import Tally, TracedCall, TracedService, Traces, quantile

MOST_CALLS = 500
"""Pairs of services that get series: those with the most calls."""
QUANTILES = ((0.5, "p50"), (0.95, "p95"))
PAUSE = 30
"""Empty buckets in a row, of all services, that still are an observation of no calls."""
FULL = 0.9
"""Share of the first and of the last bucket that must have been watched for its counts to count."""


class _Axis(NamedTuple):
    """The buckets that were watched, their times, and those in which counts are too small to count."""

    buckets: Sequence[int]
    times: tuple[float, ...]
    partial: frozenset[int]


def series_of(traces: Traces) -> tuple[Series, ...]:
    """The series of services and of the calls between them, each with a value in every bucket.

    Of a service: `cart.server_latency_p50` and `_p95`, `cart.client_latency_p95` of the calls it makes,
    `cart.self_latency_p95` without them, `cart.server_requests` and `cart.server_errors`. Of a call, as
    either end sees it: `caller_latency_p95.web_cart`, `callee_latency_p95.web_cart`, and so on. Latencies are
    in seconds, and None in a bucket without calls; counts are per bucket, and 0 there.
    """
    axis = _axis(traces)
    busiest = sorted(traces.calls, key=lambda one: (-_size(one), one.caller, one.callee))[:MOST_CALLS]
    named = [pair for one in traces.services for pair in _of_service(one, axis)]
    named += [pair for one in busiest for pair in _of_call(one, axis)]
    return tuple(
        Series(
            name=name,
            unit="s" if "latency" in name else "",
            times=axis.times,
            values=values,
            source=traces.source,
            flags=traces.flags,
        )
        for name, values in named
    )


def graph_of_traces(traces: Traces) -> Graph:
    """Who calls whom; whoever calls itself has no edge for that."""
    nodes = tuple(Node(id=one.name, kind=one.kind) for one in traces.services)
    edges = tuple(
        Edge(source=one.caller, target=one.callee, kind=one.kind)
        for one in traces.calls
        if one.caller != one.callee
    )
    return Graph(nodes=nodes, edges=edges, source=traces.source)


_Named = tuple[str, tuple[float | None, ...]]


def _of_service(service: TracedService, axis: _Axis) -> Iterator[_Named]:
    name = service.name
    if service.requests.buckets:
        for share, word in QUANTILES:
            yield _latency(f"{name}.server_latency_{word}", share, service.requests, axis)
        yield f"{name}.server_requests", _counts(service.requests, service.requests.counts, axis)
        yield f"{name}.server_errors", _counts(service.requests, service.requests.errors, axis)
    if service.calls.buckets:
        yield _latency(f"{name}.client_latency_p95", 0.95, service.calls, axis)
        if service.own.buckets:
            yield _latency(f"{name}.self_latency_p95", 0.95, service.own, axis)


def _of_call(call: TracedCall, axis: _Axis) -> Iterator[_Named]:
    """The latencies at both ends; how many there were and failed, as the caller saw it where it did."""
    pair = f"{call.caller}_{call.callee}"
    for end, tally in (("caller", call.at_caller), ("callee", call.at_callee)):
        if tally.buckets:
            for share, word in QUANTILES:
                yield _latency(f"{end}_latency_{word}.{pair}", share, tally, axis)
    end, tally = ("caller", call.at_caller) if call.at_caller.buckets else ("callee", call.at_callee)
    if tally.buckets:
        yield f"{end}_calls.{pair}", _counts(tally, tally.counts, axis)
        yield f"{end}_errors.{pair}", _counts(tally, tally.errors, axis)


def _latency(name: str, share: float, tally: Tally, axis: _Axis) -> _Named:
    found = {b: quantile(h, share) for b, h in zip(tally.buckets, tally.histograms, strict=True)}
    return name, tuple(found.get(bucket) for bucket in axis.buckets)


def _counts(tally: Tally, column: Sequence[int], axis: _Axis) -> tuple[float | None, ...]:
    found = dict(zip(tally.buckets, column, strict=True))
    return tuple(None if bucket in axis.partial else float(found.get(bucket, 0)) for bucket in axis.buckets)


def _axis(traces: Traces) -> _Axis:
    """Every bucket from the first to the last, but for long pauses, in which nobody watched."""
    ends = [end for one in traces.calls for end in (one.at_caller, one.at_callee)]
    own = [tally for one in traces.services for tally in (one.requests, one.calls)]
    seen = sorted({bucket for tally in (*ends, *own) for bucket in tally.buckets})
    buckets: list[int] = []
    for bucket in seen:
        last = buckets[-1] if buckets else bucket
        buckets += range(last + 1, bucket) if bucket - last <= PAUSE else ()
        buckets.append(bucket)
    times = tuple(traces.start + bucket * traces.interval for bucket in buckets)
    return _Axis(buckets, times, _partial(traces, buckets))


def _partial(traces: Traces, buckets: Sequence[int]) -> frozenset[int]:
    """The first and the last bucket, where the spans cover only a part of it."""
    if len(buckets) < 3:
        return frozenset()
    begin = traces.start + buckets[0] * traces.interval
    end = traces.start + buckets[-1] * traces.interval
    found = set()
    if begin + traces.interval - traces.first < FULL * traces.interval:
        found.add(buckets[0])
    if traces.last - end < FULL * traces.interval:
        found.add(buckets[-1])
    return frozenset(found)


def _size(call: TracedCall) -> int:
    return max(sum(call.at_caller.counts), sum(call.at_callee.counts))
