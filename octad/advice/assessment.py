"""What is said of a deployment, question by question, in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from octad.advice import verdict_blocks as told
from octad.advice.capacity import CapacityForecast
from octad.advice.metric_verdicts import UNKNOWN, MetricVerdict, worse
from octad.advice.strategy import Strategy
from octad.advice.taken_back import TakenBack
from octad.records.report import Block


class Said(NamedTuple):
    """The answers; None where there is too little to say, and why there is no risk."""

    risk: float | None
    unknown: str
    reverted: TakenBack | None
    rollback: float | None
    verdicts: Sequence[MetricVerdict]
    scaling: CapacityForecast | None
    strategy: Strategy | None


def summary(said: Said) -> Block:
    """Each question, its answer, and what it rests on."""
    odds, scaling, strategy = said.reverted, said.scaling, said.strategy
    demand = f"{scaling.factor:.2f} times as many replicas" if scaling else UNKNOWN
    steps = f"{scaling.metric}, the next {len(scaling.quantiles[0])} steps" if scaling else ""
    pace = f"{strategy.name}: {', '.join(map(str, strategy.pace))} %" if strategy else UNKNOWN
    rows = (
        ("", "answer", "because"),
        ("risk", UNKNOWN if said.risk is None else f"{said.risk:.0%}", said.unknown),
        ("reverted", f"{odds.odds:.1f} times the usual odds" if odds else UNKNOWN, _because(odds)),
        ("rollback", *_rollback(said)),
        ("scaling", demand, steps),
        ("strategy", pace, "; ".join(strategy.reasons) if strategy else ""),
    )
    return Block(kind="table", title="Assessment", rows=rows)


def _rollback(said: Said) -> tuple[str, str]:
    """Whether to take it back, and why."""
    if worse(said.verdicts):
        return "take it back", told.told(said.verdicts)
    if said.rollback is None:
        return UNKNOWN, ""
    judged = [one for one in said.verdicts if one.word != UNKNOWN]
    fine = sum(one.word == "not twice as bad" for one in judged)
    return f"{said.rollback:.0%}", f"no metric is worse; {fine} of {len(judged)} are not twice as bad"


def _because(odds: TakenBack | None) -> str:
    """The cues that raise the odds, and how usual it is in this project."""
    if odds is None:
        return ""
    usual = f"{odds.reverts} of the last {odds.commits:,} changes here were reverts"
    return "; ".join([*(f"{one.name} (x {one.factor:.2f})" for one in odds.reasons), usual])
