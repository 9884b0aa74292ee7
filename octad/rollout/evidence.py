"""Whether a new version does harm, at every look: likelihoods of where bad events come from.

A bad event comes from one of two arms. Where the new version is `r` times as bad as the old one, the chance
that it was the new one's is `s r / (s r + 1 - s)`, with `s` its share of the traffic. The likelihood of all
events is kept for some ratios; a mixture of those above 1 over that of 1 is a supermartingale where the new
version does no harm, so that it reaches 100 with a chance of 1 % at most, however often it is looked at,
through changes of the share, and whatever happens to both arms at once (Ville's inequality; Wald 1945, and
Ramdas et al. 2023 on e-processes). The same turned round refutes that it is at least `factor` times as bad.

Arrays end in the axis of RATIOS; all logarithms are natural. Nothing here knows a clock or a file.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from octad.records.base import Count, Record

Floats = NDArray[np.float64]
Pair = tuple[Count, Count]
"""Of the stable version and of the candidate."""

BENIGN = (0.2, 0.5, 0.8, 1.0, 1.25)
"""Ratios in favour of which it is refuted that a version is much worse."""
HARMFUL = (1.25, 1.5, 2.0, 3.0, 5.0, 10.0, 20.0)
RATIOS = tuple(sorted({*BENIGN, *HARMFUL}))
_ONE = RATIOS.index(1.0)
_BENIGN = [RATIOS.index(one) for one in BENIGN]
TOLERATED: Mapping[str, float] = {"slow": 1.25}
"""How many times as many of a kind may be bad before that is harm; 1 of every other kind.

The version that is asked less often finds less of its weights in the caches of the processor: of two that
are alike the one with the smaller share was slow 1.1 to 1.3 times as often, and after thousands of questions
that is certain, true, and no harm.
"""
_OTHERS = [at for at in range(len(RATIOS)) if at != _ONE]
_RARER = (0.0, 0.25, 0.5)
"""Shares of a rate in favour of which it is refuted that the rate is that high."""


class Tally(Record):
    """What is known of one kind of bad event.

    `measured` counts the units of which it is known whether they were bad, `bad` those that were, `votes`
    those whose arm is evidence, and `log` their likelihood for every one of RATIOS.
    """

    measured: Pair = (0, 0)
    bad: Pair = (0, 0)
    votes: Pair = (0, 0)
    log: tuple[float, ...] = (0.0,) * len(RATIOS)

    def with_votes(self, share: float, stable: int, candidate: int) -> Tally:
        """The same with some more votes, cast while the candidate had a share of the traffic."""
        log = np.array(self.log) + np.array([stable, candidate]) @ likelihoods(share)
        votes = (self.votes[0] + stable, self.votes[1] + candidate)
        return self.model_copy(update={"votes": votes, "log": tuple(log.tolist())})

    def with_counts(self, measured: Pair, bad: Pair) -> Tally:
        """The same with some more units."""
        return self.model_copy(
            update={"measured": added(self.measured, measured), "bad": added(self.bad, bad)}
        )


def added(first: Pair, second: Pair) -> Pair:
    """Counts of both arms together."""
    return first[0] + second[0], first[1] + second[1]


def likelihoods(share: float) -> Floats:
    """Logarithms `[2, R]` of the chance that an event is of the stable version, or of the candidate.

    A share of none or of all tells nothing.
    """
    if not 0 < share < 1:
        return np.zeros((2, len(RATIOS)))
    ratios = np.array(RATIOS)
    whole = share * ratios + 1 - share
    return np.log(np.stack([(1 - share) / whole, share * ratios / whole]))


def harm(log: Floats, tolerated: float = 1.0) -> Floats:
    """Evidence `[…]` that the candidate is more than `tolerated` times as bad, from likelihoods `[…, R]`."""
    worse = [RATIOS.index(one) for one in HARMFUL if one > tolerated]
    return _mean(log[..., worse]) - log[..., RATIOS.index(tolerated)]


def harm_in(name: str, tally: Tally) -> float:
    """The same of one kind of bad events."""
    return float(harm(np.array(tally.log), TOLERATED.get(name, 1.0)))


def against(log: Floats, factor: float) -> Floats:
    """Evidence `[…]` that the candidate is not `factor` times as bad: one of RATIOS beyond BENIGN."""
    if factor not in RATIOS or factor <= max(BENIGN):
        raise ValueError(f"{factor:g} is no factor that is kept")
    return _mean(log[..., _BENIGN]) - log[..., RATIOS.index(factor)]


def mismatch(log: Floats) -> Floats:
    """Evidence `[…]` that the arms get other shares of the traffic than they should."""
    return _mean(log[..., _OTHERS]) - log[..., _ONE]


def rarer(measured: int, bad: int, rate: float) -> float:
    """Evidence that bad events are rarer than `rate`, of which 0 is none.

    Where hardly anything goes wrong in either arm, no number of events tells one from the other; then it is
    enough that the candidate's are rare.
    """
    if not 0 < rate < 1 or bad > measured:
        return -math.inf
    found = []
    for part in _RARER:
        lower = part * rate
        if bad and not lower:
            continue
        found.append(
            (bad * math.log(part) if bad else 0.0)
            + (measured - bad) * (math.log1p(-lower) - math.log1p(-rate))
        )
    return float(_mean(np.array([*found, *[-math.inf] * (len(_RARER) - len(found))])))


def harm_of(tallies: Mapping[str, Tally], metrics: Sequence[str]) -> float:
    """Evidence of harm over several kinds of bad events: their mean, which is such evidence itself."""
    if not metrics:
        return 0.0
    own = [harm_in(name, tallies[name]) if name in tallies else 0.0 for name in metrics]
    return float(_mean(np.array(own)))


def _mean(logs: Floats) -> Floats:
    """The logarithm `[…]` of the mean over the last axis of what `logs` are logarithms of."""
    most = logs.max(axis=-1, keepdims=True)
    safe = np.where(np.isfinite(most), most, 0.0)
    with np.errstate(divide="ignore"):
        found: Floats = np.log(np.exp(logs - safe).mean(axis=-1)) + safe[..., 0]
    return found
