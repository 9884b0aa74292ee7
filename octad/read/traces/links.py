"""Who called whom: spans to their parents, what each is of a call, and clocks that were set apart.

Legend: n spans; -1 stands for no span.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from octad.read.traces.columns import STRAY, Booleans, Frame, Integers
from octad.read.traces.span import Kind

DEEPEST = 24
"""Rounds of doubling: chains of parents longer than 2^24 spans, or in a circle, lead nowhere."""


class Linked(NamedTuple):
    """Of each span `[n]`: its parent, what it is of a call, when it began by the clock of its root.

    `remote`: its parent is of another service. `client`: it is a call as its caller sees it. `entry`: it is a
    request as the service that serves it sees it. `top`: the request that it is a part of, -1 without one.
    """

    parent: Integers
    remote: Booleans
    client: Booleans
    entry: Booleans
    top: Integers
    start: Integers
    orphans: int
    skewed: int


def linked(frame: Frame) -> Linked:
    """Join spans to their parents and tell what each is, by its kind or, where it has none, by its place."""
    parent = _parents(frame)
    service, kind = frame.service, frame.kind
    has = parent >= 0
    remote = has & (service[parent] != service)
    client = _clients(frame, parent, remote)
    inside = has & ~remote & ~client[parent]
    marked = (kind == Kind.SERVER) | (kind == Kind.CONSUMER)
    plain = (kind == Kind.UNKNOWN) | (kind == Kind.INTERNAL)
    # A step within a service whose parent is not there is a part of some request, and none of its own, unless
    # nothing else tells of the service's requests.
    alone = ~has & ((frame.parent == 0) | (kind == Kind.UNKNOWN))
    entry = ~client & ((marked & ~inside) | (plain & (alone | remote)))
    entry |= ~client & ~has & ~np.isin(service, service[entry])
    shift, skewed = _clock_shifts(frame, parent, remote, client)
    return Linked(
        parent=parent,
        remote=remote,
        client=client,
        entry=entry,
        top=_tops(parent, remote, entry),
        start=frame.start + np.clip(shift, -STRAY, STRAY),
        orphans=int(((frame.parent != 0) & ~has).sum()),
        skewed=skewed,
    )


def _parents(frame: Frame) -> Integers:
    """The parent of each span.

    Where client and server share one id, the server is the client's child, and what else names the id is a
    child of the one that is of its own service, else of the server.
    """
    n = len(frame.key)
    calls = (frame.kind == Kind.CLIENT) | (frame.kind == Kind.PRODUCER)
    order = np.lexsort((np.arange(n), ~calls, frame.key))
    key = frame.key[order]
    first = np.searchsorted(key, frame.parent, "left")
    last = np.searchsorted(key, frame.parent, "right") - 1
    found = (frame.parent != 0) & (last >= first)
    one, other = order[np.where(found, first, 0)], order[np.where(found, last, 0)]
    ours = (frame.service[one] == frame.service) & (frame.service[other] != frame.service)
    parent = np.where(found, np.where(ours, one, other), -1)
    twin = order[np.searchsorted(key, frame.key, "left")]
    shared = calls[twin] & ~calls & (twin != np.arange(n))
    parent = np.where(shared, twin, parent)
    return np.where(parent == np.arange(n), -1, parent)


def _clients(frame: Frame, parent: Integers, remote: Booleans) -> Booleans:
    """Calls as their caller sees them: said to be, or a step whose only child is another service's.

    A step that names whom it calls, and has no child, is one too.
    """
    n = len(parent)
    children = np.bincount(parent[parent >= 0], minlength=n)
    foreign = np.bincount(parent[remote], minlength=n)
    plain = (frame.kind == Kind.UNKNOWN) | (frame.kind == Kind.INTERNAL)
    step = plain & (parent >= 0) & ~remote
    guessed = step & (((children == 1) & (foreign == 1)) | ((children == 0) & (frame.peer >= 0)))
    said = (frame.kind == Kind.CLIENT) | (frame.kind == Kind.PRODUCER)
    return np.asarray(said | guessed, dtype=bool)


def _clock_shifts(frame: Frame, parent: Integers, remote: Booleans, client: Booleans) -> tuple[Integers, int]:
    """What to add to the start of each span `[n]`, and how many callees began outside of the call.

    Clocks differ between services alone. A callee that began before its call, or after it was over, is put
    into its middle, where nothing else is known (as Zipkin and Jaeger do); a message may be late.
    """
    ahead = frame.start - frame.start[parent]
    room = frame.duration[parent] - frame.duration
    late = (ahead > frame.duration[parent]) & client[parent] & (frame.kind == Kind.SERVER)
    wrong = remote & ((ahead < 0) | late)
    shift = np.where(wrong, np.maximum(room, 0) // 2 - ahead, 0)
    if not wrong.any():
        return shift, 0
    return _summed(shift, parent), int(wrong.sum())


def _summed(values: Integers, parent: Integers) -> Integers:
    """The sum of values along each chain of parents, the span itself included; 0 where one has no end."""
    total, above = values.copy(), parent.copy()
    for _ in range(DEEPEST):
        going = above >= 0
        if not going.any():
            return total
        total = total + np.where(going, total[above], 0)
        above = np.where(going, above[above], -1)
    return np.where(above >= 0, 0, total)


def _tops(parent: Integers, remote: Booleans, entry: Booleans) -> Integers:
    """The request that each span is a part of: the first entry up its own service's chain of parents."""
    own = np.arange(len(parent))
    up = np.where(entry | (parent < 0) | remote, own, parent)
    for _ in range(DEEPEST):
        further = up[up]
        if np.array_equal(further, up):
            break
        up = further
    return np.where(entry[up], up, -1)
