"""What logs say since a time that they did not say before, and how sure that is: without weights.

Lines come in bursts, so counts are first divided by their own dispersion. Rates are compared by the exact
binomial test with a correction for the number of templates. And the logs must change more at this time than
at 19 of 20 others: at a time that was picked without looking at them, so much is said of any logs, however
restless, in 1 case of 20 at most.

Legend: K templates, T buckets of time, P times to part them at.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from octad.records.logs import Logs, LogTemplate

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
Kind = Literal["new", "risen", "fallen", "gone"]
SURE = 0.01
"""The probability of a change by chance, over all templates, up to which it is told."""
OTHERS = 20
"""Of so many times at most one may change the logs as much; with fewer of them nothing is said."""
RATIO = 2.0
"""How many times as often a template must come, or as seldom."""
LATE = 40
"""The usual period ends a part in so many of the log before the time, which may be known too late."""
GRAVE = frozenset({"error", "critical", "fatal"})
MOST = 2_048
"""Templates that are compared, those with the most lines."""
_BUCKETS = 512
_HALF = 0.5  # added to counts, so that a rate of zero has a logarithm


class LogChange(NamedTuple):
    """A template that came, rose, fell or went: lines an hour before and since, `p` of that by chance.

    A grave template that came too seldom to be sure of it alone may stand for all grave ones that are new:
    `p` is then of so many of them.
    """

    kind: Kind
    grave: bool
    template: LogTemplate
    before: float
    after: float
    p: float


class LogChanges(NamedTuple):
    """What changed at a time, the surest first.

    `unusual` is the share of all times at which the logs changed as much, None where they have too few times
    to say anything.
    """

    changes: tuple[LogChange, ...] = ()
    unusual: float | None = None


class _Table(NamedTuple):
    """Templates, and lines a bucket `[K + 1, T]` of `width` seconds.

    The last row counts the grave templates that come for the first time.
    """

    templates: list[LogTemplate]
    counts: Floats
    width: float


def log_changes(logs: Logs, at: float, since: float | None = None) -> LogChanges:
    """The templates whose rate changed at a time in Unix seconds; the usual period is from `since` to it.

    All that follows is compared with it: of an incident that is over, give the logs `until` its end. `at`
    should be right to a fortieth of the time that the logs span.
    """
    table = _table(logs, since)
    if table is None or logs.start is None:
        return LogChanges()
    T = table.counts.shape[1]
    begin = logs.start if since is None else max(since, logs.start)
    split = math.floor((at - begin) / table.width)
    times = np.arange(1, T)
    if not 1 <= split < T or len(times) < OTHERS:
        return LogChanges()
    gains = _gains(table.counts, times)
    here = gains[:, [split - 1]]
    most = gains.max(axis=0)
    unusual = float((most >= most[split - 1]).mean())
    if unusual > 1 / OTHERS:
        return LogChanges((), unusual)
    own = (here[:, 0] > 0) & ((gains >= here).mean(axis=1) <= 1 / OTHERS)
    found = sorted(_told(table, split, own), key=_order)
    return LogChanges(tuple(found), unusual)


def _order(change: LogChange) -> tuple[float, bool, str, str, str]:
    one = change.template
    return change.p, not change.grave, one.template, one.service, one.level


def _table(logs: Logs, since: float | None) -> _Table | None:
    """The counts of a log with times, in buckets that `since` begins one of; None without."""
    timed = [one for one in logs.templates if one.counts]
    last = max((one.counts[-1][0] for one in timed), default=-1)
    if logs.start is None or last < 1:
        return None
    first = 0 if since is None else min(max(round((since - logs.start) / logs.interval), 0), last)
    wide = (last - first) // _BUCKETS + 1
    timed.sort(key=lambda one: (-one.count, one.template, one.service, one.level))
    timed = timed[:MOST]
    counts = np.zeros((len(timed) + 1, (last - first) // wide + 1))
    for row, one in zip(counts, timed, strict=False):
        for bucket, lines in one.counts:
            if first <= bucket <= last:
                row[(bucket - first) // wide] += lines
        if one.level in GRAVE and one.counts[0][0] >= first:
            counts[-1, (one.counts[0][0] - first) // wide] += 1
    return _Table(timed, counts, logs.interval * wide)


class _Sides(NamedTuple):
    """Lines before and after each time, the larger dispersion of both, `[K, P]`; buckets on either side."""

    before: Floats
    after: Floats
    dispersion: Floats
    n_before: Whole
    n_after: Whole


def _sides(counts: Floats, times: Whole) -> _Sides:
    """What is compared when the logs are parted at these times."""
    T = counts.shape[1]
    totals, squares = _running(counts), _running(counts**2)
    n_before = np.maximum(times - T // LATE, 1)
    before, after = totals[:, n_before], totals[:, [-1]] - totals[:, times]
    dispersion = np.maximum(
        _dispersion(before, squares[:, n_before], n_before),
        _dispersion(after, squares[:, [-1]] - squares[:, times], T - times),
    )
    return _Sides(before, after, dispersion, n_before, T - times)


def _running(values: Floats) -> Floats:
    """Sums of rows before each bucket, `[K, T + 1]`."""
    return np.concatenate([np.zeros((len(values), 1)), np.cumsum(values, axis=1)], axis=1)


def _dispersion(lines: Floats, squares: Floats, n: Whole) -> Floats:
    """Variance over mean of lines in `n` buckets, 1 at least; all lines of one or two buckets count once."""
    mean = lines / n
    spread = np.maximum(squares - lines * mean, 0.0)
    known = np.divide(spread, mean * np.maximum(n - 1, 1), out=np.zeros_like(lines), where=mean > 0)
    found: Floats = np.maximum(np.where(n > 2, known, lines), 1.0)
    return found


def _gains(counts: Floats, times: Whole) -> Floats:
    """How much likelier two rates are than one at each time `[K, P]`, in nats of lines without bursts.

    0 where the rates do not differ by RATIO.
    """
    sides = _sides(counts, times)
    apart = _fit(sides.before, sides.n_before) + _fit(sides.after, sides.n_after)
    together = _fit(sides.before + sides.after, sides.n_before + sides.n_after)
    rates = (sides.before + _HALF) / sides.n_before, (sides.after + _HALF) / sides.n_after
    told = np.abs(np.log(rates[1] / rates[0])) >= math.log(RATIO)
    found: Floats = np.where(told, np.maximum(apart - together, 0.0), 0.0) / sides.dispersion
    return found


def _fit(lines: Floats, buckets: Whole) -> Floats:
    """Log-likelihood of a Poisson rate at its best, without the terms that cancel."""
    found: Floats = lines * np.log(np.maximum(lines, 1e-12) / buckets)
    return found


def _told(table: _Table, split: int, own: NDArray[np.bool_]) -> Iterator[LogChange]:
    """The changes that stand the exact test; `own` `[K + 1]` are those that change at this time above all."""
    sides = _sides(table.counts, np.array([split]))
    n_before, n_after = int(sides.n_before[0]), int(sides.n_after[0])
    share = n_after / (n_before + n_after)
    pairs = [(float(was), float(now)) for was, now in zip(sides.before[:, 0], sides.after[:, 0], strict=True)]
    ps = corrected(
        [
            unequal(int(was / phi), int(now / phi), share)
            for (was, now), phi in zip(pairs, sides.dispersion[:, 0].tolist(), strict=True)
        ]
    )
    hour = 3600 / table.width
    came = ps[-1] <= SURE and own[-1] and pairs[-1][1] > 0
    for row, (one, p) in enumerate(zip(table.templates, ps, strict=False)):
        before, after = pairs[row][0] / n_before * hour, pairs[row][1] / n_after * hour
        kind, grave = _kind(before, after), one.level in GRAVE
        if kind is not None and p <= SURE and own[row]:
            yield LogChange(kind, grave, one, before, after, p)
        elif came and grave and kind == "new":
            yield LogChange(kind, grave, one, before, after, ps[-1])


def _kind(before: float, after: float) -> Kind | None:
    if not before:
        return "new" if after else None
    if not after:
        return "gone"
    return "risen" if after >= RATIO * before else "fallen" if after * RATIO <= before else None


def corrected(ps: list[float]) -> list[float]:
    """Probabilities corrected for their number, after Holm (1979)."""
    found, least = [0.0] * len(ps), 0.0
    for rank, index in enumerate(sorted(range(len(ps)), key=ps.__getitem__)):
        least = max(least, min(ps[index] * (len(ps) - rank), 1.0))
        found[index] = least
    return found


def unequal(before: int, after: int, share: float) -> float:
    """The probability of counts as uneven where each of the lines falls on `after` with probability `share`.

    The exact binomial test, twice the smaller tail.
    """
    n = before + after
    return min(2 * min(_tail(before, n, 1 - share), _tail(after, n, share)), 1.0)


def _tail(k: int, n: int, share: float) -> float:
    """The probability of `k` or more of `n`; 1 where that is not the smaller tail."""
    if k <= n * share:
        return 1.0
    ways = math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
    term = total = math.exp(ways + k * math.log(share) + (n - k) * math.log1p(-share))
    odds = share / (1 - share)
    while k < n and term > total * 1e-16:
        term *= (n - k) / (k + 1) * odds
        k, total = k + 1, total + term
    return min(total, 1.0)
