"""Says what broke and where: services, metrics, log templates, changes and code to blame, or none of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from octad.advice.log_blocks import changed_logs
from octad.advice.timeline import Ranked, timeline
from octad.advice.unusual import UnusualTime, marked, table, unusual_times
from octad.agents.agent import NEVER, Agent, Candidate, EvidenceTarget, Gate
from octad.agents.command import Command, Option
from octad.calibration.promise import Promise, Promises
from octad.encoders.candidate_changes import CandidateChangeEncoder, CodeRegionEncoder
from octad.encoders.candidate_services import CandidateServiceEncoder
from octad.encoders.incident_logs import IncidentLogEncoder
from octad.encoders.metrics import MetricEncoder
from octad.fusion.fusion import Fusion
from octad.heads.classes import Classes
from octad.heads.ranking import Choice, Names, Ranking
from octad.records.base import Record
from octad.records.change import Changes
from octad.records.graph import Graph
from octad.records.instant import Instant
from octad.records.logs import Logs
from octad.records.region import Regions
from octad.records.report import Block, Evidence, Finding, Mark, Report
from octad.records.series import SeriesSet
from octad.rules.rule import rule

RANKED, NAMED = 5, 3
"""Candidates of each sort in a report, and of these in its summary."""
SORTS = ("service", "metric", "template", "change", "region")
CODE = ("change", "region")
KINDS = ("cpu", "memory", "network", "latency", "errors", "early return", "outage", "load", "none")
"""Kinds of incidents: `network` is a delay between services, `latency` one within a service, `early return`
skips what should have been done, `load` is demand and nobody's fault, `none` is nothing at all."""
UNKNOWN = "too little to say"


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
    """The names of what was to blame; empty where nothing of the sort was, None where nobody knows."""

    service: Names | None = None
    metric: Names | None = None
    template: Names | None = None
    change: Names | None = None
    region: Names | None = None
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """A ranking of each sort, None where there was nothing to rank; how likely each kind of incident is."""

    service: Choice | None
    metric: Choice | None
    template: Choice | None
    change: Choice | None
    region: Choice | None
    kind: dict[str, float] | None


class RootCause(Record):
    """A candidate, how likely it is to blame, and what speaks for it."""

    kind: str
    name: str
    score: float
    evidence: tuple[Evidence, ...] = ()


class IncidentReport(Report):
    """Root causes, best first; the probability that no code is to blame; what happened, in its order.

    `anomalies` are the unusual times of single series, None where no series is long enough to say.
    """

    root_causes: tuple[RootCause, ...] = ()
    no_code_cause: float | None = None
    timeline: tuple[Mark, ...] = ()
    anomalies: tuple[UnusualTime, ...] | None = None
    missing: tuple[str, ...] = ()


def candidates(case: Case, answer: Answer, thresholds: Mapping[str, float]) -> tuple[Candidate, ...]:
    """The first candidates of every sort, where they reach the threshold of it."""
    found = _ranked(answer)
    return tuple(one for one in found if one.finding.likelihood >= thresholds.get(one.finding.rule, NEVER))


def _ranked(answer: Answer) -> Iterator[Candidate]:
    """The first candidates of every sort; no metric is likelier to blame than any service to be at fault."""
    for sort in SORTS:
        choice: Choice | None = getattr(answer, sort)
        declared = rule(f"root-cause/{sort}")
        if sort == "metric" and answer.service is None:
            continue  # how often a metric of no service is to blame was never measured
        most = 1 - answer.service.none if sort == "metric" and answer.service else 1.0
        for ranked in choice.ranked[:RANKED] if choice else ():
            finding = Finding(
                rule=declared.name,
                level=declared.level,
                message=declared.message.format(word=ranked.name),
                probability=min(ranked.probability, most),
                anchor=ranked.anchor,
                reference=ranked.name,
            )
            yield Candidate(finding, EvidenceTarget(sort, ranked.item, ranked.name))


def report(case: Case, answer: Answer, every: tuple[Finding, ...], made: Report) -> IncidentReport:
    """All candidates in one ranking, and the chain of events that leads to the first of them."""
    causes = sorted(
        map(_cause, every),
        key=lambda cause: (-cause.score, SORTS.index(cause.kind), cause.name),
    )
    of_code = [1 - choice.none for head in CODE if (choice := getattr(answer, head)) is not None]
    inputs = {"metrics": case.metrics, "logs": case.logs, "a service graph": case.graph}
    # Of candidates with one name, say a template of two services, the likeliest counts: it comes last here.
    scores = {sort: {one.name: one.score for one in causes[::-1] if one.kind == sort} for sort in SORTS}
    accused = scores["metric"] if answer.service and answer.service.accuses else {}
    drawn = tuple(one.name for one in answer.metric.ranked) if answer.metric else ()
    ranked = Ranked(accused, scores["template"], scores["change"], drawn)
    unusual = unusual_times(case.metrics, drawn)
    shown = timeline(case.metrics, case.logs, case.changes, case.graph, case.at, ranked)
    shown = marked(shown, case.metrics, unusual or ())
    no_code = 1 - max(of_code) if of_code else None
    said = changed_logs(case.logs, case.at)
    told = (table(unusual) if unusual else None, said, shown if shown.marks else None)
    blocks = (_summary(causes, no_code, answer), *(one for one in told if one), *made.blocks)
    return IncidentReport(
        **dict(made) | {"blocks": blocks},
        root_causes=tuple(causes),
        no_code_cause=no_code,
        timeline=shown.marks,
        anomalies=unusual,
        missing=tuple(name for name, held in inputs.items() if held is None),
    )


