"""Look at code with an agent: units, answers, findings, analysers, evidence, suppressions, baseline.

One function that the command line, a server and a library user call alike; it neither reads nor prints.
"""

from __future__ import annotations

import ast
import sys
import warnings
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from octad import __version__
from octad.analysers import every
from octad.analysers.merge import merge
from octad.analysers.workspace import Analysis
from octad.read.baseline import Baseline, apply_baseline
from octad.read.suppressions import apply_suppressions
from octad.records.base import Record
from octad.records.code import Code
from octad.records.fingerprint import with_fingerprints
from octad.records.lines import sources_of
from octad.records.report import Finding, Report, Skipped, Suppressed
from octad.repository.heads import Heads
from octad.syntax.units import units, unread

if TYPE_CHECKING:
    from octad.agent import Agent, Claimed
    from octad.runtime import Runner

Progress = Callable[[int, int], None]


class Answering(Protocol):
    """What is needed of a runner."""

    @property
    def agent(self) -> Agent[Any, Any]:
        """The declaration that it answers for."""

    @property
    def thresholds(self) -> Mapping[str, float]:
        """The least probability per rule at which a finding is made."""

    @property
    def changes(self) -> Mapping[str, float]:
        """The same where a change is under review."""

    @property
    def silent(self) -> Sequence[str]:
        """Rules without a threshold that may still be asked for."""

    def answers(self, cases: Sequence[Any], progress: Progress | None = None) -> Sequence[Any]:
        """One answer per case."""


@dataclass(frozen=True)
class Options:
    """What to ask and what to leave out.

    `least` takes the place of the shipped threshold of every rule that has one and holds for analysers
    too; `precision` is the share of right findings by an analyser's rule; `explain` makes the finding of a
    runner's claim about a case one with evidence (`explained` does).
    """

    analysers: bool = True
    least: float | None = None
    precision: Mapping[str, float] = field(default_factory=dict)
    baseline: Baseline | None = None
    explain: Callable[[Any, Any, Claimed], Finding] | None = None


def inspect(
    runner: Answering,
    codes: Sequence[Code],
    options: Options | None = None,
    progress: Progress | None = None,
) -> Report:
    """Everything that is wrong with `codes`, best first; `skipped` names what was not looked at.

    Where a code says what changed, only findings on changed lines are made. Raises what the runner raises.
    """
    options = options or Options()
    unparsed = {code.path: reason for code in codes if (reason := unparsable(code))}
    with ThreadPoolExecutor(1) as pool:
        # Analysers are processes of their own: they run while the model does.
        analysis = pool.submit(every.analyse, codes, options.precision) if options.analysers else None
        parsed = [code for code in codes if code.path not in unparsed]
        claims = _ask(runner, parsed, options.least, progress)
        others = analysis.result() if analysis else Analysis()
    kept = [f for f in others.findings if f.probability >= (options.least or 0.0)]
    found = merge([*(claimed.finding for _, claimed in claims), *kept])
    findings, suppressed = _settled(found, codes, options.baseline)
    if options.explain:
        findings = _with_evidence(findings, claims, partial(options.explain, runner))
    reasons = [*unparsed.items(), *((code.path, unread(code)) for code in parsed)]
    skipped = [Skipped(path=path, reason=reason) for path, reason in reasons if reason]
    return Report(
        agent=runner.agent.name,
        version=__version__,
        findings=findings,
        skipped=(*skipped, *others.skipped),
        suppressed=suppressed,
    )


def explained(runner: Runner[Any, Any], case: Any, claimed: Claimed) -> Finding:
    """A finding with what moved the model to it, measured by deletion."""
    from octad.explain.deletion import explain

    path = claimed.finding.anchor.path
    evidence, faithfulness = explain(runner, runner.prepare(case), path, claimed.claim)
    return claimed.finding.model_copy(update={"evidence": evidence, "faithfulness": faithfulness})


def pieces(codes: Sequence[Code]) -> list[Code]:
    """The units of all codes, those without a changed line left out where it is known what changed."""
    return [unit for code in codes for unit in units(code) if _touched(unit)]


def unparsable(code: Code) -> str:
    """Why a Python file cannot be parsed, empty where it can; loose hunks of a patch are not asked."""
    if code.language != "python" or "hunk" in code.flags or code.first_line != 1:
        return ""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(code.text)
    except SyntaxError as error:
        reason = f"line {error.lineno or 1}: {error.msg}"
    except (RecursionError, MemoryError):
        reason = "nested too deep"
    except ValueError as error:
        reason = str(error)
    else:
        return ""
    return f"Python {sys.version_info.major}.{sys.version_info.minor} cannot parse it: {reason}"


def _ask(
    runner: Answering, codes: Sequence[Code], least: float | None, progress: Progress | None
) -> list[tuple[Record, Claimed]]:
    """The agent's own findings, each with the case it is about."""
    agent = runner.agent
    (name,) = agent.inputs
    heads = Heads(codes)
    cases: list[Record] = [agent.about(unit, heads.of(unit)) for unit in pieces(codes)]
    answers = runner.answers(cases, progress) if cases else []
    return [
        (case, claimed)
        for case, answer in zip(cases, answers, strict=True)
        for claimed in agent.findings(case, answer, _thresholds(runner, getattr(case, name), least))
    ]


def _thresholds(runner: Answering, code: Code, least: float | None) -> Mapping[str, float]:
    """Those of changes or of whole files; a least probability takes their place."""
    if least is not None:
        return dict.fromkeys([*runner.thresholds, *runner.changes, *runner.silent], least)
    return runner.thresholds if code.changed is None else runner.changes


def _with_evidence(
    findings: Sequence[Finding],
    claims: Sequence[tuple[Record, Claimed]],
    explain: Callable[[Record, Claimed], Finding],
) -> tuple[Finding, ...]:
    """Findings with evidence, which costs far more than the answer: sought only for what is shown."""
    about = {(c.finding.rule, c.finding.anchor): (case, c) for case, c in claims}
    shown = []
    for finding in findings:
        if finding.source == "model" and (finding.rule, finding.anchor) in about:
            found = explain(*about[finding.rule, finding.anchor])
            update = {"evidence": found.evidence, "faithfulness": found.faithfulness}
            shown.append(finding.model_copy(update=update))
        else:
            shown.append(finding)
    return tuple(shown)


def _settled(
    findings: Sequence[Finding], codes: Sequence[Code], baseline: Baseline | None
) -> tuple[tuple[Finding, ...], tuple[Suppressed, ...]]:
    """Findings with fingerprints, parted into those that stand and those known from comment or baseline."""
    sources = sources_of(codes)
    changed = {code.path: code.changed for code in codes if code.changed is not None}
    kept, ignored = apply_suppressions(with_fingerprints(findings, sources), sources, changed)
    notes = iter(with_fingerprints([f for f in kept if not f.fingerprint], sources))
    marked = tuple(f if f.fingerprint else next(notes) for f in kept)
    if baseline is None:
        return marked, ignored
    new, known = apply_baseline(marked, baseline)
    return new, (*ignored, *known)


def _touched(unit: Code) -> bool:
    last = unit.first_line + unit.text.rstrip("\n").count("\n")
    return unit.changed is None or any(r.first <= last and unit.first_line <= r.last for r in unit.changed)
