"""Says whether a change should go out, how, and whether to take it back: risk, rollback, scale."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from octad.advice.scaling import Scaling, scale
from octad.advice.strategy import Strategy, choose
from octad.agent import SILENT, Agent, Claim, Claimed, Gate
from octad.data import deliveries
from octad.data.deliveries import Delivery
from octad.data.mixture import Mixture
from octad.fusion.joined import Joined
from octad.heads.binary import Binary
from octad.modalities.change import ChangeModality
from octad.modalities.comparison import ComparisonModality
from octad.modalities.events import EventModality
from octad.modalities.logs import LogModality
from octad.modalities.services import ServiceModality
from octad.records.base import Record
from octad.records.change import Change, paths_of
from octad.records.events import Events
from octad.records.graph import Graph
from octad.records.instant import Instant
from octad.records.logs import Logs, until
from octad.records.report import Anchor, Block, Evidence, Finding, Level, Report
from octad.records.series import Comparison, Series, SeriesSet, parted

VERB = "assess"
FEWEST = 20
"""Times before a deployment without which its past tells nothing."""
REHEARSED = (0.5, 0.65, 0.8)
"""Where the past is parted, as shares of it."""
MESSAGES = {
    "risk": "changes like this one bring defects",
    "rollback": "since the deployment things are worse: take it back",
}


class Case(Record):
    """A change on its way out; everything that is known of it, and `at`, when it went out."""

    change: Change | None = None
    metrics: Comparison | None = None
    logs: Logs | None = None
    graph: Graph | None = None
    history: Events | None = None
    at: Instant | None = None


@dataclass(frozen=True, slots=True)
class Label:
    """What became of it; None where nobody knows."""

    risk: bool | None = None
    rollback: bool | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What the heads say; None where a head has nothing to go by."""

    risk: float | None
    rollback: float | None


class Said(Record):
    """A probability, and what it rests on most."""

    probability: float
    evidence: tuple[Evidence, ...] = ()


class Assessment(Report):
    """The findings, and what is said of each question; null where there was too little to say."""

    risk: Said | None = None
    rollback: Said | None = None
    scaling: Scaling | None = None
    strategy: Strategy | None = None
    missing: tuple[str, ...] = ()


def findings(case: Case, answer: Answer, thresholds: Mapping[str, float]) -> tuple[Claimed, ...]:
    """The risk of the change and the call to take it back, where they reach their thresholds."""
    questions: tuple[tuple[str, float | None, Level, Anchor], ...] = (
        ("risk", answer.risk, "warning", _file(case)),
        ("rollback", answer.rollback, "error", _metrics(case)),
    )
    found = []
    for head, chance, level, anchor in questions:
        rule = f"deployment/{head}"
        if chance is not None and chance >= thresholds.get(rule, SILENT):
            message = MESSAGES[head]
            finding = Finding(rule=rule, level=level, message=message, probability=chance, anchor=anchor)
            found.append(Claimed(finding, Claim(head, 0)))
    return tuple(found)


def report(case: Case, answer: Answer, told: tuple[Finding, ...], made: Report) -> Assessment:
    """The assessment: each question answered with its evidence, and a strategy by the stated rule."""
    said = {f.rule: Said(probability=f.probability, evidence=f.evidence) for f in told}
    events = case.history.events if case.history else ()
    strategy = None if answer.risk is None else choose(answer.risk, case.change, case.graph, events)
    missing = [name for name, one in (("a change", case.change), ("metrics", case.metrics)) if one is None]
    scaling = scale(_joined(case.metrics)) if case.metrics else None
    summary = _summary(answer, scaling, strategy)
    return Assessment(
        **dict(made) | {"blocks": (summary, *made.blocks)},
        risk=said.get("deployment/risk"),
        rollback=said.get("deployment/rollback"),
        scaling=scaling,
        strategy=strategy,
        missing=tuple(missing),
    )


def _summary(answer: Answer, scaling: Scaling | None, strategy: Strategy | None) -> Block:
    """Each question and its answer, in words."""
    unknown = "too little to say"
    rows = [
        ("", "answer", "because"),
        ("risk", unknown if answer.risk is None else f"{answer.risk:.0%}", ""),
        ("rollback", unknown if answer.rollback is None else f"{answer.rollback:.0%}", ""),
    ]
    demand = f"{scaling.factor:.2f} times as many replicas" if scaling else unknown
    rows.append(
        (
            "scaling",
            demand,
            f"{scaling.metric}, the next {len(scaling.quantiles[0])} steps" if scaling else "",
        )
    )
    pace = f"{strategy.name}: {', '.join(map(str, strategy.pace))} %" if strategy else unknown
    rows.append(("strategy", pace, "; ".join(strategy.reasons) if strategy else ""))
    return Block(kind="table", title="Assessment", rows=tuple(rows))