def _summary(causes: list[RootCause], no_code: float | None, answer: Answer) -> Block:
    """The first candidates of each sort; not the kind of incident, which does not hold on real incidents."""
    rows = [("", "answer")]
    for sort in SORTS:
        first = [f"{c.name} {c.score:.0%}" for c in causes if c.kind == sort][:NAMED]
        rows.append((sort, "; ".join(first) if first else UNKNOWN))
    rows.append(("no service at fault", f"{answer.service.none:.0%}" if answer.service else UNKNOWN))
    rows.append(("no code to blame", UNKNOWN if no_code is None else f"{no_code:.0%}"))
    return Block(kind="table", title="Diagnosis", rows=tuple(rows))


def _cause(finding: Finding) -> RootCause:
    """A candidate, with the number that a finding about it has."""
    sort = finding.rule.partition("/")[2]
    return RootCause(kind=sort, name=finding.reference, score=finding.likelihood, evidence=finding.evidence)


def expected(case: Case, label: Label) -> frozenset[tuple[str, int | str]]:
    """The findings that the label calls for, as (rule, name)."""
    return frozenset((f"root-cause/{sort}", name) for sort in SORTS for name in getattr(label, sort) or ())


agent = Agent(
    name="debugger",
    summary=__doc__.splitlines()[0],
    command=Command(
        "debug",
        "Rank services, metrics, messages, changes and code by how likely they are to blame for an incident.",
        options=(
            Option("metrics", "Metrics around it; again for more files.", "paths"),
            Option(
                "prometheus",
                "Take metrics from a running Prometheus, with --query and --at.",
                "text",
                "URL",
                local=True,
            ),
            Option("query", "What to ask Prometheus for; again for more.", "texts", "PROMQL", local=True),
            Option(
                "minutes",
                "How long before and after --at Prometheus is asked for.",
                "number",
                default=60,
                least=1,
                local=True,
            ),
            Option("logs", "Logs around it; again for more files.", "paths"),
            Option(
                "traces", "Traces around it: OpenTelemetry, Jaeger, Zipkin, CSV; again for more.", "paths"
            ),
            Option(
                "graph", "Services: DOT, Mermaid, PlantUML, Markdown, JSON, compose, Kubernetes, a folder."
            ),
            Option("repo", "The repository that stack traces and --since are of."),
            Option("since", "The last revision that was good: what came later is suspected.", "text", "REV"),
            Option("at", "When it began, if somebody knows.", "text", "TIME"),
            Option("usual", "A period when all was as usual, before --at: FROM..TO.", "text", "PERIOD"),
        ),
        read="octad.read.operations:incident",
        fail_on="never",
    ),
    case=Case,
    label=Label,
    answer=Answer,
    inputs={
        "services": CandidateServiceEncoder("graph", "metrics", "logs", "at"),
        "series": MetricEncoder("metrics", "graph", "at"),
        "templates": IncidentLogEncoder("logs", "at", "metrics", "graph"),
        "commits": CandidateChangeEncoder("changes", "metrics", "graph", "at"),
        "regions": CodeRegionEncoder("code"),
    },
    fusion=Fusion(text_dropout=0.5),
    heads={
        "service": Ranking("services"),
        "metric": Ranking("series"),
        "template": Ranking("templates"),
        "change": Ranking("commits"),
        "region": Ranking("regions"),
        "kind": Classes(KINDS),
    },
    required={
        "service": ("services",),
        "metric": ("series",),
        "template": ("templates",),
        "change": ("commits",),
        "region": ("regions",),
        "kind": ("services", "series", "templates"),
    },
    candidates=candidates,
    report=report,
    expected=expected,
    promises=dict.fromkeys(SORTS, Promises(Promise(alarms=10))),
    sources={
        "train": "octad_train.data.operations.cases:incident_training",
        "valid": "octad_train.data.operations.cases:incident_validation",
        "sample": "octad_train.data.operations.cases:incident_sample",
        "real": "octad_train.data.operations.cases:real_incidents",
    },
    primary="service/top1",
    example_file=Path(__file__).with_suffix(".json"),
    gates=(Gate("service/top1", 0.5),),
)
