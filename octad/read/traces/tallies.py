"""Spans that were joined, to what they add up to: per service, and per call at either end.

Legend: n spans, m spans of some of them, G groups that they are of.
"""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np

from octad.read.traces.clock import Clock, clock_for
from octad.read.traces.columns import Booleans, Frame, Integers
from octad.read.traces.links import Linked, linked
from octad.read.traces.span import NANOSECONDS, Kind
from octad.read.traces.waits import waited
from octad.records.traces import BINS, Histogram, Tally, TracedCall, TracedService, Traces

MAX_SERVICES, MAX_CALLS = 1_000, 5_000
MAX_CELLS = 1_000_000
"""Bins of all histograms together; above it buckets are made wider."""


class Ends(NamedTuple):
    """One end of calls: caller and callee `[m]`, the span that tells of each, and whether it is a message."""

    caller: Integers
    callee: Integers
    span: Integers
    message: Booleans


class Spans(NamedTuple):
    """Spans with their links, and the clock that sorts them into buckets."""

    frame: Frame
    links: Linked
    clock: Clock
    first: int

    def tallies(self, group: Integers, span: Integers, count: int) -> list[Tally]:
        """What the spans `[m]` of each of `count` groups add up to."""
        return self.tallies_of(group, span, self.frame.duration[span], count)

    def tallies_of(self, group: Integers, span: Integers, duration: Integers, count: int) -> list[Tally]:
        """The same with durations of their own."""
        bucket = self.clock.bucket(self.links.start[span]) - self.first
        return _tallies(np.stack([group, bucket, duration, self.frame.error[span]]), count)


def summed(frame: Frame, flags: set[str], at: float | None, least: float) -> Traces:
    """The traces of a frame, which must hold a span; `at` and `least` as in `clock_for`."""
    frame = _most_seen(frame, flags)
    links = linked(frame)
    for flag, is_so in (("orphans", links.orphans), ("clock-skew", links.skewed)):
        flags |= {flag} if is_so else set()
    clock = clock_for(links.start, len(np.unique(frame.service)), at, least)
    while True:
        spans = Spans(frame, links, clock, int(clock.bucket(links.start).min()))
        services, calls = _services(spans), _calls(spans, flags)
        tallies = [t for one in services for t in (one.requests, one.calls, one.own)]
        tallies += [t for one in calls for t in (one.at_caller, one.at_callee)]
        buckets = len(np.unique(clock.bucket(links.start)))
        if buckets <= 8 or sum(len(h) for t in tallies for h in t.histograms) <= MAX_CELLS:
            break
        clock = clock.doubled()
    return Traces(
        services=tuple(services),
        calls=tuple(calls),
        start=clock.begin(spans.first),
        interval=clock.width / NANOSECONDS,
        first=int(links.start.min()) / NANOSECONDS,
        last=int(links.start.max()) / NANOSECONDS,
        spans=len(frame.key),
        flags=tuple(sorted(flags)),
    )


def _most_seen(frame: Frame, flags: set[str]) -> Frame:
    """The frame with MAX_SERVICES names at most: those that most spans are of or call."""
    frame = frame._replace(peer=_resolved(frame))
    count = np.bincount(frame.service, minlength=len(frame.names))
    seen = count + np.bincount(frame.peer[frame.peer >= 0], minlength=len(frame.names))
    if (seen > 0).sum() <= MAX_SERVICES:
        return frame
    flags.add("many-services")
    kept = np.zeros(len(frame.names), dtype=bool)
    kept[np.argsort(-seen, kind="stable")[:MAX_SERVICES]] = True
    held = kept[frame.service]
    columns = [column[held] for column in frame[2:]]
    columns[-1] = np.where((columns[-1] >= 0) & kept[columns[-1]], columns[-1], -1)
    return Frame(frame.names, frame.kinds, *columns)


def _resolved(frame: Frame) -> Integers:
    """Peers `[n]`, where a host's first label is a service that writes spans, that service."""
    traced = {frame.names[i]: i for i in np.unique(frame.service)}
    place = np.arange(len(frame.names) + 1)
    for i, name in enumerate(frame.names):
        if name not in traced:
            place[i] = traced.get(name.partition(".")[0], i)
    place[-1] = -1
    return place[frame.peer]


def _services(spans: Spans) -> list[TracedService]:
    frame, links = spans.frame, spans.links
    n = len(frame.names)
    entries, clients = np.flatnonzero(links.entry), np.flatnonzero(_outermost(spans))
    own = (frame.duration - waited(frame, links))[entries]
    requests = spans.tallies(frame.service[entries], entries, n)
    calls = spans.tallies(frame.service[clients], clients, n)
    alone = spans.tallies_of(frame.service[entries], entries, own, n)
    traced = np.bincount(frame.service, minlength=n) > 0
    peers = np.bincount(_at_caller(spans).callee, minlength=n) > 0
    return [
        TracedService(
            name=frame.names[i],
            kind="service" if traced[i] else frame.kinds[i],
            requests=requests[i],
            calls=calls[i],
            own=alone[i],
        )
        for i in np.flatnonzero(traced | peers)
    ]


