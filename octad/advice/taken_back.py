"""How much likelier than usual a change is to be taken back: a sum of weighed cues, each with a name.

The weights are those of a logistic regression on changes that were reverted beside their neighbours in time
(`recipes/taken_back.py`), scaled on projects that it did not see. A quarter of these changes was reverted and
of all changes far fewer are, so that what it tells is a factor of the odds and no probability: the odds are
those of the project, of which the newest commits tell.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from octad.host.files import read_text
from octad.records.base import Record
from octad.records.change import Change
from octad.signals.change_cues import change_cues
from octad.signals.changed_lines import sides

WEIGHTS = Path(__file__).with_suffix(".json")
SHOWN, LEAST = 3, 1.1
"""Reasons that are named, and the factor from which on a cue is one."""


class Cue(Record):
    """One cue of a change, and the factor that it brings to the odds against the mean of all changes."""

    name: str
    factor: float


class TakenBack(Record):
    """The odds that a change is taken back as a multiple of the usual ones, and what raises them most.

    `reverts` of the newest `commits` of the project were reverts: how usual it is there.
    """

    odds: float
    reasons: tuple[Cue, ...] = ()
    reverts: int = 0
    commits: int = 0


class Weights(Record):
    """What was fitted: per cue its mean, its weight and the highest value that counts, and a constant.

    Beyond the highest value hardly any change was measured. `named` are the cues that may be reasons.

    A cue may be named where it raises the odds whichever projects are left out. `figures` were measured on
    projects that were left out, `data` are the digests of what it was fitted on.
    """

    constant: float
    means: Mapping[str, float]
    weights: Mapping[str, float]
    highest: Mapping[str, float]
    named: tuple[str, ...]
    figures: Mapping[str, float] = {}
    data: Mapping[str, str] = {}


def taken_back(change: Change) -> TakenBack | None:
    """What the cues of a change add up to; None where its past is unknown: such changes were not measured."""
    past = change.familiarity
    if past is None:
        return None
    own = contributions(change_cues(change, map(sides, change.files)), shipped())
    named = sorted((one for one in own if one in shipped().named), key=lambda one: -own[one])
    reasons = tuple(Cue(name=one, factor=round(math.exp(own[one]), 2)) for one in named[:SHOWN])
    return TakenBack(
        odds=round(math.exp(shipped().constant + sum(own.values())), 2),
        reasons=tuple(one for one in reasons if one.factor >= LEAST),
        reverts=past.reverts,
        commits=past.commits,
    )


def contributions(cues: Mapping[str, float], fitted: Weights) -> dict[str, float]:
    """What each cue adds to the logarithm of the odds; a cue that is not known adds nothing."""
    return {
        name: weight * (min(cues[name], fitted.highest[name]) - fitted.means[name])
        for name, weight in fitted.weights.items()
        if name in cues
    }


@cache
def shipped() -> Weights:
    """The weights that come with the package."""
    return Weights.model_validate(json.loads(read_text(WEIGHTS)))
