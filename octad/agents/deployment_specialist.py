"""Says whether a change should go out, how, and whether to take it back: risk, rollback, scale."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from octad.advice import verdict_blocks as told
from octad.advice.assessment import Said, summary
from octad.advice.capacity import CapacityForecast, forecast_capacity
from octad.advice.log_blocks import changed_logs
from octad.advice.metric_verdicts import MetricVerdict, metric_verdicts, worse
from octad.advice.silent_services import silent_services
from octad.advice.strategy import Strategy, choose
from octad.advice.taken_back import TakenBack, taken_back
from octad.agents.agent import NEVER, Agent, Candidate, EvidenceTarget, Gate
from octad.agents.command import Command, Option
from octad.calibration.promise import Promise, Promises
from octad.encoders.change import ChangeEncoder
from octad.encoders.events import EventEncoder
from octad.encoders.logs import LogEncoder
from octad.encoders.metric_comparison import MetricComparisonEncoder
from octad.encoders.services import ServiceEncoder
from octad.extensions.placebo_windows import PlaceboWindows
from octad.extensions.stacked_trees import StackedTrees
from octad.fusion.fusion import Fusion
from octad.heads.binary import Binary
from octad.records.base import Record
from octad.records.change import Change, paths_of
from octad.records.events import Events
from octad.records.fingerprint import with_fingerprints
from octad.records.graph import Graph
from octad.records.instant import Instant
from octad.records.logs import Logs, until
from octad.records.report import Anchor, Evidence, Finding, Report
from octad.records.series import Comparison, SeriesSet, end_to_end, in_common, split_at
from octad.rules.rule import rule

FEWEST = 20
"""Times before a deployment without which its past says nothing."""
SHARES = (0.5, 0.65, 0.8)
"""Where the past is split into placebo windows, as shares of it."""
MARGIN = 0.9
"""Of the past so much makes placebo windows: the last tenth may see the change already."""


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


class Estimate(Record):
    """A probability, and what it rests on most."""

    probability: float
    evidence: tuple[Evidence, ...] = ()


class Assessment(Report):
    """The findings, and what is said of each question; null where there was too little to say."""

    risk: Estimate | None = None
    taken_back: TakenBack | None = None
    rollback: Estimate | None = None
    verdicts: tuple[MetricVerdict, ...] = ()
    scaling: CapacityForecast | None = None
    strategy: Strategy | None = None
    missing: tuple[str, ...] = ()


def candidates(case: Case, answer: Answer, thresholds: Mapping[str, float]) -> tuple[Candidate, ...]:
    """The risk of the change and the call to take it back, where they reach their thresholds."""
    found = []
    heads = {"risk": _file(case)}
    if _comparable(case):
        heads["rollback"] = _metrics(case)
    for head, anchor in heads.items():
        declared, chance = rule(f"deployment/{head}"), getattr(_measured(case, answer), head)
        if chance is not None and chance >= thresholds.get(declared.name, NEVER):
            finding = Finding(
                rule=declared.name,
                level=declared.level,
                message=declared.message,
                probability=chance,
                anchor=anchor,
            )
            found.append(Candidate(finding, EvidenceTarget(head, 0)))
    return tuple(found)


def report(case: Case, answer: Answer, every: tuple[Finding, ...], made: Report) -> Assessment:
    """The assessment: each question answered with its evidence, and a strategy by the stated rule.

    A metric that is worse by the verdict of its own past is enough to take a deployment back, whatever the
    model says; the model may call for it where no single metric does.
    """
    verdicts, comparable = _verdicts(case), _comparable(case)
    estimates = {f.rule: Estimate(probability=f.likelihood, evidence=f.evidence) for f in every}
    events = case.history.events if case.history else ()
    answer = _measured(case, answer)
    said = Said(
        risk=answer.risk,
        unknown=case.change.without_past if case.change else "",
        reverted=taken_back(case.change) if case.change else None,
        rollback=answer.rollback if comparable else None,
        verdicts=verdicts,
        scaling=forecast_capacity(end_to_end(case.metrics)) if case.metrics else None,
        strategy=None if answer.risk is None else choose(answer.risk, case.change, case.graph, events),
    )
    curves = told.curves(case.metrics, verdicts, case.at) if case.metrics else None
    verdict_table = told.table(verdicts) if verdicts else None
    shown = (summary(said), verdict_table, changed_logs(case.logs, case.at), curves)
    blocks = (*(one for one in shown if one is not None), *made.blocks)
    return Assessment(
        **dict(made) | {"blocks": blocks, "findings": _with_verdicts(case, verdicts, made)},
        risk=estimates.get("deployment/risk"),
        taken_back=said.reverted,
        rollback=estimates.get("deployment/rollback"),
        verdicts=verdicts,
        scaling=said.scaling,
        strategy=said.strategy,
        missing=tuple(_missing(case, comparable)),
    )


def _verdicts(case: Case) -> tuple[MetricVerdict, ...]:
    """What single metrics say, services that are not heard any more first."""
    if case.metrics is None:
        return ()
    return (*silent_services(case.metrics, case.graph), *metric_verdicts(case.metrics, case.graph))


def _with_verdicts(case: Case, verdicts: Sequence[MetricVerdict], made: Report) -> tuple[Finding, ...]:
    """The findings, with what single metrics say in the place of what the model says of them together."""
    if not worse(verdicts):
        return made.findings
    declared = rule("deployment/rollback")
    finding = Finding(
        rule=declared.name,
        level=declared.level,
        message=f"{declared.message}; {told.told(verdicts)}",
        probability=None,
        anchor=_metrics(case),
        evidence=told.evidence(verdicts),
        source="metrics",
    )
    return (*with_fingerprints([finding], {}), *(one for one in made.findings if one.rule != declared.name))


def _missing(case: Case, comparable: bool) -> Iterator[str]:
    """What would have to be known to say more."""
    if case.change is None:
        yield "a change"
    if case.metrics is None:
        yield "metrics"
    elif not comparable:
        yield "metrics in common: no series has enough values on both sides"
    if case.change is not None and case.change.without_past:
        yield f"the past of the change: {case.change.without_past}"


def _measured(case: Case, answer: Answer) -> Answer:
    """The answer without a risk where the past of the change is not known: none such was ever measured."""
    return replace(answer, risk=None) if case.change and case.change.without_past else answer


def _comparable(case: Case) -> bool:
    return case.metrics is not None and in_common(case.metrics) > 0


def placebos(case: Case) -> list[Case]:
    """Deployments that never were, in the past of the same system, where nothing was wrong."""
    whole = case.metrics.before if case.metrics else SeriesSet()
    if len({time for one in whole.series for time in one.times}) < FEWEST:
        return []
    past = split_at(whole, MARGIN)[1].before
    found = []
    for share in SHARES:
        at, metrics = split_at(past, share)
        end = max(one.times[-1] for one in past.series if one.times)
        logs = until(case.logs, end) if case.logs else None
        update = {"metrics": metrics, "logs": logs, "at": Instant(time=at)}
        found.append(case.model_copy(update=update))
    return found


def expected(case: Case, label: Label) -> frozenset[tuple[str, int | str]]:
    """The findings that the label calls for, as (rule, line)."""
    known = {"risk": (label.risk, _file(case)), "rollback": (label.rollback, _metrics(case))}
    return frozenset((f"deployment/{head}", anchor.line) for head, (is_so, anchor) in known.items() if is_so)


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


agent = Agent(
    name="deployment-specialist",
    summary=__doc__.splitlines()[0],
    command=Command(
        "assess",
        "Assess a change before and after it goes out: risk, rollback, strategy. A gate by its exit code.",
        options=(
            Option("change", "The change: a commit, or a range A..B, of --repo.", "text", "REV"),
            Option("before", "Metrics before it, or of the baseline; again for more files.", "paths"),
            Option("after", "Metrics since, or of the canary; again for more files.", "paths"),
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
                "How long before --at Prometheus is asked for.",
                "number",
                default=60,
                least=1,
                local=True,
            ),
            Option("logs", "Logs from before and since; again for more.", "paths"),
            Option(
                "traces",
                "Traces from before and since --at: OTLP, Jaeger, Zipkin, CSV; again for more.",
                "paths",
            ),
            Option(
                "graph", "Services: DOT, Mermaid, PlantUML, Markdown, JSON, compose, Kubernetes, a folder."
            ),
            Option("history", "Past deployments: a JSON file, or a repository with tags."),
            Option("at", "When it went out (first value since).", "text", "TIME"),
            Option("repo", "The repository of --change.", shown="."),
        ),
        read="octad.read.operations:deployment",
    ),
    case=Case,
    label=Label,
    answer=Answer,
    inputs={
        "change": ChangeEncoder("change"),
        "metrics": MetricComparisonEncoder("metrics", "graph"),
        "logs": LogEncoder("logs", "at"),
        "services": ServiceEncoder("graph", "metrics", "logs"),
        "history": EventEncoder("history"),
    },
    fusion=Fusion(text_dropout=0.5),
    heads={"risk": Binary(), "rollback": Binary()},
    required={"risk": ("change",), "rollback": ("metrics",)},
    extensions=(StackedTrees("risk", input="change"), PlaceboWindows("rollback", placebos)),
    candidates=candidates,
    report=report,
    expected=expected,
    promises=dict.fromkeys(("risk", "rollback"), Promises(Promise(alarms=10))),
    sources={
        "train": "octad_train.data.operations.cases:deployment_training",
        "valid": "octad_train.data.operations.cases:deployment_validation",
        "sample": "octad_train.data.operations.cases:deployment_sample",
        "repository": "octad_train.data.operations.cases:deployment_repository",
        "real": "octad_train.data.operations.cases:real_changes",
    },
    primary="rollback/auc",
    example_file=Path(__file__).with_suffix(".json"),
    gates=(Gate("rollback/auc", 0.9), Gate("risk/auc", 0.7)),
)
