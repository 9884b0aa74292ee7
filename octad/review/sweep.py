"""What checks and an agent find in one input: candidates beside findings, comments, baseline.

A layer around the one way to ask; it neither reads files nor prints.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from octad import __version__
from octad.ask import Asking, Explain, Found, explained, found, thresholds_by_case
from octad.budget import current
from octad.feedback.heard import Heard
from octad.read.code.baseline import Baseline
from octad.read.pyproject import whole_path
from octad.records.report import Finding, Report
from octad.records.skipped import Skipped
from octad.records.sweep import Sweep
from octad.render.excerpt import by_place
from octad.review.settings import Settings
from octad.review.settled import Known, settled
from octad.runtime import Progress


@dataclass(frozen=True)
class Options:
    """What to ask and what to leave out.

    `families` are the first parts of the names of rules that are asked; `settings` says which of these
    where, and which files are left out that are not among the `named`; `least` takes the place of the stored
    threshold of every rule that has one; `heard` is what people said of findings in this project; `explain`
    gives a finding its evidence, None leaves it out.
    """

    families: tuple[str, ...] = ()
    named: frozenset[Path] = frozenset()
    settings: Settings = field(default_factory=Settings)
    least: float | None = None
    baseline: Baseline | None = None
    heard: Heard | None = None
    explain: Explain | None = explained


def swept(
    name: str,
    sweep: Sweep,
    runner: Callable[[], Asking],
    options: Options | None = None,
    progress: Progress | None = None,
) -> Report:
    """The findings of a sweep beside those of the agent `name` on its cases, in reading order.

    The runner is made only where there are cases to ask about. Raises what it raises.
    """
    options = options or Options()
    own, unasked = _answers(sweep, runner, options, progress) if sweep.cases else ([], ())
    wanted = [one for one in (*sweep.findings, *own) if _is_wanted(one, options)]
    known = Known(options.settings, options.baseline, options.heard)
    findings, suppressed = settled(by_place(wanted), sweep.codes, known, _asked(options))
    return Report(
        agent=name,
        version=__version__,
        findings=findings,
        skipped=(*sweep.skipped, *unasked),
        suppressed=suppressed,
        blocks=sweep.blocks,
    )


def _is_wanted(finding: Finding, options: Options) -> bool:
    path = finding.anchor.path
    is_named = whole_path(path) in options.named
    return options.settings.wants(finding) and (is_named or not options.settings.excludes(path))


def _answers(
    sweep: Sweep, make: Callable[[], Asking], options: Options, progress: Progress | None
) -> tuple[list[Finding], Sequence[Skipped]]:
    """What the agent says of the cases, with evidence, and a word on cases it was not asked about."""
    runner = make()
    cases = [runner.agent.case(**fields) for fields in sweep.cases]
    asked = runner.ask(cases, progress)
    likely = found(runner, asked, thresholds_by_case(runner, options.least))
    said = [_explained(runner, one, options) for one in likely]
    left = len(cases) - len(asked)
    reason = current().spent()
    return said, [Skipped(path=f"{left:,} of {len(cases):,} cases", reason=reason)] if left else []


def _explained(runner: Asking, one: Found, options: Options) -> Finding:
    if options.explain is None or current().spent():
        return one.finding
    return options.explain(runner, one.asked, one.candidate)


def _asked(options: Options) -> Callable[[str], bool]:
    """Which rules were asked: those of the families, as far as the settings ask them."""
    return lambda rule: rule.partition("/")[0] in options.families and options.settings.asks(rule)
