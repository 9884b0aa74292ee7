"""Ask an agent: cases to candidates, candidates to findings, findings to a report.

The one way to ask, for the command line, a server and a library user; it neither reads files nor prints.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from octad import __version__
from octad.agents.agent import Agent, Candidate, EveryRule
from octad.budget import current
from octad.encoders.prepared import Prepared
from octad.errors import OutOfBudget
from octad.explain.deletion import explain
from octad.explain.shapley import Contributions, contributions, present
from octad.feedback.heard import Heard, heard
from octad.records.events import Event, Events
from octad.records.fingerprint import with_fingerprints
from octad.records.lines import sources_of
from octad.records.report import Block, Finding, Report
from octad.records.skipped import Skipped
from octad.runtime import Asked, Progress, Runner
from octad.store.artefact import Manifest

EXPLAINED = 3
"""Candidates that evidence is sought for: it costs far more than the answer."""
Thresholds = Mapping[str, float]


class Asking(Protocol):
    """What is needed of a runner."""

    agent: Agent[Any, Any]
    manifest: Manifest

    def ask(self, cases: Sequence[Any], progress: Progress | None = None) -> list[Asked[Any, Any]]:
        """Each case with its answer, without those that the budget of the run was not enough for."""


Explain = Callable[[Any, Asked[Any, Any], Candidate], Finding]
"""From a runner, an asked case and a candidate of it to a finding with evidence."""


class Found(NamedTuple):
    """A candidate, and the case that it is about."""

    asked: Asked[Any, Any]
    candidate: Candidate

    @property
    def finding(self) -> Finding:
        """What could be found."""
        return self.candidate.finding


@dataclass(frozen=True, slots=True)
class Options:
    """What to ask.

    `least` takes the place of the stored threshold of every rule, `evidence` says whether candidates are
    explained and the inputs' shares given, `heard` what people said of findings in this project; None holds
    them against the verdicts that a case brings in its `history`.
    """

    least: float | None = None
    evidence: bool = True
    heard: Heard | None = None


def thresholds(manifest: Manifest, least: float | None = None, *, diff: bool = False) -> Thresholds:
    """The least probability of each rule: of changes or of whole inputs; `least` takes the place of both."""
    in_diff = manifest.diff_thresholds or manifest.thresholds
    if least is not None:
        rules = [*manifest.thresholds, *manifest.diff_thresholds, *manifest.rules_without_threshold]
        return dict.fromkeys(rules, least)
    return in_diff if diff else manifest.thresholds


def thresholds_by_case(runner: Asking, least: float | None = None) -> Callable[[Any], Thresholds]:
    """What gives the thresholds for a case: those of changes where its code says what changed."""

    def of(case: Any) -> Thresholds:
        code = runner.agent.command.code_of(case)
        return thresholds(runner.manifest, least, diff=code is not None and code.changed is not None)

    return of


def found(
    runner: Asking, asked: Sequence[Asked[Any, Any]], least: Callable[[Any], Thresholds]
) -> list[Found]:
    """The candidates of all answers that reach the thresholds which `least` gives for each case."""
    return [
        Found(one, candidate)
        for one in asked
        for candidate in runner.agent.candidates(one.case, one.answer, least(one.case))
    ]


def explained(runner: Runner[Any, Any], asked: Asked[Any, Any], candidate: Candidate) -> Finding:
    """A finding with what moved the model to it, measured by deletion."""
    path = candidate.finding.anchor.path
    evidence, faithfulness = explain(runner, asked.unit, path, candidate.target)
    return candidate.finding.model_copy(update={"evidence": evidence, "faithfulness": faithfulness})


def ask_one(runner: Asking, case: Any) -> Asked[Any, Any]:
    """A case with its answer; raises OutOfBudget where the run ends before it."""
    asked = runner.ask([case])
    if not asked:
        raise OutOfBudget(current().spent())
    return asked[0]


def ask(
    runner: Runner[Any, Any], case: Any, options: Options | None = None, skipped: Sequence[Skipped] = ()
) -> Report:
    """What the agent says of a case, the likeliest first.

    The candidates that reach the thresholds of their rules are findings; the agent's own report is given all.
    """
    return report_of(runner, ask_one(runner, case), options, skipped)


def report_of(
    runner: Runner[Any, Any],
    asked: Asked[Any, Any],
    options: Options | None = None,
    skipped: Sequence[Skipped] = (),
) -> Report:
    """The report on a case that was answered; evidence needs a runner that can be asked again."""
    options, agent, case = options or Options(), runner.agent, asked.case
    code = agent.command.code_of(case)
    least = thresholds_by_case(runner, options.least)(case)
    candidates = agent.candidates(case, asked.answer, EveryRule() if agent.reports_all else least)
    every = sorted((Found(asked, one) for one in candidates), key=lambda one: -one.finding.likelihood)
    sought = every[:EXPLAINED] if options.evidence else []
    findings = [explained(runner, *one) for one in sought] + [one.finding for one in every[len(sought) :]]
    shown = [one for one in findings if one.rule in least and one.likelihood >= least[one.rule]]
    sources = sources_of([code] if code is not None else [])
    known = options.heard or heard(_history(case))
    stand, suppressed = known.parted(with_fingerprints(shown, sources), sources)
    report = Report(
        agent=agent.name,
        version=__version__,
        findings=stand,
        suppressed=suppressed,
        skipped=(*skipped, *_unread(asked.unit)),
        blocks=(_shares(runner, case, every),) if options.evidence and every and present(case) else (),
    )
    return agent.report(case, asked.answer, tuple(findings), report)


def _history(case: Any) -> Sequence[Event]:
    """The events that a case brings, verdicts on findings among them."""
    history = getattr(case, "history", None)
    return history.events if isinstance(history, Events) else ()


def _unread(unit: Prepared) -> list[Skipped]:
    """What the encoders left out of a case, and why."""
    left_out = [(part.name, part.items.left_out) for part in unit.parts]
    return [Skipped(path=name, reason=reason) for name, reason in left_out if reason]


def _shares(runner: Runner[Any, Any], case: Any, every: Sequence[Found]) -> Block:
    """What each input gave to the best candidate of every head."""
    best: dict[str, Candidate] = {}
    for one in every:
        best.setdefault(one.candidate.target.head, one.candidate)
    gave: dict[str, Contributions] = {
        head: contributions(runner, case, candidate.target) for head, candidate in best.items()
    }
    names = list(next(iter(gave.values())).shares)
    rows = [("", *(candidate.finding.rule for candidate in best.values()))]
    rows.append(("without any input", *(f"{one.nothing:.2f}" for one in gave.values())))
    rows += [(name, *(f"{one.shares[name]:+.2f}" for one in gave.values())) for name in names]
    rows.append(("all together", *(f"{one.everything:.2f}" for one in gave.values())))
    return Block(kind="table", title="What each input gave", rows=tuple(rows))