def rehearsals(case: Case) -> list[Case]:
    """Deployments that never were, in the quiet past of the same system: nothing was wrong with them."""
    past = case.metrics.before if case.metrics else SeriesSet()
    if len({time for one in past.series for time in one.times}) < FEWEST:
        return []
    found = []
    for share in REHEARSED:
        at, metrics = parted(past, share)
        end = max(one.times[-1] for one in past.series if one.times)
        logs = until(case.logs, end) if case.logs else None
        update = {"metrics": metrics, "logs": logs, "at": Instant(time=at)}
        found.append(case.model_copy(update=update))
    return found


def truth(case: Case, label: Label) -> frozenset[tuple[str, int]]:
    """The findings that the label calls for, as (rule, line)."""
    held = {"risk": (label.risk, _file(case)), "rollback": (label.rollback, _metrics(case))}
    return frozenset((f"deployment/{head}", anchor.line) for head, (is_so, anchor) in held.items() if is_so)


def labelled(delivery: Delivery) -> tuple[Case, Label]:
    """Case and label of a delivery of which something is known."""
    case = Case(
        change=delivery.change,
        metrics=delivery.metrics,
        logs=delivery.logs,
        graph=delivery.graph,
        history=delivery.history,
        at=None if delivery.at is None else Instant(time=delivery.at),
    )
    return case, Label(risk=delivery.defective, rollback=delivery.regressed)


def training(folder: Path) -> Mixture[tuple[Case, Label]]:
    """Labelled cases without end."""
    return deliveries.training(folder).map(labelled)


def validation(folder: Path, part: str = "valid", size: int = 2000) -> list[tuple[Case, Label]]:
    """Held-out cases: newer changes, and systems that training never saw. `part` may be test."""
    return [labelled(delivery) for delivery in deliveries.held_out(folder, part, size)]


def repository(folder: Path, output: Path) -> dict[str, int]:
    """A user's own history: changes labelled by the fixes that came later."""
    return deliveries.of_repository(folder, output)


def sample(size: int) -> list[tuple[Case, Label]]:
    """So many labelled cases that need no data."""
    return [labelled(delivery) for delivery in deliveries.sample(size)]


def _joined(metrics: Comparison) -> list[Series]:
    """The series of before, each with what came since behind it."""
    since = {one.name: one for one in metrics.after.series}
    found = []
    for one in metrics.before.series:
        other = since.get(one.name)
        later = other is not None and other.times[:1] > one.times[-1:]
        times = one.times + (other.times if other is not None and later else ())
        values = one.values + (other.values if other is not None and later else ())
        found.append(Series(name=one.name, unit=one.unit, times=times, values=values))
    return found


def _file(case: Case) -> Anchor:
    """The first file of the change."""
    paths = paths_of(case.change) if case.change else ()
    return _top(paths[0] if paths else "change")


def _metrics(case: Case) -> Anchor:
    """Where the metrics since were read."""
    series = case.metrics.after.series if case.metrics else ()
    return _top((series[0].source if series else "") or "metrics")


def _top(path: str) -> Anchor:
    return Anchor(path=path, line=1, end_line=1, end_column=1)


EXAMPLE = sample(1)[0][0]

agent = Agent(
    name="deployment-specialist",
    summary=__doc__.splitlines()[0],
    case=Case,
    label=Label,
    answer=Answer,
    inputs={
        "change": ChangeModality("change"),
        "metrics": ComparisonModality("metrics", "graph"),
        "logs": LogModality("logs", "at"),
        "services": ServiceModality("graph", "metrics", "logs"),
        "history": EventModality("history"),
    },
    fusion=Joined(opinions={"risk": "change"}),
    heads={"risk": Binary(), "rollback": Binary()},
    needs={"risk": ("change",), "rollback": ("metrics",)},
    findings=findings,
    report=report,
    rehearsals={"rollback": rehearsals},
    truth=truth,
    sources={"train": training, "valid": validation, "sample": sample, "repository": repository},
    primary="rollback/auc",
    example=EXAMPLE,
    gates=(Gate("rollback/auc", 0.9), Gate("risk/auc", 0.7)),
)