def _calls(spans: Spans, flags: set[str]) -> list[TracedCall]:
    ends = [_at_caller(spans), _at_callee(spans), _without_ends(spans)]
    n = len(spans.frame.names)
    pairs = [end.caller * n + end.callee for end in ends]
    known, count = np.unique(np.concatenate(pairs), return_counts=True)
    if len(known) > MAX_CALLS:
        flags.add("many-calls")
        known = np.sort(known[np.argsort(-count, kind="stable")[:MAX_CALLS]])
    sides = []
    for end, pair in zip(ends[:2], pairs, strict=False):
        held = np.isin(pair, known)
        sides.append(spans.tallies(np.searchsorted(known, pair[held]), end.span[held], len(known)))
    messages = set(np.concatenate([p[e.message] for p, e in zip(pairs, ends, strict=True)]).tolist())
    return [
        TracedCall(
            caller=spans.frame.names[pair // n],
            callee=spans.frame.names[pair % n],
            kind="messages" if pair in messages else "calls",
            at_caller=seen,
            at_callee=served,
        )
        for pair, seen, served in zip(known.tolist(), *sides, strict=True)
    ]


def _at_caller(spans: Spans) -> Ends:
    """Calls as their clients see them: to the services of their children, else to whom they name."""
    frame, links = spans.frame, spans.links
    child = np.flatnonzero(links.remote & links.client[links.parent])
    n = len(frame.names)
    pair, at = np.unique(links.parent[child] * n + frame.service[child], return_index=True)
    leaf = np.flatnonzero(_leaves(spans) & (frame.peer >= 0) & (frame.peer != frame.service))
    span, callee = np.append(pair // n, leaf), np.append(pair % n, frame.peer[leaf])
    consumed = np.append(frame.kind[child[at]] == Kind.CONSUMER, np.zeros(len(leaf), dtype=bool))
    message = (frame.kind[span] == Kind.PRODUCER) | consumed
    return Ends(frame.service[span], callee, span, message)


def _at_callee(spans: Spans) -> Ends:
    """Calls as those see them who serve them."""
    frame, links = spans.frame, spans.links
    span = np.flatnonzero(links.remote & ~links.client)
    caller = frame.service[links.parent[span]]
    return Ends(caller, frame.service[span], span, frame.kind[span] == Kind.CONSUMER)


def _without_ends(spans: Spans) -> Ends:
    """Calls that neither end measured: a client's parent is of another service, and no client."""
    frame, links = spans.frame, spans.links
    span = np.flatnonzero(links.remote & links.client & ~links.client[links.parent])
    caller = frame.service[links.parent[span]]
    return Ends(caller, frame.service[span], span, np.zeros(len(span), dtype=bool))


def _outermost(spans: Spans) -> Booleans:
    """Clients, but for those that wrap another client and have no callee of their own."""
    links = spans.links
    n = len(links.parent)
    called = np.bincount(links.parent[links.remote], minlength=n) > 0
    return links.client & (called | ~_wrapping(links))


def _leaves(spans: Spans) -> Booleans:
    """Clients whose callee wrote no span."""
    links = spans.links
    called = np.bincount(links.parent[links.remote], minlength=len(links.parent)) > 0
    return links.client & ~called & ~_wrapping(links)


def _wrapping(links: Linked) -> Booleans:
    """Clients that have a client of the same service as a child."""
    inner = links.client & (links.parent >= 0) & ~links.remote
    return np.bincount(links.parent[inner], minlength=len(links.parent)) > 0


def _tallies(table: Integers, count: int) -> list[Tally]:
    """A tally for each of `count` groups, of a table `[4, m]`: group, bucket, nanoseconds, failed."""
    group, bucket, duration, error = table[:, np.lexsort(table[[3, 2, 1, 0]])]
    found = [Tally()] * count
    if not len(group):
        return found
    bins = np.floor(np.log2(np.maximum(duration, 1)) * BINS).astype(np.int64)
    fresh = np.append(True, (np.diff(group) != 0) | (np.diff(bucket) != 0))
    cells = np.flatnonzero(fresh)
    steps = np.flatnonzero(fresh | np.append(True, np.diff(bins) != 0))
    many = np.diff(np.append(steps, len(group)))
    pairs = list(zip(bins[steps].tolist(), many.tolist(), strict=True))
    ends = np.append(np.searchsorted(steps, cells), len(steps))
    histograms: list[Histogram] = [tuple(pairs[a:b]) for a, b in pairwise(ends.tolist())]
    counts = np.diff(np.append(cells, len(group)))
    errors = np.add.reduceat(error, cells)
    seconds = np.add.reduceat(duration.astype(np.float64), cells) / NANOSECONDS
    owners = group[cells]
    for owner in np.unique(owners).tolist():
        part = slice(*np.searchsorted(owners, [owner, owner + 1]).tolist())
        found[owner] = Tally(
            buckets=tuple(bucket[cells][part].tolist()),
            counts=tuple(counts[part].tolist()),
            errors=tuple(errors[part].tolist()),
            seconds=tuple(seconds[part].tolist()),
            histograms=tuple(histograms[part]),
        )
    return found
