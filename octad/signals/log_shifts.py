"""How the lines of each template, and of each service, changed at one time that is common to all of them.

Counts come in bursts, so gains are divided by the dispersion of the counts. A fall says as much as a rise,
and a template is also compared with the other lines of its service: all of them rise with demand.

Legend: K templates, T buckets, P times to part them at, n services.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from octad.records.identity import Same
from octad.records.logs import Logs, LogTemplate

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
BUCKETS = 512
CELLS = 1_000_000
"""Counts that are looked at at once, which bounds the memory for logs of many templates."""
KEPT = 2
"""Answers that are kept: those of the cases in hand."""
TOP = 8
"""Templates that decide together when a log changed."""
GRAVE = {"fatal": 2, "critical": 2, "crit": 2, "panic": 2, "error": 2, "err": 2, "severe": 2, "warn": 1,
         "warning": 1}  # fmt: skip
"""How grave a level is; others are not."""
TROUBLE = re.compile(
    r"error|exception|fail|fatal|panic|refus|timed? ?out|unavailab|denied|reject|abort|crash|traceback|retry",
    re.IGNORECASE,
)
_HALF = 0.5
"""Added to counts, so that a rate of zero has a logarithm."""
_LARGEST = 60.0
"""Signed roots of gains at most: what is beyond is as sure."""
_EARLIEST, _LATEST = 0.08, 0.95
"""Where all templates may have changed together, as shares of the whole: people look soon after."""


class LogShifts(NamedTuple):
    """The templates of a log when it is parted before bucket `split`, all `[K]`.

    `before` and `since` are lines, `ratio` the logarithm of the rate since over that before, `z` the signed
    root of twice its log-likelihood gain without bursts, `beside` the same where all other lines of the
    service are the clock instead of time, `rare` -log10 of the share of other times with such a gain.
    `grave` is 2, 1 or 0. `n_before` and `n_since` are buckets.
    """

    before: Floats
    since: Floats
    ratio: Floats
    z: Floats
    beside: Floats
    rare: Floats
    dispersion: Floats
    grave: Floats
    split: int
    n_before: int
    n_since: int

    @property
    def new(self) -> Flags:
        """Templates that came: seen since, never before, in a log that was watched before."""
        came: Flags = (self.before == 0) & (self.since > 0) & bool(self.before.sum())
        return came

    @property
    def gone(self) -> Flags:
        """Templates that went."""
        went: Flags = (self.since == 0) & (self.before > 0) & bool(self.since.sum())
        return went


def buckets_of(logs: Logs) -> int:
    """How many buckets of time a log has, at most `BUCKETS`; 0 where it has no times."""
    last = max((one.counts[-1][0] for one in logs.templates if one.counts), default=-1)
    return min(last + 1, BUCKETS)


def counts_of(template: LogTemplate, buckets: int) -> Floats:
    """Lines per bucket `[T]`."""
    counts = np.zeros(buckets)
    for bucket, lines in template.counts:
        if 0 <= bucket < buckets:
            counts[bucket] += lines
    return counts


class Beginning(NamedTuple):
    """When something began, in Unix seconds; it may be `slack` seconds sooner, or half of that later."""

    time: float
    slack: float = 0.0


def log_shifts(logs: Logs, start: Beginning | None) -> LogShifts:
    """The shifts at a time; where None, or without times, at the likeliest common change.

    So they are within the slack of a time that is known. A log that begins then or later has nothing before:
    no template of it is new or gone. Services and templates ask for the same: what the last cases gave is
    kept.
    """
    return _shifts(Same(logs), start)


@lru_cache(maxsize=KEPT)
def _shifts(key: Same, start: Beginning | None) -> LogShifts:
    (logs,) = key.held
    assert isinstance(logs, Logs)
    T = buckets_of(logs)
    counts = np.array([counts_of(one, T) for one in logs.templates]).reshape(len(logs.templates), T)
    times = np.arange(1, T)
    rows = max(CELLS // max(T, 1), 1)
    gains = np.concatenate(
        [_gains(counts[at : at + rows], times) for at in range(0, max(len(counts), 1), rows)]
    )
    split = 0
    if start is not None and logs.start is not None:
        split = _within(gains, start, logs, T)
    elif len(times):
        split = _common(gains, int(np.ceil(_EARLIEST * T)), int(_LATEST * T))
    before, since = counts[:, :split].sum(axis=1), counts[:, split:].sum(axis=1)
    if not T:
        since = np.array([one.count for one in logs.templates], np.float64)
    dispersion = _dispersion(counts, split)
    gain, ratio, rare = np.zeros((3, len(counts)))
    if 0 < split < T:
        gain = gains[:, split - 1] / dispersion
        ratio = np.log((since + _HALF) / (T - split + _HALF)) - np.log((before + _HALF) / (split + _HALF))
        rare = -np.log10((gains >= gains[:, [split - 1]]).mean(axis=1))
    return LogShifts(
        before, since, ratio, _signed(gain, ratio), _beside(before, since, dispersion, owners(logs)[1]), rare,
        dispersion, np.array([gravity(one) for one in logs.templates], np.float64), split, split, T - split,
    )  # fmt: skip


def owners(logs: Logs) -> tuple[NDArray[np.str_], NDArray[np.int64]]:
    """The services of a log by name `[n]`, and which of them each template is of `[K]`."""
    services = np.array([one.service for one in logs.templates], dtype=object).astype(str)
    names, of = np.unique(services, return_inverse=True)
    return names, of


def gravity(template: LogTemplate) -> int:
    """2 for what failed, 1 for a warning; by its words where the level does not say so."""
    known = GRAVE.get(template.level, 0)
    return max(known, 1 if known or template.level else 2) if TROUBLE.search(template.template) else known


def _gains(counts: Floats, times: NDArray[np.int64]) -> Floats:
    """Log-likelihood of two Poisson rates above that of one `[K, P]`."""
    T = counts.shape[1]
    if not len(times):
        return np.zeros((len(counts), 1))
    before = np.cumsum(counts, axis=1)[:, times - 1]
    after = counts.sum(axis=1, keepdims=True) - before
    apart = _fit(before, times / T) + _fit(after, 1 - times / T) - _fit(before + after, np.ones(1))
    return np.maximum(apart, 0.0)


def _fit(lines: Floats, share: Floats) -> Floats:
    """Log-likelihood of a Poisson rate at its best, without the terms that cancel."""
    return np.asarray(lines * np.log(np.maximum(lines, 1e-12) / share))


def _within(gains: Floats, start: Beginning, logs: Logs, T: int) -> int:
    """The bucket of a time, or one within its slack at which more changed together; 0 or T beside the log."""
    assert logs.start is not None
    place = (start.time - logs.start) / logs.interval
    slack = start.slack / logs.interval
    split = int(np.clip(np.floor(place + 0.5), 0, T))
    if not 0 < split < T or slack < 1:
        return split
    first, last = round(place - slack), round(place + slack / 2)
    return _common(gains, max(first, 1), min(last, T - 1))


def _common(gains: Floats, first: int, last: int) -> int:
    """The bucket, from the first to the last, at which most changed together: no single template decides."""
    first = min(max(first, 1), gains.shape[1])
    strength = np.minimum(gains[:, first - 1 : max(last, first)], 50.0)
    top = min(TOP, len(strength))
    return int(np.argmax(np.partition(strength, -top, axis=0)[-top:].sum(axis=0))) + first if top else first


def _dispersion(counts: Floats, split: int) -> Floats:
    """Variance over mean within either side, weighed by their buckets `[K]`; 1 at least."""
    found = np.zeros(len(counts))
    for side in (counts[:, :split], counts[:, split:]):
        if side.shape[1] > 2:
            mean = side.mean(axis=1)
            spread = side.var(axis=1, ddof=1) / np.maximum(mean, 1e-12) * (mean > 0)
            found += spread * side.shape[1] / counts.shape[1]
    return np.maximum(found, 1.0)


def _signed(gain: Floats, ratio: Floats) -> Floats:
    return np.asarray(np.sign(ratio) * np.minimum(np.sqrt(2 * gain), _LARGEST))


def _beside(before: Floats, since: Floats, dispersion: Floats, of: NDArray[np.int64]) -> Floats:
    """Signed roots of the gain when the service's other lines tell how many were to be expected."""
    all_before, all_since = np.bincount(of, weights=before)[of], np.bincount(of, weights=since)[of]
    own, others = before + since, all_before + all_since - before - since
    share = (all_since - since + _HALF) / (others + 2 * _HALF)
    expected_since, expected_before = own * share, own * (1 - share)
    gain = since * np.log(np.maximum(since, 1e-12) / np.maximum(expected_since, 1e-12))
    gain += before * np.log(np.maximum(before, 1e-12) / np.maximum(expected_before, 1e-12))
    gain = np.where((others > 0) & (own > 0), np.maximum(gain, 0.0) / dispersion, 0.0)
    return _signed(gain, since - expected_since)
