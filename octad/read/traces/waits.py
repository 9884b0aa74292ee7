"""How long a request waited for the calls that it made: overlapping ones count once.

Legend: n spans, m intervals.
"""

from __future__ import annotations

import numpy as np

from octad.read.traces.columns import Frame, Integers
from octad.read.traces.links import Linked
from octad.read.traces.span import Kind


def waited(frame: Frame, links: Linked) -> Integers:
    """Nanoseconds within each request `[n]` in which at least one call was under way; 0 for other spans.

    A call is seen by its client; one without, by its callee, brought into the request.
    """
    direct = links.remote & ~links.client[links.parent] & (frame.kind != Kind.CONSUMER)
    of = np.where(links.client, links.top, np.where(direct, links.top[links.parent], -1))
    held = np.flatnonzero(of >= 0)
    request = of[held]
    begin = links.start[held] - links.start[request]
    whole = frame.duration[request]
    begin, end = np.clip(begin, 0, whole), np.clip(begin + frame.duration[held], 0, whole)
    return _covered(request, begin, end, len(of))


def _covered(request: Integers, begin: Integers, end: Integers, n: int) -> Integers:
    """The length of the union of the intervals `[m]` of each request `[n]`."""
    found = np.zeros(n, np.int64)
    if not len(request):
        return found
    order = np.lexsort((end, begin, request))
    request, begin, end = request[order], begin[order], end[order]
    # A running maximum that starts anew with each request: of ranks, which leave room for its number.
    values, rank = np.unique(end, return_inverse=True)
    group = np.cumsum(np.append(0, np.diff(request) != 0))
    largest = np.maximum.accumulate(group * len(values) + rank) - group * len(values)
    before = np.append(0, values[largest[:-1]])
    before[np.append(True, np.diff(request) != 0)] = 0
    np.add.at(found, request, np.maximum(end - np.maximum(begin, before), 0))
    return found
