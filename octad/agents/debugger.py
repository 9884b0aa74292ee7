"""Says what broke and where: services, metrics, log templates, changes and code to blame, or none of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from octad.agent import SILENT, Agent, Claim, Claimed, Gate
from octad.data import troubles
from octad.data.kinds import KINDS
from octad.data.mixture import Mixture
from octad.data.troubles import Trouble
from octad.fusion.joined import Joined
from octad.heads.classes import Classes
from octad.heads.ranking import Choice, Names, Ranking
from octad.modalities.blame import RegionModality, SuspiciousChangeModality
from octad.modalities.chain import Blamed, chain
from octad.modalities.logs import LogModality
from octad.modalities.metrics import MetricModality
from octad.modalities.suspects import SuspectModality
from octad.records.base import Record
from octad.records.change import Changes
from octad.records.graph import Graph
from octad.records.instant import Instant
from octad.records.logs import Logs
from octad.records.region import Regions
from octad.records.report import Block, Evidence, Finding, Level, Mark, Report
from octad.records.series import SeriesSet

VERB = "debug"
RANKED = 5
"""Candidates of each kind in a report."""
NAMED = 3
"""Of these, in its summary."""


class Case(Record):
    """What was measured and logged around an incident; `at`, when it began, where somebody knows."""

    metrics: SeriesSet | None = None
    logs: Logs | None = None
    graph: Graph | None = None
    changes: Changes | None = None
    code: Regions | None = None
    at: Instant | None = None


@dataclass(frozen=True, slots=True)
class Label:
    """The names of what was to blame; empty where nothing of the kind was, None where nobody knows."""

    service: Names | None = None
    metric: Names | None = None
    template: Names | None = None
    change: Names | None = None
    region: Names | None = None
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """A ranking of each sort, None where there was nothing to rank; how likely each kind of trouble is."""

    service: Choice | None
    metric: Choice | None
    template: Choice | None
    change: Choice | None
    region: Choice | None
    kind: dict[str, float] | None


class RootCause(Record):
    """A candidate, its score (0 to 1, of all kinds together) and what speaks for it."""

    kind: str
    name: str
    score: float
    evidence: tuple[Evidence, ...] = ()


class Diagnosis(Report):
    """Root causes, best first; the probability that no code is to blame; what happened, in its order."""

    root_causes: tuple[RootCause, ...] = ()
    no_code_cause: float | None = None
    timeline: tuple[Mark, ...] = ()
    missing: tuple[str, ...] = ()


class _Told(NamedTuple):
    """How candidates of one head are spoken of."""

    level: Level
    message: str


TOLD = {
    "service": _Told("error", "the likeliest origin of what went wrong"),
    "metric": _Told("warning", "shows what went wrong first or most"),
    "template": _Told("warning", "these messages belong to what went wrong"),
    "change": _Told("error", "the change that the trouble likely came with"),
    "region": _Told("warning", "errors come out of this code"),
}
CODE = ("change", "region")
OF_SERVICE = ("metric", "template")


def findings(case: Case, answer: Answer, thresholds: Mapping[str, float]) -> tuple[Claimed, ...]:
    """The first candidates of every kind, where they reach the threshold of it."""
    return tuple(
        claimed
        for claimed in _claims(case, answer)
        if claimed.finding.probability >= thresholds.get(claimed.finding.rule, SILENT)
    )


def _claims(case: Case, answer: Answer) -> Iterator[Claimed]:
    for head, (level, message) in TOLD.items():
        choice: Choice | None = getattr(answer, head)
        for ranked in choice.ranked[:RANKED] if choice else ():
            finding = Finding(
                rule=f"root-cause/{head}",
                level=level,
                message=f"{ranked.name}: {message}",
                probability=ranked.probability,
                anchor=ranked.anchor,
                reference=ranked.name,
            )
            yield Claimed(finding, Claim(head, ranked.item, ranked.name))


def report(case: Case, answer: Answer, told: tuple[Finding, ...], made: Report) -> Diagnosis:
    """All candidates in one ranking, and the chain of events that leads to the first of them."""
    causes = [_cause(finding, answer) for finding in told]
    causes.sort(key=lambda cause: (-cause.score, list(TOLD).index(cause.kind), cause.name))
    blamed = [1 - choice.none for head in CODE if (choice := getattr(answer, head)) is not None]
    shown = timeline(case, causes)
    inputs = {"metrics": case.metrics, "logs": case.logs, "a service graph": case.graph}
    summary = _summary(causes, blamed, answer)
    return Diagnosis(
        **dict(made) | {"blocks": (summary, *((shown,) if shown.marks else ()), *made.blocks)},
        root_causes=tuple(causes),
        no_code_cause=1 - max(blamed) if blamed else None,
        timeline=shown.marks,
        missing=tuple(name for name, held in inputs.items() if held is None),
    )


def _summary(causes: list[RootCause], blamed: list[float], answer: Answer) -> Block:
    """The first candidates of each sort; not the kind of trouble, which does not hold on real incidents."""
    unknown = "too little to say"
    rows = [("", "answer")]
    for kind in TOLD:
        first = [f"{c.name} {c.score:.0%}" for c in causes if c.kind == kind][:NAMED]
        rows.append((kind, "; ".join(first) if first else unknown))
    rows.append(("no service at fault", f"{answer.service.none:.0%}" if answer.service else unknown))
    rows.append(("no code to blame", f"{1 - max(blamed):.0%}" if blamed else unknown))
    return Block(kind="table", title="Diagnosis", rows=tuple(rows))


def _cause(finding: Finding, answer: Answer) -> RootCause:
    """A candidate; what is measured or logged of a service counts no more than the service does."""
    kind = finding.rule.partition("/")[2]
    ranked = next(one for one in getattr(answer, kind).ranked if one.name == finding.reference)
    services = {one.name: one.probability for one in answer.service.ranked} if answer.service else {}
    share = services.get(ranked.subject, 1.0) if kind in OF_SERVICE else 1.0
    score = finding.probability * share
    return RootCause(kind=kind, name=finding.reference, score=score, evidence=finding.evidence)


def timeline(case: Case, causes: list[RootCause]) -> Block:
    """Changes, first lines of suspicious templates and changes of metrics, over the curves of these."""
    names = {kind: {one.name: one.score for one in causes if one.kind == kind} for kind in TOLD}
    return chain(
        metrics=case.metrics, logs=case.logs, changes=case.changes, graph=case.graph, at=case.at,
        blamed=Blamed(names["metric"], names["template"], names["change"]),
    )  # fmt: skip


def truth(case: Case, label: Label) -> frozenset[tuple[str, int]]:
    """The findings that the label calls for, as (rule, line): candidates are told apart by their names."""
    return frozenset((f"root-cause/{head}", 1) for head in TOLD if getattr(label, head))


def labelled(trouble: Trouble) -> tuple[Case, Label]:
    """Case and label of an incident."""
    case = Case(
        metrics=trouble.series,
        logs=trouble.logs,
        graph=trouble.graph,
        changes=trouble.changes,
        code=trouble.regions,
        at=None if trouble.at is None else Instant(time=trouble.at),
    )
    label = Label(
        service=trouble.services,
        metric=trouble.metrics,
        template=trouble.templates,
        change=trouble.change,
        region=trouble.region,
        kind=trouble.kind,
    )
    return case, label


def training(folder: Path) -> Mixture[tuple[Case, Label]]:
    """Labelled cases without end."""
    return troubles.training(folder).map(labelled)


def validation(folder: Path, part: str = "valid", size: int = 2000) -> list[tuple[Case, Label]]:
    """Held-out cases of systems that training never saw. `part` may be test."""
    return [labelled(trouble) for trouble in troubles.held_out(folder, part, size)]


def sample(size: int) -> list[tuple[Case, Label]]:
    """So many labelled cases that need no data."""
    return [labelled(trouble) for trouble in troubles.sample(size)]


agent = Agent(
    name="debugger",
    summary=__doc__.splitlines()[0],
    case=Case,
    label=Label,
    answer=Answer,
    inputs={
        "services": SuspectModality("graph", "metrics", "logs", "at"),
        "series": MetricModality("metrics", "graph", "at"),
        "templates": LogModality("logs", "at"),
        "commits": SuspiciousChangeModality("changes", "metrics", "graph", "at"),
        "regions": RegionModality("code"),
    },
    fusion=Joined(),
    heads={
        "service": Ranking("services"),
        "metric": Ranking("series"),
        "template": Ranking("templates"),
        "change": Ranking("commits"),
        "region": Ranking("regions"),
        "kind": Classes(KINDS),
    },
    needs={
        "service": ("services",),
        "metric": ("series",),
        "template": ("templates",),
        "change": ("commits",),
        "region": ("regions",),
        "kind": ("services", "series", "templates"),
    },
    findings=findings,
    report=report,
    truth=truth,
    sources={"train": training, "valid": validation, "sample": sample},
    primary="service/top1",
    example=sample(1)[0][0],
    gates=(Gate("service/top1", 0.5),),
)
